import { MasterId } from '../../src/core/index.ts';
import { emptyState, type MasterTables } from '../../src/master/index.ts';

/** The state of a master that knows nobody yet, for tests that put there what they are about. */
export function bareState(): MasterTables {
  return emptyState(
    { id: MasterId('m'), hostname: 'h', version: '1' },
    {
      heartbeatIntervalMs: 1,
      agentPingTimeoutMs: 1,
      maxAgentPingTimeouts: 1,
      agentReregisterTimeoutMs: 1,
      offerTimeoutMs: undefined,
      maxCompletedFrameworks: 1,
      maxCompletedTasksPerFramework: 1,
      maxUnreachableTasksPerFramework: 1,
      maxRemovedAgents: 1,
    },
  );
}
