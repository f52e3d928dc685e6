export { validateAgentRegistration, validateReregistration } from './agent.ts';
export { sameExecutor } from './executor.ts';
export {
  type FrameworkUpdateError,
  validateFrameworkInfo,
  validateFrameworkUpdate,
  validateOfferConstraints,
  validateSuppressedRoles,
} from './framework.ts';
export { validateOfferIds } from './offer-ids.ts';
export {
  type OperationContext,
  validateCreate,
  validateDestroy,
  validateReserve,
  validateUnreserve,
} from './operation.ts';
export { validateRoles } from './role.ts';
export { type LaunchContext, validateKillPolicy, validateTask } from './task.ts';
export { validateTaskGroup } from './task-group.ts';
