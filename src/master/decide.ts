import { unreachable } from '../core/index.ts';
import { decideAgentMessage } from './decide-agent-message.ts';
import { decideSchedulerCall } from './decide-call.ts';
import { decideInverseAllocated, decideInverseOfferTimedOut } from './decide-inverse-offers.ts';
import { decideAgentDisconnected, decideMarkAgentGone, decideRemoveAgent } from './decide-lose-agent.ts';
import { decideMaintain } from './decide-maintenance.ts';
import { decideAllocated, decideOfferTimedOut } from './decide-offers.ts';
import { decideTeardown, decideUpdateQuota, decideUpdateWeights, decideUpdateWhitelist } from './decide-operator.ts';
import { decidePingDue, decideReregisterTimedOut } from './decide-register.ts';
import {
  decideRecoveryTimedOut,
  decideRegistryPruningDue,
  decideRegistryRecovered,
  decideRegistryWritten,
} from './decide-registry.ts';
import {
  decideFailoverTimedOut,
  decideHeartbeatDue,
  decideSchedulerDisconnected,
  decideSubscribe,
} from './decide-subscribe.ts';
import type { Decision, MasterCommand } from './protocol.ts';
import type { MasterState } from './state.ts';

/**
 * What comes of a command: facts to be applied, and things to be done about them. Changes nothing: the same state and
 * command give the same decision. What it costs does not depend on how many agents and tasks there are, other than
 * those that it is about.
 */
export function decide(state: MasterState, command: MasterCommand): Decision {
  switch (command.type) {
    case 'subscribe':
      return decideSubscribe(state, command);
    case 'schedulerCall':
      return decideSchedulerCall(state, command);
    case 'schedulerDisconnected':
      return decideSchedulerDisconnected(state, command);
    case 'failoverTimedOut':
      return decideFailoverTimedOut(state, command);
    case 'heartbeatDue':
      return decideHeartbeatDue(state, command);
    case 'allocated':
      return decideAllocated(state, command);
    case 'inverseAllocated':
      return decideInverseAllocated(state, command);
    case 'inverseOfferTimedOut':
      return decideInverseOfferTimedOut(state, command);
    case 'offerTimedOut':
      return decideOfferTimedOut(state, command);
    case 'agentMessage':
      return decideAgentMessage(state, command);
    case 'agentDisconnected':
      return decideAgentDisconnected(state, command);
    case 'pingDue':
      return decidePingDue(state, command);
    case 'reregisterTimedOut':
      return decideReregisterTimedOut(state, command);
    case 'registryRecovered':
      return decideRegistryRecovered(state, command);
    case 'registryWritten':
      return decideRegistryWritten(state, command);
    case 'recoveryTimedOut':
      return decideRecoveryTimedOut(state, command);
    case 'registryPruningDue':
      return decideRegistryPruningDue(state, command);
    case 'markAgentGone':
      return decideMarkAgentGone(state, command);
    case 'removeAgent':
      return decideRemoveAgent(state, command);
    case 'teardown':
      return decideTeardown(state, command);
    case 'updateWeights':
      return decideUpdateWeights(command);
    case 'updateQuota':
      return decideUpdateQuota(command);
    case 'updateWhitelist':
      return decideUpdateWhitelist(command);
    case 'maintain':
      return decideMaintain(command);
    default:
      return unreachable(command, 'MasterCommand');
  }
}
