import { InvalidArgument } from '../core/index.ts';
import type { OfferOperation } from '../offers/index.ts';
import { Resources } from '../resources/index.ts';
import type { ExecutorInfo, TaskInfo } from '../tasks/index.ts';

/**
 * Refuses what the compiler refuses where there is one: the master of an embedded cluster, in this same process, takes
 * it for granted.
 *
 * @throws InvalidArgument naming the field at fault
 */
export function checkOperations(operations: readonly OfferOperation[]): void {
  operations.forEach((operation, index) => checkOperation(operation, `operations[${index}]`));
}

function checkOperation(operation: OfferOperation, path: string): void {
  switch (operation.type) {
    case 'LAUNCH':
    case 'LAUNCH_GROUP':
      if (operation.type === 'LAUNCH_GROUP') checkExecutor(operation.executor, `${path}.executor`);
      operation.taskInfos.forEach((task, index) => checkTask(task, `${path}.taskInfos[${index}]`));
      return;
    case 'RESERVE':
    case 'UNRESERVE':
      return checkResources(operation.resources, `${path}.resources`);
    case 'CREATE':
    case 'DESTROY':
      return checkResources(operation.volumes, `${path}.volumes`);
    default:
      throw new InvalidArgument(`${path}.type`, `expected an operation on offers, got ${JSON.stringify(operation)}`);
  }
}

function checkTask({ resources, command, executor }: TaskInfo, path: string): void {
  checkResources(resources, `${path}.resources`);
  if (executor !== undefined) checkExecutor(executor, `${path}.executor`);
  if (command === undefined || typeof command.value === 'string') return;
  throw new InvalidArgument(`${path}.command.value`, `expected a string, got ${JSON.stringify(command.value)}`);
}

function checkExecutor({ resources }: ExecutorInfo, path: string): void {
  if (resources !== undefined) checkResources(resources, `${path}.resources`);
}

function checkResources(resources: Resources, field: string): void {
  try {
    Resources.sum([resources]);
  } catch (cause) {
    const got = JSON.stringify(resources);
    throw new InvalidArgument(field, `expected a collection made by Resources, got ${got}`, { cause });
  }
}
