import { TaskId } from '../../src/core/index.ts';
import {
  createMaster,
  createMemoryRegistry,
  type Master,
  type MasterOptions,
  type MemoryRegistry,
} from '../../src/master/index.ts';
import type { Offer } from '../../src/offers/index.ts';
import type { AgentInfo, FrameworkInfo, SchedulerEndpoint } from '../../src/protocol/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { type Log, seededRandom } from '../../src/runtime/index.ts';
import type { TaskInfo } from '../../src/tasks/index.ts';
import { FakeAgent } from './fake-agent.ts';
import { FakeScheduler } from './fake-scheduler.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

/** A master on a clock that is moved by hand, checked after every turn, with what it logged. */
export interface Harness {
  readonly clock: ManualClock;
  /** The one of now. */
  readonly master: Master;
  readonly registry: MemoryRegistry;
  readonly logged: string[];
  /** Lets everything happen that waits for nothing but its turn, and one allocation. */
  settle(): void;
  /** The master is gone as if it had crashed; another one, which knows no more than the registry, takes its place. */
  failover(): void;
  /** A framework that has subscribed. */
  framework(info?: Partial<FrameworkInfo>): FakeScheduler;
  /** An agent that has registered. */
  agent(info?: Partial<AgentInfo>): FakeAgent;
}

/** Where the registry is to be slow or to fail, the test brings it along, with its clock. */
export interface HarnessOptions extends Partial<Omit<MasterOptions, 'clock' | 'registry'>> {
  readonly clock?: ManualClock;
  readonly registry?: MemoryRegistry;
}

export function createHarness(options: HarnessOptions = {}): Harness {
  const { clock = createManualClock(), ...rest } = options;
  const { registry = createMemoryRegistry({ clock }) } = options;
  const logged: string[] = [];
  const log: Log = { log: (_level, message) => void logged.push(message) };
  let masters = 0;
  const start = (): Master => {
    masters += 1;
    return createMaster({ random: seededRandom(masters), log, checkInvariants: true, ...rest, clock, registry });
  };
  let master = start();
  const settle = (): void => clock.advance(1);
  return {
    clock,
    registry,
    logged,
    get master() {
      return master;
    },
    settle,
    failover() {
      void master.close();
      master = start();
    },
    framework(info) {
      const endpoint: SchedulerEndpoint = {
        connect: (subscribe, handlers) => master.schedulers.connect(subscribe, handlers),
      };
      const scheduler = new FakeScheduler(endpoint, info);
      scheduler.connect();
      settle();
      return scheduler;
    },
    agent(info) {
      const agent = new FakeAgent({ connect: (handlers) => master.agents.connect(handlers) }, info);
      agent.connect();
      settle();
      return agent;
    },
  };
}

/** A command task that needs `resources` of an offer. */
export function taskOf(offer: Pick<Offer, 'agentId'>, id: string, resources = 'cpus:1;mem:64'): TaskInfo {
  return {
    taskId: TaskId(id),
    name: id,
    agentId: offer.agentId,
    resources: Resources.parse(resources),
    command: { value: 'true' },
  };
}

/** Accepts the scheduler's oldest offer with a LAUNCH of one task, and lets it happen. */
export function launch(harness: Harness, scheduler: FakeScheduler, id: string, resources?: string): TaskInfo {
  const offer = scheduler.offer();
  const task = taskOf(offer, id, resources);
  scheduler.call({
    type: 'accept',
    offerIds: [offer.id],
    operations: [{ type: 'LAUNCH', taskInfos: [task] }],
    filters: { refuseMs: 0 },
  });
  harness.settle();
  return task;
}
