import { type ExecutorId, type FrameworkId, identifierError } from '../../core/index.ts';
import { type Label, Resources } from '../../resources/index.ts';
import type { ExecutorInfo } from '../../tasks/index.ts';
import {
  validateAllocatedToOneRole,
  validateNoRevocableMix,
  validateResources,
  validateUniquePersistenceIds,
} from './resources.ts';

/**
 * Why an executor is no valid description of one, or `undefined`: what holds wherever it is named, at launch or when
 * an agent comes back.
 *
 * @see Mesos `src/master/validation.cpp`, `executor::internal::validateType` and those below it
 */
export function validateExecutorInfo(executor: ExecutorInfo): string | undefined {
  switch (executor.type) {
    case 'DEFAULT':
      break;
    case 'IN_PROCESS':
      if (executor.name === undefined || executor.name === '') {
        return "'ExecutorInfo.name' must be set for an IN_PROCESS executor";
      }
      break;
    default:
      return `'ExecutorInfo.type' must be 'DEFAULT' or 'IN_PROCESS', got ${JSON.stringify(executor.type)}`;
  }
  const error = identifierError(executor.executorId);
  return error === undefined ? undefined : `'ExecutorInfo.executorId' is invalid: ${error}`;
}

/**
 * Why an executor may not be launched, or go on being used, by this framework, or `undefined`.
 *
 * @param context.runningExecutor the framework's executor of that id on the agent of the offers
 */
export function validateExecutor(
  executor: ExecutorInfo,
  context: {
    readonly frameworkId: FrameworkId;
    readonly runningExecutor: (executorId: ExecutorId) => ExecutorInfo | undefined;
  },
): string | undefined {
  const error = validateExecutorInfo(executor);
  if (error !== undefined) return error;
  if (executor.frameworkId === undefined) return "'ExecutorInfo.frameworkId' must be set";
  if (executor.frameworkId !== context.frameworkId) {
    return `'ExecutorInfo.frameworkId' must be ${context.frameworkId}, got ${executor.frameworkId}`;
  }
  const resourcesError = executorResourcesError(executor.resources ?? Resources.empty);
  if (resourcesError !== undefined) return resourcesError;
  const running = context.runningExecutor(executor.executorId);
  if (running !== undefined && !sameExecutor(running, executor)) {
    return `Executor '${executor.executorId}' differs from the one of that id that runs on the agent`;
  }
  return undefined;
}

function executorResourcesError(resources: Resources): string | undefined {
  const prefixed = (prefix: string, error: string | undefined) =>
    error === undefined ? undefined : `${prefix}: ${error}`;
  return (
    prefixed('Executor uses invalid resources', validateResources(resources)) ??
    prefixed('Executor uses a persistent volume twice', validateUniquePersistenceIds(resources)) ??
    prefixed('Executor uses wrongly allocated resources', validateAllocatedToOneRole(resources)) ??
    prefixed('Executor mixes revocable and regular resources', validateNoRevocableMix(resources))
  );
}

/** Whether two descriptions are of one executor; resources are compared as resources, labels without order. */
export function sameExecutor(a: ExecutorInfo, b: ExecutorInfo): boolean {
  return (
    a.type === b.type &&
    a.executorId === b.executorId &&
    a.frameworkId === b.frameworkId &&
    a.name === b.name &&
    (a.resources ?? Resources.empty).equals(b.resources ?? Resources.empty) &&
    sameLabels(a.labels ?? [], b.labels ?? []) &&
    sameBytes(a.data ?? new Uint8Array(), b.data ?? new Uint8Array())
  );
}

function sameLabels(a: readonly Label[], b: readonly Label[]): boolean {
  const sorted = (labels: readonly Label[]) => labels.map(({ key, value }) => JSON.stringify([key, value])).sort();
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
