import type { Bug } from './bug.ts';

export const DRIVER_BUGS: readonly Bug[] = [
  {
    name: 'silence-not-noticed',
    file: 'scheduler/subscription.ts',
    find: "const waitedFor = connection.subscribedMs === undefined ? 'no answer to SUBSCRIBE' : 'no heartbeat';",
    replace: "if (connection.subscribedMs !== undefined) return;\n    const waitedFor = 'no answer to SUBSCRIBE';",
    says: 'a scheduler that hears no heartbeat any more stays where it is: a lost resubscription',
  },
  {
    name: 'subscribes-no-more',
    file: 'scheduler/subscription.ts',
    find: 'if (!this.#ended) this.#connect();',
    replace: 'if (!this.#ended && this.#failures < 3) this.#connect();',
    says: 'after a few attempts to connect in a row a scheduler gives up',
  },
  {
    name: 'repeat-not-acknowledged',
    file: 'scheduler/driver-shell.ts',
    find: 'if (this.#tasks.isAcknowledged(status)) this.acknowledge(status);',
    replace: 'void this.#tasks.isAcknowledged(status);',
    says: 'an update that is repeated since its acknowledgement was lost is not acknowledged again',
  },
  {
    name: 'master-news-swallowed',
    file: 'scheduler/task-book.ts',
    find: 'if (entry.uuid === uuid) return false;',
    replace: 'if (entry.uuid === uuid || entry.state === state) return false;',
    says: 'an update that tells the same state as the one before is taken for its repetition',
  },
  {
    name: 'revive-not-repeated',
    file: 'scheduler/driver-shell.ts',
    find: "if (revived.length > 0) this.#send({ type: 'revive', roles: revived });",
    replace: 'void revived;',
    says: 'a REVIVE that was lost on its way is never said again',
  },
  {
    name: 'kill-not-repeated',
    file: 'scheduler/driver-shell.ts',
    find: 'for (const kill of this.#kills.values()) this.#send(kill);',
    replace: 'void this.#kills;',
    says: 'a KILL that was lost on its way is never said again',
  },
  {
    name: 'returning-task-not-killed',
    file: 'scheduler/driver-shell.ts',
    find: 'if (isOver(status)) this.#kills.delete(status.taskId);',
    replace: "if (isOver(status) || status.state === 'TASK_UNREACHABLE') this.#kills.delete(status.taskId);",
    says: 'a task that was to be killed and came back from an unreachable agent runs on',
  },
  {
    name: 'lost-launch-not-asked-about',
    file: 'scheduler/task-book.ts',
    find: 'return [...this.#live.values()].map(({ taskId, agentId }) =>',
    replace: 'return [...this.#live.values()].filter(({ uuid }) => uuid !== undefined).map(({ taskId, agentId }) =>',
    says: 'a task of which nothing has been heard is left out of reconciliation: one whose ACCEPT was lost is waited for for ever',
  },
  {
    name: 'subscribes-as-a-new-framework',
    file: 'scheduler/registration.ts',
    find: 'this.#info = { ...this.#info, id };',
    replace: 'this.#info = { ...this.#info, ...(this.#info.id === undefined ? {} : { id }) };',
    says: 'a framework that loses its connection subscribes again without its id',
  },
  {
    name: 'suppression-forgotten',
    file: 'scheduler/registration.ts',
    find: 'const suppressedRoles = [...this.#suppressed];',
    replace: 'const suppressedRoles = [...this.#suppressed].slice(1);',
    says: 'a framework that subscribes again is offered what it had suppressed',
  },
];
