import { InvalidArgument, requireObject, shown } from '../core/index.ts';
import type { OfferOperation } from '../offers/index.ts';
import { checkList } from './field-check.ts';
import { checkExecutor, checkResources, checkTask } from './task-check.ts';

/**
 * Refuses what the compiler refuses where there is one: the master of an embedded cluster, in this same process, takes
 * it for granted.
 *
 * @throws InvalidArgument naming the field at fault
 */
export function checkOperations(operations: readonly OfferOperation[]): void {
  checkList(operations, 'operations', 'operations on offers');
  operations.forEach((operation, index) => checkOperation(operation, `operations[${index}]`));
}

function checkOperation(operation: OfferOperation, path: string): void {
  requireObject(operation, path);
  switch (operation.type) {
    case 'LAUNCH':
    case 'LAUNCH_GROUP':
      if (operation.type === 'LAUNCH_GROUP') checkExecutor(operation.executor, `${path}.executor`);
      checkList(operation.taskInfos, `${path}.taskInfos`, 'tasks');
      operation.taskInfos.forEach((task, index) => checkTask(task, `${path}.taskInfos[${index}]`));
      return;
    case 'RESERVE':
    case 'UNRESERVE':
      return checkResources(operation.resources, `${path}.resources`);
    case 'CREATE':
    case 'DESTROY':
      return checkResources(operation.volumes, `${path}.volumes`);
    default:
      throw new InvalidArgument(`${path}.type`, `expected an operation on offers, got ${shown(operation)}`);
  }
}
