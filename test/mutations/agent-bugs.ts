import type { Bug } from './bug.ts';

export const AGENT_BUGS: readonly Bug[] = [
  {
    name: 'retry-with-a-new-uuid',
    file: 'agent/status-updates.ts',
    find: 'send(state, draft, { record, status, latestState: record.task.state, attempts: record.attempts + 1 });',
    replace:
      'const again = { ...status, uuid: draft.newId() };\n  send(state, draft, { record, status: again, latestState: record.task.state, attempts: record.attempts + 1 });',
    says: 'an update that is sent again has another uuid',
  },
  {
    name: 'update-not-retried',
    file: 'agent/status-updates.ts',
    find: 'send(state, draft, { record, status, latestState: record.task.state, attempts: record.attempts + 1 });',
    replace: 'void [record, status];',
    says: 'an update that was lost is not sent again while the agent stays registered',
  },
  {
    name: 'any-acknowledgement-will-do',
    file: 'agent/status-updates.ts',
    find: 'if (record === undefined || oldest?.uuid !== ack.uuid) {',
    replace: 'if (record === undefined || oldest?.uuid === undefined) {',
    says: 'a repeated acknowledgement is taken for that of the next update',
  },
  {
    name: 'updates-overtake',
    file: 'agent/status-updates.ts',
    find: 'if (record.pending.length === 0 && first !== undefined)',
    replace: 'if (first !== undefined)',
    says: 'an update is sent while an older one waits for its acknowledgement',
  },
  {
    name: 'updates-wait-for-the-next-registration',
    file: 'agent/status-updates.ts',
    find: 'else if (next !== undefined)\n    send(',
    replace: 'else if (next !== undefined && next.uuid === undefined)\n    send(',
    says: 'the update after the one that was acknowledged is not sent',
  },
  {
    name: 'update-not-checkpointed',
    file: 'agent/checkpoint.ts',
    find: "case 'leavingBegan':\n      return [];",
    replace: "case 'leavingBegan':\n    case 'updateMade':\n      return [];",
    says: 'the agent forgets to checkpoint an update that it makes',
  },
  {
    name: 'acknowledgement-not-checkpointed',
    file: 'agent/checkpoint.ts',
    find: "case 'taskForgotten':",
    replace: "case 'taskForgotten':\n      return [];",
    says: 'a task that was acknowledged to its end is back after a restart of the agent',
  },
  {
    name: 'sent-before-written',
    file: 'agent/shell.ts',
    find: 'try {\n      this.#checkpoints.save(this.#state, events);',
    replace:
      'for (const effect of effects.splice(0)) this.#perform(effect);\n    try {\n      this.#checkpoints.save(this.#state, events);',
    says: 'what follows from a checkpoint is done before it is written',
  },
  {
    name: 'container-not-watched',
    file: 'agent/recovery.ts',
    find: "for (const containerId of containers) draft.effect({ type: 'recoverContainer', containerId });",
    replace: "for (const containerId of containers.slice(1)) draft.effect({ type: 'recoverContainer', containerId });",
    says: 'a container that runs is not watched any more after a restart of the agent',
  },
  {
    name: 'started-twice',
    file: 'agent/shell.ts',
    find: 'this.#options.containerizer.launch(config, this.#containerHandlers(containerId));',
    replace:
      'for (const _ of [1, 2]) this.#options.containerizer.launch(config, this.#containerHandlers(containerId));',
    says: 'a task is started twice',
  },
  {
    name: 'running-taken-for-gone',
    file: 'agent/recovery.ts',
    find: "if (executor.kind !== 'inProcess' && found.has(record.containerId)) resume(draft, record);",
    replace:
      "if (executor.kind !== 'inProcess' && found.has(record.containerId) && record.startedWallMs !== undefined) resume(draft, record);",
    says: 'a task that was being started when the agent crashed is reported as gone, and runs',
  },
  {
    name: 'orphan-not-killed',
    file: 'agent/recovery.ts',
    find: "if (!state.containers.has(containerId)) draft.effect({ type: 'killContainer', containerId, gracePeriodMs: 0 });",
    replace: 'void containerId;',
    says: 'a container of a task that the restarted agent does not know runs on',
  },
  {
    name: 'staging-task-not-reported',
    file: 'agent/registration.ts',
    find: 'tasks: [...state.tasks.values()].map(reported),',
    replace: "tasks: [...state.tasks.values()].filter(({ task }) => task.state !== 'TASK_STAGING').map(reported),",
    says: 'an agent that re-registers leaves out tasks that have not started yet',
  },
  {
    name: 'kill-before-start-ignored',
    file: 'agent/decide.ts',
    find: 'if (isTerminal(record.task.state)) return;\n  requestKill(',
    replace: "if (isTerminal(record.task.state) || record.task.state === 'TASK_STAGING') return;\n  requestKill(",
    says: 'a kill of a task that has not started yet is ignored',
  },
  {
    name: 'crash-taken-for-success',
    file: 'agent/task-end.ts',
    find: 'const succeeded = outcome.exitCode === 0 && outcome.signal === undefined;',
    replace: 'const succeeded = outcome.exitCode === 0 || outcome.signal !== undefined;',
    says: 'a task that the system has killed is reported as finished',
  },
  {
    name: 'silent-master-not-left',
    file: 'agent/registration.ts',
    find: "draft.log('warn', 'The master is silent; connecting anew', { pingTimeoutMs: state.link.pingTimeoutMs });\n  draft.effect({ type: 'closeChannel' });\n  goDown(state, draft);",
    replace: "draft.log('warn', 'The master is silent', { pingTimeoutMs: state.link.pingTimeoutMs });",
    says: 'an agent that hears nothing of its master any more waits for ever',
  },
  {
    name: 'ended-framework-runs-on',
    file: 'agent/decide.ts',
    find: "requestKill(state, draft, record, { cause: 'killed', quietly: true, gracePeriodMs: gracePeriodMs(record) });",
    replace: 'void record.executorId;',
    says: 'the tasks of a framework that was shut down run on',
  },
];
