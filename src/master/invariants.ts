import type { Allocator } from '../allocator/index.ts';
import type { AgentId, FrameworkId } from '../core/index.ts';
import { type Resource, Resources } from '../resources/index.ts';
import { holdsResources } from '../tasks/index.ts';
import { sameTime, unavailabilityOf } from './maintenance.ts';
import type { RegistryState } from './registry.ts';
import type { MasterState } from './state.ts';

/** The part of an allocator that its books can be read from. */
export type AllocatorBooks = Pick<Allocator, 'agentIds' | 'agent' | 'books'>;

/** The part of a master's state that is looked at. */
export type MasterBooks = Pick<
  MasterState,
  'agents' | 'executors' | 'frameworks' | 'offers' | 'tasks' | 'unreachableTasks' | 'used'
>;

/** Sentences, one for each violation; none if all is well. */
export type Violations = readonly string[];

/**
 * All that must hold of a state between two commands. What it costs grows with the whole state: for tests, simulation,
 * and small clusters that are watched closely.
 *
 * @param allocator to compare with; left out while the allocator is ahead of the master
 */
export function checkInvariants(state: MasterBooks, allocator?: AllocatorBooks): Violations {
  return [
    ...nothingOvercommitted(state),
    ...nothingHeldTwice(state),
    ...(allocator === undefined ? [] : allocatorAgrees(state, allocator)),
    ...offersAreAnswerable(state),
    ...tasksHoldWhatTheyWereGiven(state),
  ];
}

/** **A1** On each agent, what is offered and what is used, together, is part of what there is. */
export function nothingOvercommitted(state: MasterBooks): Violations {
  const violations: string[] = [];
  for (const agent of state.agents.values()) {
    const held = heldOn(state, agent.id).unallocate();
    if (!agent.total.contains(held.nonShared())) {
      violations.push(`A1: agent ${agent.id} has ${agent.total}, of which ${held} are offered or used`);
    }
    for (const volume of held.shared()) {
      if (agent.total.count(volume) > 0) continue;
      violations.push(`A1: agent ${agent.id} does not have the shared ${Resources.of(volume)} that is offered or used`);
    }
  }
  return violations;
}

function heldOn(state: MasterBooks, agentId: AgentId): Resources {
  const offered = state.offers.ofAgent(agentId).map(({ resources }) => resources);
  return Resources.sum([...state.used.ofAgent(agentId).values(), ...offered]);
}

/** **A2** No port, item or volume is held by two: offers, tasks and executors of an agent. */
export function nothingHeldTwice(state: MasterBooks): Violations {
  const violations: string[] = [];
  for (const agentId of state.agents.keys()) {
    let held = Resources.empty;
    const holders = [...holdersOn(state, agentId)];
    // One alone holds nothing that somebody else does.
    if (holders.length < 2) continue;
    for (const [holder, resources] of holders) {
      const own = indivisiblePart(resources);
      if (own.isEmpty) continue;
      for (const resource of own) {
        if (!overlaps(held, resource)) continue;
        violations.push(`A2: ${holder} holds ${Resources.of(resource)} of agent ${agentId}, as somebody else does`);
      }
      held = held.plus(own);
    }
  }
  return violations;
}

function* holdersOn(state: MasterBooks, agentId: AgentId): Iterable<readonly [string, Resources]> {
  for (const { id, resources } of state.offers.ofAgent(agentId)) yield [`offer ${id}`, resources];
  for (const task of state.tasks.ofAgent(agentId)) {
    if (holdsResources(task.state)) yield [`task ${task.taskId} of framework ${task.frameworkId}`, task.resources];
  }
  for (const { frameworkId, info } of state.executors.ofAgent(agentId)) {
    if (info.resources !== undefined) yield [`executor ${info.executorId} of framework ${frameworkId}`, info.resources];
  }
}

/** By what somebody holds, which stays the same from check to check. */
const indivisibleParts = new WeakMap<Resources, Resources>();

function indivisiblePart(resources: Resources): Resources {
  const known = indivisibleParts.get(resources);
  if (known !== undefined) return known;
  const part = resources.unallocate().nonShared().filter(isIndivisible);
  indivisibleParts.set(resources, part);
  return part;
}

/** Amounts of scalars add up, and {@link nothingOvercommitted} sees them; volumes, ports and items do not. */
function isIndivisible(resource: Resource): boolean {
  return resource.value.type !== 'SCALAR' || resource.disk?.persistence !== undefined;
}

function overlaps(held: Resources, resource: Resource): boolean {
  const same = Resources.of(resource);
  const before = held.named(resource.name);
  // What is there already does not grow when the same is added to it.
  if (resource.value.type === 'SCALAR') return before.persistentVolumes().contains(same);
  return before.plus(same).minus(same).size !== before.size || !before.plus(same).minus(same).equals(before);
}

/** **A3** The allocator's figures are the master's, per agent, framework and role. */
export function allocatorAgrees(state: MasterBooks, allocator: AllocatorBooks): Violations {
  const violations: string[] = [];
  for (const agentId of allocator.agentIds()) {
    if (!state.agents.has(agentId)) violations.push(`A3: the allocator has agent ${agentId}, the master has not`);
  }
  const books = new Map<string, Resources>();
  for (const { agentId, frameworkId, role, resources } of allocator.books()) {
    const key = bookKey(agentId, frameworkId, role);
    books.set(key, (books.get(key) ?? Resources.empty).plus(resources));
  }
  for (const { id, total } of state.agents.values()) {
    const agent = allocator.agent(id);
    if (agent === undefined) {
      violations.push(`A3: the master has agent ${id}, the allocator has not`);
      continue;
    }
    if (!agent.total.equals(total)) {
      violations.push(`A3: agent ${id} has ${total}, in the allocator's books ${agent.total}`);
    }
    const taken = heldOn(state, id).unallocate().nonShared();
    const free = agent.available.nonShared();
    if (!free.plus(taken).equals(total.nonShared())) {
      violations.push(`A1: agent ${id} has ${total}, of which ${taken} are taken and ${free} are free`);
    }
    for (const [key, resources] of masterBooks(state, id)) {
      const there = books.get(key) ?? Resources.empty;
      books.delete(key);
      if (there.equals(resources)) continue;
      violations.push(`A3: ${key} holds ${resources}, in the allocator's books ${there}`);
    }
  }
  for (const [key, resources] of books)
    violations.push(`A3: ${key} holds nothing, in the allocator's books ${resources}`);
  return violations;
}

function masterBooks(state: MasterBooks, agentId: AgentId): ReadonlyMap<string, Resources> {
  const books = new Map<string, Resources>();
  const add = (frameworkId: FrameworkId, resources: Resources): void => {
    for (const [role, part] of resources.allocations()) {
      const key = bookKey(agentId, frameworkId, role);
      books.set(key, (books.get(key) ?? Resources.empty).plus(part));
    }
  };
  for (const [frameworkId, resources] of state.used.ofAgent(agentId)) add(frameworkId, resources);
  for (const { frameworkId, resources } of state.offers.ofAgent(agentId)) add(frameworkId, resources);
  return books;
}

function bookKey(agentId: AgentId, frameworkId: FrameworkId, role: string): string {
  return `framework ${frameworkId} in role ${role} on agent ${agentId}`;
}

/** **A4** Whoever is offered something is there to answer, and so is the agent that it is of. */
export function offersAreAnswerable(state: MasterBooks): Violations {
  const violations: string[] = [];
  let count = 0;
  for (const offer of state.offers.all()) {
    count += 1;
    const isListed =
      state.offers.ofAgent(offer.agentId).includes(offer) &&
      state.offers.ofFramework(offer.frameworkId).includes(offer);
    if (!isListed) violations.push(`A4: offer ${offer.id} is not listed with its agent and framework`);
    if (state.frameworks.get(offer.frameworkId)?.connection === undefined) {
      violations.push(`A4: offer ${offer.id} is outstanding, framework ${offer.frameworkId} is not connected`);
    }
    if (state.agents.get(offer.agentId)?.connection === undefined) {
      violations.push(`A4: offer ${offer.id} is outstanding, agent ${offer.agentId} is not connected`);
    }
    if (offer.resources.isEmpty) violations.push(`A4: offer ${offer.id} is empty`);
  }
  if (count !== state.offers.size) violations.push(`A4: ${count} offers are outstanding, ${state.offers.size} counted`);
  return violations;
}

/** **A4** The same of inverse offers; and nobody is asked to leave at another time than the schedule says. */
export function inverseOffersAreAnswerable(state: MasterState): Violations {
  const violations: string[] = [];
  for (const { id, agentId, frameworkId, unavailability } of state.inverseOffers.all()) {
    const agent = state.agents.get(agentId);
    if (agent?.connection === undefined || state.frameworks.get(frameworkId)?.connection === undefined) {
      violations.push(`A4: inverse offer ${id} is outstanding, ${frameworkId} or ${agentId} is not connected`);
    } else if (!sameTime(unavailabilityOf(state.machines, agent.info.hostname), unavailability)) {
      violations.push(`A4: inverse offer ${id} says another time than the schedule`);
    }
  }
  return violations;
}

/**
 * **A5** What is used on an agent is what its tasks that are not over, and its executors, were given; tasks are of
 * frameworks and agents that are known.
 */
export function tasksHoldWhatTheyWereGiven(state: MasterBooks): Violations {
  const violations: string[] = [];
  const held = new Map<string, Resources>();
  const add = (agentId: AgentId, frameworkId: FrameworkId, resources: Resources): void => {
    const key = `framework ${frameworkId} on agent ${agentId}`;
    held.set(key, (held.get(key) ?? Resources.empty).plus(resources));
  };
  for (const task of state.tasks.all()) {
    const { agentId, frameworkId, taskId } = task;
    if (!state.agents.has(agentId))
      violations.push(`A5: task ${taskId} is on agent ${agentId}, which is not registered`);
    if (!state.frameworks.has(frameworkId)) violations.push(`A5: task ${taskId} is of the unknown ${frameworkId}`);
    if (holdsResources(task.state)) add(agentId, frameworkId, task.resources);
  }
  for (const { agentId, frameworkId, info } of state.executors.all()) {
    if (!state.agents.has(agentId))
      violations.push(`A5: executor ${info.executorId} is on unregistered agent ${agentId}`);
    if (!state.frameworks.has(frameworkId))
      violations.push(`A5: executor ${info.executorId} is of unknown ${frameworkId}`);
    if (info.resources !== undefined) add(agentId, frameworkId, info.resources);
  }
  for (const task of state.unreachableTasks.all()) {
    if (holdsResources(task.state)) violations.push(`A5: unreachable task ${task.taskId} is ${task.state}`);
    if (state.tasks.get(task.frameworkId, task.taskId) !== undefined) {
      violations.push(`A5: task ${task.taskId} is unreachable, and on a registered agent`);
    }
  }
  for (const agentId of state.agents.keys()) {
    for (const [frameworkId, used] of state.used.ofAgent(agentId)) {
      const key = `framework ${frameworkId} on agent ${agentId}`;
      const expected = held.get(key) ?? Resources.empty;
      held.delete(key);
      if (!used.equals(expected)) violations.push(`A5: ${key} uses ${used}, its tasks and executors hold ${expected}`);
    }
  }
  for (const [key, resources] of held) {
    if (!resources.isEmpty) violations.push(`A5: ${key} uses nothing, its tasks and executors hold ${resources}`);
  }
  return violations;
}

/** **R2** The master says of agents, weights and quotas what the registry says: a successor would not contradict it. */
export function registryAgrees(state: MasterState, registry: RegistryState): Violations {
  const { agents, recoveredAgents, unreachableAgents } = state;
  const violations: string[] = [];
  const lacks = (what: string): void => void violations.push(`R2: the master has ${what}, the registry does not`);
  const exceeds = (what: string): void => void violations.push(`R2: the registry has ${what}, the master does not`);
  for (const id of agents.keys()) {
    if (!registry.agents.has(id)) lacks(`admitted agent ${id}`);
  }
  for (const id of recoveredAgents.keys()) {
    if (!registry.agents.has(id)) lacks(`admitted agent ${id}`);
    if (agents.has(id)) violations.push(`R2: agent ${id} is registered, and waited for`);
  }
  for (const id of registry.agents.keys()) {
    if (!agents.has(id) && !recoveredAgents.has(id)) exceeds(`admitted agent ${id}`);
  }
  for (const [id, { unreachableMs }] of unreachableAgents) {
    if (registry.unreachableAgents.get(id)?.unreachableMs !== unreachableMs) lacks(`unreachable agent ${id}`);
  }
  for (const id of registry.unreachableAgents.keys()) {
    if (!unreachableAgents.has(id)) exceeds(`unreachable agent ${id}`);
  }
  const compare = <Value>(what: string, here: ReadonlyMap<string, Value>, there: ReadonlyMap<string, Value>): void => {
    for (const [key, value] of here) if (there.get(key) !== value) lacks(`${what} ${key}`);
    for (const key of there.keys()) if (!here.has(key)) exceeds(`${what} ${key}`);
  };
  compare('gone agent', state.goneAgents, registry.goneAgents);
  compare('weight of role', state.weights, registry.weights);
  const written = (table: ReadonlyMap<string, object>): ReadonlyMap<string, string> => {
    return new Map([...table].map(([key, value]) => [key, JSON.stringify(value)]));
  };
  compare('quota of role', written(state.quotas), written(registry.quotas));
  compare('machine', written(state.machines), written(registry.machines));
  return violations;
}
