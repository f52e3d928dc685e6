import { InvalidArgument, type KnownKeys, refuseUnknownKeys, requireObject, shown } from '../core/index.ts';
import { Resources } from '../resources/index.ts';
import type { CommandInfo, ExecutorInfo, TaskInfo } from '../tasks/index.ts';
import {
  checkBoolean,
  checkData,
  checkKillPolicy,
  checkLabels,
  checkText,
  checkTexts,
  checkTime,
} from './field-check.ts';

const COMMAND_KEYS: KnownKeys<CommandInfo> = { shell: true, value: true, arguments: true, environment: true };

/** @throws InvalidArgument naming the field at fault, below `path` */
export function checkCommand(command: CommandInfo, path: string): void {
  refuseUnknownKeys(command, COMMAND_KEYS, path);
  checkText(command.value, `${path}.value`);
  if (command.shell !== undefined) checkBoolean(command.shell, `${path}.shell`);
  if (command.arguments !== undefined) checkTexts(command.arguments, `${path}.arguments`, 'arguments');
  checkEnvironment(command.environment, `${path}.environment`);
}

/** @throws InvalidArgument naming the variable at fault, below `path` */
export function checkEnvironment(environment: CommandInfo['environment'], path: string): void {
  if (environment === undefined) return;
  requireObject(environment, path);
  for (const [name, value] of Object.entries(environment)) checkText(value, `${path}.${name}`);
}

/** @throws InvalidArgument naming the field at fault, below `path` */
export function checkTask(task: TaskInfo, path: string): void {
  requireObject(task, path);
  const { taskId, name, agentId, resources, command, executor, killPolicy, maxCompletionTimeMs, labels, data } = task;
  checkText(taskId, `${path}.taskId`);
  checkText(name, `${path}.name`);
  checkText(agentId, `${path}.agentId`);
  checkResources(resources, `${path}.resources`);
  if (command !== undefined) checkCommand(command, `${path}.command`);
  if (executor !== undefined) checkExecutor(executor, `${path}.executor`);
  checkKillPolicy(killPolicy, `${path}.killPolicy`);
  checkTime(`${path}.maxCompletionTimeMs`, maxCompletionTimeMs);
  checkLabels(labels, `${path}.labels`);
  if (data !== undefined) checkData(data, `${path}.data`);
}

/** @throws InvalidArgument naming the field at fault, below `path` */
export function checkExecutor(executor: ExecutorInfo, path: string): void {
  requireObject(executor, path);
  const { executorId, name, resources, labels, data } = executor;
  checkText(executorId, `${path}.executorId`);
  if (name !== undefined) checkText(name, `${path}.name`);
  if (resources !== undefined) checkResources(resources, `${path}.resources`);
  checkLabels(labels, `${path}.labels`);
  if (data !== undefined) checkData(data, `${path}.data`);
}

/** @throws InvalidArgument naming `field` */
export function checkResources(resources: Resources, field: string): void {
  if (isResources(resources)) return;
  throw new InvalidArgument(field, `expected a collection made by Resources, got ${shown(resources)}`);
}

/** Whether it was made by `Resources`: nothing else can be added up. */
export function isResources(value: object): value is Resources {
  try {
    // Only to ask: it throws for whatever it has not made itself.
    Resources.sum([value as Resources]);
    return true;
  } catch {
    return false;
  }
}
