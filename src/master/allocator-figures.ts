import type { Allocator } from '../allocator/index.ts';
import { Quantities } from '../resources/index.ts';
import type { Violations } from './invariants.ts';
import type { MasterCommand } from './protocol.ts';
import type { MasterState } from './state.ts';

/** Whether a command of its kind may change what {@link figuresAgree} looks at; the others need no look. */
export function mayChangeFigures(command: MasterCommand): boolean {
  switch (command.type) {
    case 'agentDisconnected':
    case 'registryRecovered':
    case 'registryWritten':
    case 'subscribe':
    case 'schedulerDisconnected':
      return true;
    case 'agentMessage':
      return command.message.type === 'reregisterAgent';
    case 'schedulerCall':
      return ['suppress', 'revive', 'updateFramework'].includes(command.call.type);
    default:
      return false;
  }
}

/**
 * **A3** What the allocator goes by besides its books is the master's, too: who can be offered and be offered to, which roles
 * are suppressed, how much there is in all, weights and quotas.
 */
export function figuresAgree(
  state: MasterState,
  allocator: Pick<Allocator, 'agent' | 'framework' | 'snapshot'>,
): Violations {
  const violations: string[] = [];
  let total = Quantities.empty;
  for (const { id, connection, total: own } of state.agents.values()) {
    total = total.plus(own.filter(({ value }) => value.type === 'SCALAR').quantities());
    const isActive = allocator.agent(id)?.active ?? false;
    if (isActive !== (connection !== undefined)) {
      violations.push(`A3: agent ${id} is ${isActive ? '' : 'not '}active, and ${isActive ? 'not ' : ''}connected`);
    }
  }
  for (const { id, connection, suppressedRoles } of state.frameworks.values()) {
    const there = allocator.framework(id);
    const isActive = there?.active ?? false;
    if (isActive !== (connection !== undefined)) {
      violations.push(`A3: framework ${id} is ${isActive ? '' : 'not '}active, and ${isActive ? 'not ' : ''}connected`);
    }
    const [suppressed, expected] = [there?.suppressedRoles ?? [], suppressedRoles].map((roles) =>
      [...roles].sort().join(', '),
    );
    if (suppressed !== expected) {
      violations.push(`A3: framework ${id} suppresses ${expected}; in the allocator's books ${suppressed}`);
    }
  }
  const there = allocator.snapshot();
  if (!there.total.equals(total)) {
    violations.push(`A3: all agents have ${total}, in the allocator's books ${there.total}`);
  }
  for (const [role, weight] of state.weights) {
    if (there.weights.get(role) === weight) continue;
    violations.push(`A3: role ${role} weighs ${weight}, in the allocator's books ${there.weights.get(role) ?? 1}`);
  }
  const quotas = new Map(Array.from(there.quotas, ([role, { guarantees, limits }]) => [role, { guarantees, limits }]));
  for (const role of new Set([...state.quotas.keys(), ...quotas.keys()])) {
    const [own, other] = [state.quotas, quotas].map((table) => JSON.stringify(table.get(role)) ?? 'none');
    if (own !== other) violations.push(`A3: role ${role} has quota ${own}, in the allocator's books ${other}`);
  }
  return violations;
}
