import type { Allocator } from '../allocator/index.ts';
import { unreachable } from '../core/index.ts';
import type { AllocatorCall } from './protocol.ts';

/** Makes the call that the data describes. */
export function callAllocator(allocator: Allocator, call: AllocatorCall): void {
  switch (call.method) {
    case 'addFramework':
      return allocator.addFramework(...call.args);
    case 'removeFramework':
      return allocator.removeFramework(...call.args);
    case 'activateFramework':
      return allocator.activateFramework(...call.args);
    case 'deactivateFramework':
      return allocator.deactivateFramework(...call.args);
    case 'updateFramework':
      return allocator.updateFramework(...call.args);
    case 'addAgent':
      return allocator.addAgent(...call.args);
    case 'updateAgent':
      return allocator.updateAgent(...call.args);
    case 'removeAgent':
      return allocator.removeAgent(...call.args);
    case 'activateAgent':
      return allocator.activateAgent(...call.args);
    case 'deactivateAgent':
      return allocator.deactivateAgent(...call.args);
    case 'updateUnavailability':
      return allocator.updateUnavailability(...call.args);
    case 'updateInverseOffer':
      return allocator.updateInverseOffer(...call.args);
    case 'updateWhitelist':
      return allocator.updateWhitelist(...call.args);
    case 'updateWeights':
      return allocator.updateWeights(...call.args);
    case 'updateQuota':
      return allocator.updateQuota(...call.args);
    case 'recover':
      return allocator.recover(...call.args);
    case 'updateAllocation':
      return allocator.updateAllocation(...call.args);
    case 'recoverResources':
      return allocator.recoverResources(...call.args);
    case 'suppressOffers':
      return allocator.suppressOffers(...call.args);
    case 'reviveOffers':
      return allocator.reviveOffers(...call.args);
    default:
      return unreachable(call, 'AllocatorCall');
  }
}
