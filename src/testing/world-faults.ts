import { unreachable } from '../core/index.ts';
import type { Random } from '../runtime/index.ts';
import { FAULT_KINDS, type FaultKind, type FaultPlan, type ScriptedFault } from './fault-plan.ts';
import type { WallClock } from './machine-process.ts';
import type { Client, Direction } from './network.ts';
import type { World } from './world.ts';
import type { AgentHost } from './world-agent.ts';
import type { FrameworkHost } from './world-framework.ts';
import { Operator } from './world-operator.ts';

const HOUR_MS = 3_600_000;
/** The target of a fault that found none: in a repetition it finds none again. */
const NOBODY = '';
const BOTH: readonly Direction[] = ['up', 'down'];

/** One that happens now: what was not said of it is filled in as it is drawn. */
interface Fault {
  readonly kind: FaultKind;
  target: string | undefined;
  durationMs: number | undefined;
  /** What was said of the rest. */
  readonly said: number[];
  /** What was drawn of the rest, or said. */
  readonly chance: number[];
}

/** Lets things go wrong as a plan says, until it is stopped. */
export class FaultInjector {
  readonly #world: World;
  /** For what a record of a fault says by name. */
  readonly #unsaid: Random;
  /** For all else that is drawn for a fault: it repeats what was said of that, and notes what is drawn. */
  readonly #random: Pick<Random, 'integer'>;
  readonly #operator: Operator;
  readonly #record: ScriptedFault[] = [];
  #fault: Fault | undefined;
  readonly #timers = new Map<string, Disposable>();
  #lost = 0;

  constructor(world: World, plan: FaultPlan) {
    this.#world = world;
    this.#unsaid = world.random.stream('faults');
    this.#random = { integer: (boundExclusive) => this.#draw(boundExclusive) };
    this.#operator = new Operator(world, this.#random);
    const { rates, script = [] } = plan;
    for (const kind of FAULT_KINDS) {
      const rate = rates?.[kind] ?? 0;
      if (rate > 0) this.#next(kind, HOUR_MS / rate, this.#unsaid.stream(kind));
      // One of a kind after the other, as those at a rate: what falls on one moment has the same order in a repetition.
      this.#follow(script.filter((fault) => fault.kind === kind).toSorted((a, b) => a.atMs - b.atMs));
    }
  }

  /** All faults until now, as a script which repeats them; some have come to nothing. */
  get record(): readonly ScriptedFault[] {
    return this.#record;
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
  }

  /** At random times: the gaps between them are as likely at any moment. */
  #next(kind: FaultKind, meanMs: number, random: Random): void {
    const share = (1 + random.integer(1_000_000)) / 1_000_001;
    const gapMs = Math.ceil(-Math.log(share) * meanMs);
    const timer = this.#world.clock.schedule(gapMs, () => {
      this.#inject({ atMs: this.#world.clock.monotonicMs(), kind });
      this.#next(kind, meanMs, random);
    });
    this.#timers.set(kind, timer);
  }

  /** The faults of one kind that a script has, in order of time. */
  #follow([first, ...others]: readonly ScriptedFault[]): void {
    if (first === undefined) return;
    const { clock } = this.#world;
    const timer = clock.schedule(first.atMs - clock.monotonicMs(), () => {
      this.#inject(first);
      this.#follow(others);
    });
    this.#timers.set(`script ${first.kind}`, timer);
  }

  #inject({ kind, target, durationMs, chance = [] }: ScriptedFault): void {
    const fault: Fault = { kind, target, durationMs, said: [...chance], chance: [] };
    const atMs = this.#world.clock.monotonicMs();
    this.#fault = fault;
    try {
      this.#happen(fault);
    } finally {
      this.#fault = undefined;
      this.#note(atMs, fault);
    }
  }

  #note(atMs: number, { kind, target, durationMs, chance }: Fault): void {
    this.#record.push({
      atMs,
      kind,
      ...(target === undefined ? {} : { target }),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(chance.length === 0 ? {} : { chance }),
    });
  }

  #draw(boundExclusive: number): number {
    const said = this.#fault?.said.shift();
    const drawn = said === undefined ? this.#unsaid.integer(boundExclusive) : said % boundExclusive;
    this.#fault?.chance.push(drawn);
    return drawn;
  }

  #happen(fault: Fault): void {
    const { kind } = fault;
    switch (kind) {
      case 'loseMessage':
      case 'delayMessage':
      case 'duplicateMessage':
        // It counts when it happens, which is with the next call.
        this.#client(fault)?.armed.push({ fault: kind, delayMs: fault.durationMs });
        return;
      case 'cutStream':
        return this.#cutStream(fault);
      case 'halfOpenStream':
        return this.#halfOpenStream(fault);
      case 'partitionAgent':
        return this.#partition(fault, this.#agent(fault)?.client, BOTH);
      case 'partitionFramework':
        return this.#partition(fault, this.#framework(fault)?.client, BOTH);
      case 'partitionMaster':
        return this.#partitionMaster(fault);
      case 'oneWayPartition':
        return this.#partition(fault, this.#client(fault), [this.#random.integer(2) === 0 ? 'up' : 'down']);
      case 'crashAgent':
        return this.#crashAgent(fault, { withTasks: false });
      case 'crashAgentWithTasks':
        return this.#crashAgent(fault, { withTasks: true });
      case 'loseMachine':
        return this.#loseMachine(fault);
      case 'crashExecutor':
        return this.#crashExecutor(fault);
      case 'failoverFramework':
        return this.#replaceFramework(fault, { forgets: false });
      case 'forgetFramework':
        return this.#replaceFramework(fault, { forgets: true });
      case 'failoverMaster':
        return this.#failoverMaster(fault);
      case 'slowDisk':
        return this.#slowDisk(fault);
      case 'failWrite':
      case 'tornWrite':
        // It counts when it happens, which is with the next write.
        this.#agent(fault)?.disk.arm(kind);
        return;
      case 'jumpWallClock':
        return this.#jumpWallClock(fault);
      case 'slowRegistry':
        return this.#slowRegistry(fault);
      case 'failRegistryWrite':
      case 'unconfirmRegistryWrite':
      case 'crashMasterAtWrite':
        // It counts when it happens, which is with the next write.
        return this.#world.registry.arm(kind);
      case 'splitMaster':
        return this.#splitMaster(fault);
      case 'markAgentGone':
        return this.#withAgent(fault, (host) => this.#operator.markAgentGone(host));
      case 'removeAgent':
        return this.#withAgent(fault, (host) => this.#operator.removeAgent(host));
      case 'teardownFramework': {
        const host = this.#framework(fault);
        return host === undefined ? undefined : this.#operator.teardown(host);
      }
      case 'updateWeights':
        return this.#operator.updateWeights();
      default:
        unreachable(kind, 'FaultKind');
    }
  }

  #cutStream(fault: Fault): void {
    const client = this.#client(fault);
    if (client === undefined || client.connections.size === 0) return;
    this.#world.faultHappened('cutStream', client.name, 'its connection breaks');
    for (const connection of [...client.connections]) connection.cut();
  }

  #halfOpenStream(fault: Fault): void {
    const client = this.#client(fault);
    if (client === undefined || client.connections.size === 0) return;
    const deaf = this.#random.integer(2) === 0 ? 'client' : 'server';
    const who = deaf === 'client' ? 'it' : 'the master';
    this.#world.faultHappened('halfOpenStream', client.name, `its connection breaks, and ${who} does not hear of it`);
    for (const connection of [...client.connections]) connection.cut(deaf);
  }

  #partition(fault: Fault, client: Client | undefined, directions: readonly Direction[]): void {
    if (client === undefined) return;
    const durationMs = this.#lasting(fault);
    const [direction] = directions.length === 1 ? directions : [];
    const what = direction === undefined ? 'nothing' : `nothing ${direction === 'up' ? 'to' : 'from'} the master`;
    this.#world.faultHappened(fault.kind, client.name, `${what} passes for ${durationMs / 1_000} s`);
    this.#world.network.block(client, directions);
    this.#world.later(durationMs, () => {
      this.#world.trace.add(client.name, 'the partition is over');
      this.#world.network.unblock(client, directions);
    });
  }

  #partitionMaster(fault: Fault): void {
    const durationMs = this.#lasting(fault);
    this.#world.faultHappened('partitionMaster', 'master', `nobody reaches it for ${durationMs / 1_000} s`);
    const clients = [...this.#world.clients];
    for (const client of clients) this.#world.network.block(client, BOTH);
    this.#world.later(durationMs, () => {
      this.#world.trace.add('master', 'the partition is over');
      for (const client of clients) this.#world.network.unblock(client, BOTH);
    });
  }

  #crashAgent(fault: Fault, { withTasks }: { readonly withTasks: boolean }): void {
    const host = this.#agent(fault);
    if (host?.agent === undefined) return;
    const durationMs = this.#lasting(fault);
    const what = withTasks ? 'the machine restarts' : 'the agent dies, its tasks go on';
    this.#world.faultHappened(fault.kind, host.hostname, `${what}; back in ${durationMs / 1_000} s`);
    host.stop({ silently: withTasks });
    if (withTasks) host.machine.restart();
    this.#world.later(durationMs, () => host.start());
  }

  #loseMachine(fault: Fault): void {
    const host = this.#agent(fault);
    if (host === undefined) return;
    const durationMs = this.#lasting(fault);
    this.#world.faultHappened('loseMachine', host.hostname, `gone for good; a new one in ${durationMs / 1_000} s`);
    host.isLost = true;
    host.stop({ silently: true });
    host.machine.restart();
    this.#lost += 1;
    const hostname = `${host.hostname.replace(/'+$/, '')}${"'".repeat(this.#lost)}`;
    this.#world.later(durationMs, () => this.#world.addAgent({ ...host.plan, hostname }).start());
  }

  #crashExecutor(fault: Fault): void {
    const { machine, hostname } = this.#agent(fault) ?? {};
    const container = pick(machine?.running().filter(({ started }) => started) ?? [], this.#random);
    if (machine === undefined || container === undefined) return;
    this.#world.faultHappened('crashExecutor', `${hostname}`, `the system kills ${container.taskId}`);
    machine.crash(container);
  }

  #replaceFramework(fault: Fault, { forgets }: { readonly forgets: boolean }): void {
    const host = this.#framework(fault);
    if (host === undefined || !host.isRunning) return;
    const durationMs = this.#lasting(fault);
    const what = forgets ? 'its scheduler dies and its state is lost' : 'its scheduler dies';
    this.#world.faultHappened(fault.kind, host.name, `${what}; another one starts in ${durationMs / 1_000} s`);
    host.crash({ forgets });
    this.#world.later(durationMs, () => host.start());
  }

  #failoverMaster(fault: Fault): void {
    if (this.#world.master === undefined) return;
    const durationMs = Math.min(this.#lasting(fault), 60_000);
    this.#world.faultHappened('failoverMaster', 'master', `it dies; another one starts in ${durationMs / 1_000} s`);
    this.#world.crashMaster();
    this.#world.later(durationMs, () => this.#world.startMaster());
  }

  #splitMaster(fault: Fault): void {
    if (this.#world.master === undefined) return;
    const durationMs = this.#lasting(fault);
    const what = `another one is elected; the old one lives on for ${durationMs / 1_000} s`;
    this.#world.faultHappened('splitMaster', 'master', what);
    this.#world.splitMaster(durationMs);
  }

  #slowRegistry(fault: Fault): void {
    const durationMs = this.#lasting(fault);
    const { registry } = this.#world;
    registry.slowMs = 100 + this.#random.integer(20_000);
    const what = `a write takes up to ${registry.slowMs} ms more, for ${durationMs / 1_000} s`;
    this.#world.faultHappened('slowRegistry', 'registry', what);
    this.#world.later(durationMs, () => {
      registry.slowMs = 0;
    });
  }

  #withAgent(fault: Fault, act: (host: AgentHost) => void): void {
    const host = this.#agent(fault);
    if (host !== undefined) act(host);
  }

  #slowDisk(fault: Fault): void {
    const host = this.#agent(fault);
    if (host === undefined) return;
    const durationMs = this.#lasting(fault);
    const writeMs = 10 + this.#random.integer(3_000);
    this.#world.faultHappened('slowDisk', host.hostname, `a write takes ${writeMs} ms, for ${durationMs / 1_000} s`);
    host.writeMs = writeMs;
    this.#world.later(durationMs, () => {
      host.writeMs = 0;
    });
  }

  #jumpWallClock(fault: Fault): void {
    const { agents, frameworks, masterWall } = this.#world;
    const walls: readonly (readonly [string, WallClock])[] = [
      ['master', masterWall],
      ...agents.filter(({ isLost }) => !isLost).map(({ hostname, wall }) => [hostname, wall] as const),
      ...frameworks.map(({ name, wall }) => [name, wall] as const),
    ];
    const [name, wall] = walls.find(([each]) => each === fault.target) ?? pick(walls, this.#unsaid) ?? [];
    if (wall === undefined || name === undefined) return;
    fault.target = name;
    const byMs = fault.durationMs ?? this.#random.integer(2 * HOUR_MS) - HOUR_MS;
    this.#world.faultHappened('jumpWallClock', name, `the wall clock jumps by ${byMs / 1_000} s`);
    wall.offsetMs += byMs;
  }

  /** Mostly short, sometimes long enough for a master to give somebody up; less than frameworks' failover timeouts. */
  #lasting(fault: Fault): number {
    const random = this.#unsaid;
    fault.durationMs ??= random.integer(2) === 0 ? 100 + random.integer(10_000) : 1_000 + random.integer(180_000);
    return fault.durationMs;
  }

  #agent(fault: Fault): AgentHost | undefined {
    const there = this.#world.agents.filter(({ isLost }) => !isLost);
    fault.target ??= pick(there, this.#unsaid)?.hostname ?? NOBODY;
    return there.find(({ hostname }) => hostname === fault.target);
  }

  #framework(fault: Fault): FrameworkHost | undefined {
    const there = this.#world.frameworks.filter(({ isDone }) => !isDone);
    fault.target ??= pick(there, this.#unsaid)?.name ?? NOBODY;
    return there.find(({ name }) => name === fault.target);
  }

  #client(fault: Fault): Client | undefined {
    if (fault.target !== undefined) return (this.#agent(fault) ?? this.#framework(fault))?.client;
    return (this.#unsaid.integer(2) === 0 ? this.#agent(fault) : this.#framework(fault))?.client;
  }
}

function pick<T>(items: readonly T[], random: Pick<Random, 'integer'>): T | undefined {
  return items.length === 0 ? undefined : items[random.integer(items.length)];
}
