/**
 * The whole house in virtual time: a real master, three real agents and two real drivers, with processes and disks that
 * only pretend. Random commands break connections, crash agents, replace schedulers, and have the master fail over to one
 * that knows no more than a registry, which may be slow and fail; master and agents check their invariants after every turn. Then everything heals, and what the frameworks were told must be the whole truth: each
 * task has ended, each end was told, nothing is held by anybody.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Agent, createAgent } from '../../src/agent/index.ts';
import { type FrameworkId, TaskId } from '../../src/core/index.ts';
import { createMaster, createMemoryRegistry, type Master, type RegistryFault } from '../../src/master/index.ts';
import type { Offer } from '../../src/offers/index.ts';
import type { SchedulerCall, SchedulerEvent } from '../../src/protocol/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { commandTask, connect, type Driver } from '../../src/scheduler/index.ts';
import { isTerminal, type TaskStatus } from '../../src/tasks/index.ts';
import { createBreakableLink } from '../support/breakable-link.ts';
import { createFakeMachine } from '../support/fake-containerizer.ts';
import { createFakeSandboxes } from '../support/fake-sandboxes.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createMemoryDirectory } from '../support/memory-directory.ts';

type Command =
  | { readonly type: 'pass'; readonly ms: number }
  | { readonly type: 'launch'; readonly framework: number; readonly tasks: number }
  | { readonly type: 'decline'; readonly framework: number; readonly refuseMs: number }
  | { readonly type: 'kill'; readonly framework: number; readonly nth: number }
  | { readonly type: 'exit'; readonly nth: number; readonly exitCode: number }
  | { readonly type: 'crashAgent'; readonly agent: number }
  | { readonly type: 'startAgent'; readonly agent: number }
  | { readonly type: 'breakAgent'; readonly agent: number }
  | { readonly type: 'isolateAgent'; readonly agent: number }
  | { readonly type: 'breakFramework'; readonly framework: number }
  | { readonly type: 'replaceScheduler'; readonly framework: number }
  | { readonly type: 'failoverMaster'; readonly downMs: number }
  | { readonly type: 'troubleRegistry'; readonly latencyMs: number; readonly failures: readonly RegistryFault[] };

const agent = fc.nat({ max: 2 });
const framework = fc.nat({ max: 1 });
const nth = fc.nat({ max: 9 });

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('pass'), ms: fc.constantFrom(0, 1, 100, 1_000, 20_000) }) },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('launch'), framework, tasks: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('decline'), framework, refuseMs: fc.constantFrom(0, 5_000) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('kill'), framework, nth }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('exit'), nth, exitCode: fc.constantFrom(0, 1) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('crashAgent'), agent }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('startAgent'), agent }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('breakAgent'), agent }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('isolateAgent'), agent }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('breakFramework'), framework }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('replaceScheduler'), framework }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('failoverMaster'), downMs: fc.constantFrom(0, 100, 30_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('troubleRegistry'),
      latencyMs: fc.constantFrom(0, 1, 100, 20_000),
      failures: fc.array(fc.constantFrom<RegistryFault>('lost', 'unconfirmed'), { maxLength: 3 }),
    }),
  },
);

/** The master of now, and what outlives it. */
interface House {
  readonly clock: ReturnType<typeof createManualClock>;
  master: Master;
}

/** A machine with an agent on it, or without one for now. */
function createHost(number: number, house: House) {
  const { clock } = house;
  const machine = createFakeMachine(clock);
  machine.diesWhenKilled = true;
  const directory = createMemoryDirectory();
  const sandboxes = createFakeSandboxes();
  const link = createBreakableLink(clock);
  let starts = 0;
  let running: Agent | undefined;
  const host = {
    machine,
    link,
    start() {
      starts += 1;
      running ??= createAgent({
        endpoint: { connect: link.wrap((handlers) => house.master.agents.connect(handlers)) },
        hostname: `h${number}`,
        resources: Resources.parse('cpus:4;mem:1024;ports:[1-9]'),
        clock,
        random: seededRandom(100 * number + starts),
        containerizer: machine.containerizer(),
        sandboxes,
        directory,
        registrationBackoffMs: 10,
        checkInvariants: true,
      });
    },
    crash() {
      void running?.close();
      running = undefined;
      link.break();
    },
    state: () => running?.state(),
  };
  host.start();
  return host;
}

/** A framework: whoever schedules for it now, and all that it was ever told. */
function createFramework(number: number, house: House) {
  const { clock } = house;
  const link = createBreakableLink(clock);
  const told = new Map<TaskId, TaskStatus[]>();
  let offers: Offer[] = [];
  let schedulers = 0;
  let driver: Driver;
  const start = (id: FrameworkId | undefined): void => {
    schedulers += 1;
    offers = [];
    driver = connect(
      {
        connect: (subscribe, handlers) =>
          link.wrap<SchedulerCall, SchedulerEvent>((inner) => house.master.schedulers.connect(subscribe, inner))(
            handlers,
          ),
      },
      {
        name: `f${number}`,
        user: 'u',
        role: `r${number}`,
        failoverTimeoutMs: 1e9,
        ...(id === undefined ? {} : { id }),
      },
      { clock, random: seededRandom(10 * number + schedulers) },
    );
    const mine = driver;
    mine.offers$.subscribe((batch) => void offers.push(...batch));
    mine.rescinded$.subscribe((offerId) => {
      offers = offers.filter((offer) => offer.id !== offerId);
    });
    mine.events$.subscribe((event) => {
      if (event.type === 'disconnected' && mine === driver) offers = [];
    });
    mine.updates$.subscribe((status) => {
      const history = told.get(status.taskId);
      if (history === undefined) throw new Error(`Told of task ${status.taskId}, which nobody has launched`);
      history.push(status);
    });
  };
  start(undefined);
  let tasks = 0;
  return {
    link,
    told,
    launch(count: number) {
      const offer = offers.shift();
      if (offer === undefined) return;
      const infos = Array.from({ length: count }, () => {
        tasks += 1;
        const id = `f${number}-t${tasks}`;
        told.set(TaskId(id), []);
        return commandTask({ id, command: 'work', offer, resources: 'cpus:0.5;mem:64' });
      });
      driver.launch(offer, infos, { refuseMs: 1_000 });
    },
    decline(refuseMs: number) {
      driver.decline(offers.splice(0), { refuseMs });
    },
    kill(which: number) {
      const taskId = [...told.keys()].at(-1 - which);
      if (taskId !== undefined) driver.kill(taskId);
    },
    replace() {
      const id = driver.frameworkId;
      void driver.close();
      start(id);
    },
    /** Tasks of whose end nothing was heard. */
    open: () => [...told].filter(([, history]) => !history.some(({ state }) => isTerminal(state))).map(([id]) => id),
    reconcile(taskIds: readonly TaskId[]) {
      if (taskIds.length > 0) driver.reconcile(taskIds.map((taskId) => ({ taskId })));
    },
    declineAll: () => driver.decline(offers.splice(0)),
  };
}

async function turn(): Promise<void> {
  for (let count = 0; count < 5; count++) await Promise.resolve();
}

async function play(commands: readonly Command[]): Promise<void> {
  const clock = createManualClock();
  let latencyMs = 0;
  let failures: RegistryFault[] = [];
  const registry = createMemoryRegistry({ clock, latencyMs: () => latencyMs, failure: () => failures.shift() });
  let masters = 0;
  const startMaster = (): Master => {
    masters += 1;
    return createMaster({
      clock,
      random: seededRandom(masters),
      registry,
      checkInvariants: true,
      agentPingTimeoutMs: 5_000,
      maxAgentPingTimeouts: 3,
      agentReregisterTimeoutMs: 60_000,
      allocationIntervalMs: 2_000,
    });
  };
  const house: House = { clock, master: startMaster() };
  const hosts = [1, 2, 3].map((number) => createHost(number, house));
  const frameworks = [1, 2].map((number) => createFramework(number, house));
  const settle = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turn();
    clock.advance(0);
    await turn();
  };
  await settle(100);

  const running = () =>
    hosts.flatMap(({ machine }) =>
      [...machine.containers].filter(([, { exit }]) => exit === undefined).map(([id]) => ({ machine, id })),
    );
  const perform = async (next: Command): Promise<void> => {
    switch (next.type) {
      case 'launch':
        return frameworks[next.framework]?.launch(next.tasks);
      case 'decline':
        return frameworks[next.framework]?.decline(next.refuseMs);
      case 'kill':
        return frameworks[next.framework]?.kill(next.nth);
      case 'exit': {
        const container = running().at(next.nth);
        return container?.machine.exit(container.id, { type: 'exited', exitCode: next.exitCode });
      }
      case 'crashAgent':
        return hosts[next.agent]?.crash();
      case 'startAgent': {
        const host = hosts[next.agent];
        if (host !== undefined) host.link.up = true;
        return host?.start();
      }
      case 'breakAgent':
        return hosts[next.agent]?.link.break();
      case 'isolateAgent': {
        const host = hosts[next.agent];
        if (host !== undefined) host.link.up = false;
        return host?.link.break();
      }
      case 'breakFramework':
        return frameworks[next.framework]?.link.break();
      case 'replaceScheduler':
        return frameworks[next.framework]?.replace();
      case 'failoverMaster':
        // Nobody is told goodbye of what is in the mailbox or on its way to the registry.
        void house.master.close();
        await settle(next.downMs);
        house.master = startMaster();
        return undefined;
      case 'troubleRegistry':
        latencyMs = next.latencyMs;
        failures = [...next.failures];
        return undefined;
      case 'pass':
        return undefined;
    }
  };
  for (const next of commands) {
    await perform(next);
    await settle(next.type === 'pass' ? next.ms : 0);
  }

  // Everything heals, and all work ends.
  latencyMs = 0;
  failures = [];
  for (const host of hosts) {
    host.link.up = true;
    host.start();
  }
  for (let round = 0; round < 5; round++) {
    for (const { machine, id } of running()) machine.exit(id, { type: 'exited', exitCode: 0 });
    for (const each of frameworks) each.declineAll();
    await settle(100_000);
  }
  for (const each of frameworks) each.reconcile(each.open());
  await settle(1_000);

  for (const each of frameworks) {
    expect(each.open()).toEqual([]);
    for (const [taskId, history] of each.told) {
      const reliable = history.filter(({ uuid }) => uuid !== undefined);
      const ends = reliable.filter(({ state }) => isTerminal(state));
      expect(new Set(ends.map(({ uuid }) => uuid)).size, `${taskId} ended more than once`).toBeLessThanOrEqual(1);
      const firstEnd = reliable.findIndex(({ state }) => isTerminal(state));
      expect(reliable.slice(firstEnd + 1).filter(({ state }) => firstEnd >= 0 && !isTerminal(state))).toEqual([]);
    }
  }
  const state = house.master.state();
  expect(state.used.toString()).toBe('{}');
  expect(state.tasks).toEqual([]);
  expect(state.agents.filter(({ connected }) => connected)).toHaveLength(3);
  expect(state.recoveredAgents).toEqual([]);
  // What the next master would start with is what this one knows.
  const kept = registry.state();
  expect([...kept.agents.keys()].sort()).toEqual(state.agents.map(({ id }) => id).sort());
  expect([...kept.unreachableAgents.keys()]).toEqual(state.unreachableAgents.map(({ id }) => id));
  for (const host of hosts) {
    expect(host.state()?.tasks).toEqual([]);
    expect([...host.machine.containers.keys()]).toEqual([]);
  }
}

test('a house that breaks in every way tells each framework the whole truth once it has healed', {
  timeout: 120_000,
}, async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 60 }), play), { numRuns: 40 });
});
