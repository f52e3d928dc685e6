import { AgentId, FrameworkId, MasterId, OfferId, TaskId } from '../../src/core/index.ts';
import type { Offer } from '../../src/offers/index.ts';
import type {
  ChannelHandlers,
  SchedulerCall,
  SchedulerEndpoint,
  SchedulerEvent,
  Subscribe,
} from '../../src/protocol/index.ts';
import { Resources } from '../../src/resources/index.ts';
import type { TaskState, TaskStatus } from '../../src/tasks/index.ts';

/** One connection of a driver to a {@link FakeMaster}: what it has sent, and the master's hand on it. */
export interface FakeConnection {
  readonly subscribe: Subscribe;
  /** All calls so far, the last one last. */
  readonly calls: SchedulerCall[];
  /** Whether the driver has closed it. */
  closed: boolean;
  emit(event: SchedulerEvent): void;
  /** Answers SUBSCRIBE: with the id that came, or the one given. */
  accept(frameworkId?: string): void;
  /** Ends the connection from the master's side. */
  drop(reason?: string): void;
  /** The calls of one type. */
  sent<T extends SchedulerCall['type']>(type: T): readonly Extract<SchedulerCall, { readonly type: T }>[];
}

/** A master that does only what a test tells it to. */
export interface FakeMaster extends SchedulerEndpoint {
  readonly connections: readonly FakeConnection[];
  /** The newest connection; a test that has none fails here. */
  readonly connection: FakeConnection;
  /** While true, `connect` throws. */
  refusing: boolean;
}

export function createFakeMaster(): FakeMaster {
  const connections: FakeConnection[] = [];
  return {
    connections,
    refusing: false,
    get connection() {
      const last = connections.at(-1);
      if (last === undefined) throw new Error('nobody has connected');
      return last;
    },
    connect(subscribe, handlers) {
      if (this.refusing) throw new Error('connection refused');
      const connection = fakeConnection(subscribe, handlers);
      connections.push(connection);
      return {
        send: (call) => void connection.calls.push(call),
        close: () => {
          connection.closed = true;
        },
      };
    },
  };
}

function fakeConnection(subscribe: Subscribe, handlers: ChannelHandlers<SchedulerEvent>): FakeConnection {
  const calls: SchedulerCall[] = [];
  return {
    subscribe,
    calls,
    closed: false,
    emit: (event) => handlers.onMessage(event),
    accept(frameworkId = subscribe.frameworkInfo.id ?? 'F1') {
      handlers.onMessage(subscribed(frameworkId));
    },
    drop: (reason = 'the master went away') => handlers.onClosed(reason),
    sent: <T extends SchedulerCall['type']>(type: T) =>
      calls.filter((call): call is Extract<SchedulerCall, { readonly type: T }> => call.type === type),
  };
}

export const HEARTBEAT_MS = 15_000;

export function subscribed(frameworkId = 'F1'): SchedulerEvent {
  return {
    type: 'subscribed',
    frameworkId: FrameworkId(frameworkId),
    heartbeatIntervalMs: HEARTBEAT_MS,
    masterInfo: { id: MasterId('M1'), hostname: 'master', version: '0.1.0' },
  };
}

export function offer(
  id: string,
  options: Partial<Omit<Offer, 'id' | 'resources'>> & { resources?: string } = {},
): Offer {
  const { resources = 'cpus:4;mem:1024;ports:[31000-31009]', ...rest } = options;
  const role = rest.role ?? '*';
  return {
    id: OfferId(id),
    frameworkId: FrameworkId('F1'),
    agentId: AgentId('A1'),
    role,
    hostname: 'host-1',
    attributes: [],
    executorIds: [],
    ...rest,
    resources: Resources.parse(resources).allocate(role),
  };
}

/** An agent's update; with `uuid: undefined`, one of the master's own. */
export function status(
  taskId: string,
  state: TaskState,
  options: { readonly uuid?: string | undefined; readonly agentId?: string } = { uuid: `${taskId}-${state}` },
): TaskStatus {
  return {
    taskId: TaskId(taskId),
    state,
    source: options.uuid === undefined ? 'SOURCE_MASTER' : 'SOURCE_EXECUTOR',
    agentId: AgentId(options.agentId ?? 'A1'),
    timestampMs: 1_700_000_000_000,
    ...(options.uuid === undefined ? {} : { uuid: options.uuid }),
  };
}
