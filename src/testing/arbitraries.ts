import type * as fc from 'fast-check';
import { AgentId, FrameworkId, OfferId } from '../core/index.ts';
import type { Offer } from '../offers/index.ts';
import { parseAttributes, Resources } from '../resources/index.ts';
import { commandTask } from '../scheduler/index.ts';
import type { TaskInfo } from '../tasks/index.ts';
import { FAULT_KINDS, type FaultKind, type FaultPlan, type ScriptedFault } from './fault-plan.ts';
import { type FastCheck, type ResourceArbitraries, resourceArbitraries } from './resource-arbitraries.ts';
import type { SimulatedAgent } from './simulate-options.ts';
import type { World } from './simulated-world.ts';

/** What agents are drawn. */
export interface AgentOptions {
  /** Least and most amounts, in whole units: each a number from 1 on. */
  readonly cpus?: Bounds;
  readonly memMb?: Bounds;
  /** Half of the agents say on which rack they are; no agent does if false. */
  readonly racks?: boolean;
}

/** Both included. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** How many agents, and which. */
export interface AgentsOptions extends AgentOptions {
  /** 1 if absent. */
  readonly min?: number;
  /** 5 if absent. */
  readonly max?: number;
}

/** What goes wrong. */
export interface FaultOptions {
  /** Names of the frameworks. */
  readonly frameworks: readonly string[];
  /** {@link DEFAULT_FAULTS} if absent. */
  readonly kinds?: readonly FaultKind[];
  /** All faults begin before this many virtual milliseconds are over; 600,000 if absent. */
  readonly durationMs?: number;
  /** 5 if absent. */
  readonly maxFaults?: number;
}

/** What goes wrong, and with which agents. */
export interface FaultPlanOptions extends FaultOptions {
  /** Host names. */
  readonly agents: readonly string[];
}

/** Which clusters, and what goes wrong in them. */
export interface WorldOptions extends FaultOptions {
  readonly agents?: AgentsOptions;
}

/** What a framework is tried against only if it is asked for. */
const NOT_DEFAULT: ReadonlySet<FaultKind> = new Set([
  // No framework can be asked to survive these.
  'forgetFramework',
  'teardownFramework',
  // What these show is mostly up to the driver.
  'halfOpenStream',
  // Of these it sees no more than a master that is slow, or fails over.
  'slowRegistry',
  'failRegistryWrite',
  'unconfirmRegistryWrite',
  'crashMasterAtWrite',
  'splitMaster',
  'updateWeights',
  // And of these no more than of a machine that is gone.
  'markAgentGone',
  'removeAgent',
]);

/**
 * All faults but those that no framework can be asked to survive (the loss of its own state, an operator who ends it),
 * connections that are half open (what they show is mostly up to the driver), and those that look to a framework like others:
 * of the registry, of two masters, of an operator who gives agents up.
 */
export const DEFAULT_FAULTS: readonly FaultKind[] = FAULT_KINDS.filter((kind) => !NOT_DEFAULT.has(kind));

/** Arbitraries for tests of frameworks; see {@link arbitraries}. */
export interface Arbitraries extends ResourceArbitraries {
  /** One machine, of the amounts and with the ports that machines have. */
  agent(options?: AgentOptions): fc.Arbitrary<SimulatedAgent>;
  /** Machines by the names `a1`, `a2`, …: smaller clusters are simpler. */
  agents(options?: AgentsOptions): fc.Arbitrary<readonly SimulatedAgent[]>;
  /** An offer as a master makes it, of one agent and for one role. */
  offer(options?: AgentOptions): fc.Arbitrary<Offer>;
  /** Offers of different agents, as they come in one batch. */
  offers(options?: AgentsOptions): fc.Arbitrary<readonly Offer[]>;
  /** A command task that fits `offer`, with a life that the simulator plays: how long it runs and how it ends. */
  task(offer: Offer): fc.Arbitrary<TaskInfo>;
  /** A script of faults in order of time: fewer, earlier and shorter ones are simpler. */
  faultPlan(options: FaultPlanOptions): fc.Arbitrary<FaultPlan>;
  /** A cluster and its faults; each becomes simpler without the other. */
  world(options: WorldOptions): fc.Arbitrary<World>;
}

/**
 * Arbitraries of what a framework meets, made with your fast-check: `const { offers } = arbitraries(fc)`.
 *
 * @example
 * ```ts
 * const { offers } = arbitraries(fc);
 * fc.assert(fc.property(offers(), (batch) => answersAll(batch, myScheduler)));
 * ```
 */
export function arbitraries(fc: FastCheck): Arbitraries {
  function agent({ cpus = CPUS, memMb = MEM_MB, racks = true }: AgentOptions = {}): fc.Arbitrary<SimulatedAgent> {
    return fc
      .record({
        cpus: fc.integer(cpus),
        memMb: fc.integer(memMb),
        ports: fc.integer({ min: 1, max: 100 }),
        rack: racks ? fc.option(fc.constantFrom('r1', 'r2', 'r3'), { nil: undefined }) : fc.constant(undefined),
      })
      .map(({ cpus: count, memMb: mem, ports, rack }) => ({
        resources: `cpus:${count};mem:${mem};disk:10000;ports:[31000-${30_999 + ports}]`,
        ...(rack === undefined ? {} : { attributes: `rack:${rack}` }),
      }));
  }

  function agents({ min = 1, max = 5, ...options }: AgentsOptions = {}): fc.Arbitrary<readonly SimulatedAgent[]> {
    return fc
      .array(agent(options), { minLength: min, maxLength: Math.max(min, max) })
      .map((drawn) => drawn.map((each, index) => ({ ...each, hostname: `a${index + 1}` })));
  }

  function offers(options: AgentsOptions = {}): fc.Arbitrary<readonly Offer[]> {
    return fc
      .record({ machines: agents(options), role: fc.constantFrom('*', 'a', 'a/b') })
      .map(({ machines, role }) => machines.map((machine, index) => offerOf(machine, { role, index })));
  }

  function offer(options: AgentOptions = {}): fc.Arbitrary<Offer> {
    return fc
      .record({ machine: agent(options), role: fc.constantFrom('*', 'a', 'a/b') })
      .map(({ machine, role }) => offerOf({ ...machine, hostname: 'a1' }, { role, index: 0 }));
  }

  function task(on: Offer): fc.Arbitrary<TaskInfo> {
    // Thousandths, as many as there are, and never none.
    const cpusMax = Math.max(1, on.resources.scalarMilli('cpus'));
    return fc
      .record({
        number: fc.nat(99),
        milliCpus: fc.integer({ min: 1, max: cpusMax }),
        memMb: fc.integer({ min: 1, max: Math.max(1, Math.floor(on.resources.memMb)) }),
        durationMs: fc.oneof(fc.nat(60_000).map(String), fc.constant('forever')),
        exit: fc.constantFrom('0', '1', '137'),
      })
      .map(({ number, milliCpus, memMb, durationMs, exit }) =>
        commandTask({
          id: `task-${number}`,
          command: 'work',
          offer: on,
          resources: `cpus:${milliCpus / 1000};mem:${memMb}`,
          labels: [
            { key: 'sim.durationMs', value: durationMs },
            { key: 'sim.exit', value: exit },
          ],
        }),
      );
  }

  function faults({ frameworks, kinds = DEFAULT_FAULTS, durationMs = 600_000, maxFaults = 5 }: FaultOptions) {
    const possible = frameworks.length > 0 ? kinds : kinds.filter((kind) => TARGETS[kind] !== 'framework');
    return fc.array(
      fc.record({
        kind: fc.constantFrom(...possible),
        // In tenths of a second, for stories that read well.
        atTenths: fc.nat(Math.max(0, Math.floor(durationMs / 100) - 1)),
        which: fc.nat(99),
        lastsSeconds: fc.integer({ min: 1, max: 300 }),
      }),
      { maxLength: maxFaults },
    );
  }

  function faultPlan(options: FaultPlanOptions): fc.Arbitrary<FaultPlan> {
    return faults(options).map((drawn) => planOf(drawn, options));
  }

  function world({ agents: options, ...what }: WorldOptions): fc.Arbitrary<World> {
    // Not one after the other: a cluster that is drawn anew would have other faults.
    return fc
      .record({ agents: agents(options), faults: faults(what), seed: fc.nat(999) })
      .map(({ agents: machines, faults: drawn, seed }) => {
        const hosts = machines.map(({ hostname = '' }) => hostname);
        return { agents: machines, faults: planOf(drawn, { agents: hosts, frameworks: what.frameworks }), seed };
      });
  }

  return { ...resourceArbitraries(fc), agent, agents, offer, offers, task, faultPlan, world };
}

const CPUS: Bounds = { min: 1, max: 8 };
const MEM_MB: Bounds = { min: 512, max: 8192 };

/** Whom a fault is about. */
type Target = 'agent' | 'framework' | 'either' | 'none';

const TARGETS: Readonly<Record<FaultKind, Target>> = {
  loseMessage: 'either',
  delayMessage: 'either',
  duplicateMessage: 'either',
  cutStream: 'either',
  halfOpenStream: 'either',
  partitionAgent: 'agent',
  partitionFramework: 'framework',
  partitionMaster: 'none',
  oneWayPartition: 'either',
  crashAgent: 'agent',
  crashAgentWithTasks: 'agent',
  loseMachine: 'agent',
  crashExecutor: 'agent',
  failoverFramework: 'framework',
  forgetFramework: 'framework',
  failoverMaster: 'none',
  slowDisk: 'agent',
  failWrite: 'agent',
  tornWrite: 'agent',
  jumpWallClock: 'either',
  slowRegistry: 'none',
  failRegistryWrite: 'none',
  unconfirmRegistryWrite: 'none',
  crashMasterAtWrite: 'none',
  splitMaster: 'none',
  markAgentGone: 'agent',
  removeAgent: 'agent',
  teardownFramework: 'framework',
  updateWeights: 'none',
};

/** A fault before it is known whom there is. */
interface DrawnFault {
  readonly kind: FaultKind;
  readonly atTenths: number;
  readonly which: number;
  readonly lastsSeconds: number;
}

/** In order of time; what has no one to happen to is left out. */
function planOf(
  drawn: readonly DrawnFault[],
  { agents, frameworks }: { readonly agents: readonly string[]; readonly frameworks: readonly string[] },
): FaultPlan {
  const targets = { agent: agents, framework: frameworks, either: [...frameworks, ...agents], none: [] };
  const script = drawn.flatMap(({ kind, atTenths, which, lastsSeconds }): readonly ScriptedFault[] => {
    const candidates = targets[TARGETS[kind]];
    const target = candidates[which % Math.max(1, candidates.length)];
    if (target === undefined && TARGETS[kind] !== 'none') return [];
    const fault: ScriptedFault = { atMs: atTenths * 100, kind, ...(target === undefined ? {} : { target }) };
    return [MOMENTARY.has(kind) ? fault : { ...fault, durationMs: lastsSeconds * 1000 }];
  });
  return { script: script.toSorted((a, b) => a.atMs - b.atMs) };
}

/** Faults that are over as soon as they have happened. */
const MOMENTARY: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'loseMessage',
  'delayMessage',
  'duplicateMessage',
  'cutStream',
  'halfOpenStream',
  'crashExecutor',
  'failWrite',
  'tornWrite',
]);

function offerOf(
  { hostname = 'a1', resources = '', attributes = '' }: SimulatedAgent,
  { role, index }: { readonly role: string; readonly index: number },
): Offer {
  const total = typeof resources === 'string' ? Resources.parse(resources) : resources;
  return {
    id: OfferId(`offer-${index + 1}`),
    frameworkId: FrameworkId('framework-1'),
    agentId: AgentId(`agent-${index + 1}`),
    role,
    hostname,
    resources: total.allocate(role),
    attributes: parseAttributes(attributes),
    executorIds: [],
  };
}
