import { TaskId } from '../../src/core/index.ts';
import { createMaster, type Master, type MasterOptions } from '../../src/master/index.ts';
import type { Offer } from '../../src/offers/index.ts';
import type { AgentInfo, FrameworkInfo } from '../../src/protocol/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { type Log, seededRandom } from '../../src/runtime/index.ts';
import type { TaskInfo } from '../../src/tasks/index.ts';
import { FakeAgent } from './fake-agent.ts';
import { FakeScheduler } from './fake-scheduler.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

/** A master on a clock that is moved by hand, checked after every turn, with what it logged. */
export interface Harness {
  readonly clock: ManualClock;
  readonly master: Master;
  readonly logged: string[];
  /** Lets everything happen that waits for nothing but its turn, and one allocation. */
  settle(): void;
  /** A framework that has subscribed. */
  framework(info?: Partial<FrameworkInfo>): FakeScheduler;
  /** An agent that has registered. */
  agent(info?: Partial<AgentInfo>): FakeAgent;
}

export function createHarness(options: Partial<MasterOptions> = {}): Harness {
  const clock = createManualClock();
  const logged: string[] = [];
  const log: Log = { log: (_level, message) => void logged.push(message) };
  const master = createMaster({ clock, random: seededRandom(1), log, checkInvariants: true, ...options });
  const settle = (): void => clock.advance(1);
  return {
    clock,
    master,
    logged,
    settle,
    framework(info) {
      const scheduler = new FakeScheduler(master.schedulers, info);
      scheduler.connect();
      settle();
      return scheduler;
    },
    agent(info) {
      const agent = new FakeAgent(master.agents, info);
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
