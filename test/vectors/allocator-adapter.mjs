// Connects the vectors of the sorter and the allocator to the package's public entry points. See README.md.

import { createAllocator as create, createDrfSorter } from 'altiplano/allocator';
import { parseAttributes, Quantities, ResourceLimits, Resources } from 'altiplano/resources';

export function createSorter(options) {
  const sorter = createDrfSorter(options);
  const plain = (quantities) => quantities.toJSON();
  return {
    add: (client) => sorter.add(client),
    remove: (client) => sorter.remove(client),
    activate: (client) => sorter.activate(client),
    deactivate: (client) => sorter.deactivate(client),
    updateWeight: (path, weight) => sorter.updateWeight(path, weight),
    addAgent: (agent, quantities) => sorter.addAgent(agent, Quantities.of(quantities)),
    removeAgent: (agent) => sorter.removeAgent(agent),
    allocated: (client, agent, resources) => sorter.allocated(client, agent, resources),
    unallocated: (client, agent, resources) => sorter.unallocated(client, agent, resources),
    update: (client, agent, from, to) => sorter.update(client, agent, from, to),
    sort: () => sorter.sort(),
    contains: (client) => sorter.contains(client),
    count: () => sorter.count(),
    allocation: (client, agent) => sorter.allocation(client, agent),
    allocationQuantities: (client) => plain(sorter.allocationQuantities(client)),
  };
}

/** The replayer's clock as ours; what is to happen at once waits for `settle`. */
function adaptClock(clock) {
  const soon = [];
  return {
    monotonicMs: () => clock.now(),
    wallMs: () => clock.now(),
    schedule(delayMs, callback) {
      if (delayMs > 0) {
        const id = clock.setTimeout(callback, delayMs);
        return { [Symbol.dispose]: () => clock.clearTimeout(id) };
      }
      const entry = { callback };
      soon.push(entry);
      return { [Symbol.dispose]: () => void soon.splice(soon.indexOf(entry), 1) };
    },
    settle() {
      while (soon.length > 0) soon.shift().callback();
    },
  };
}

/** Chance with a fixed beginning: no vector depends on it. */
function random(seed) {
  let state = seed;
  return {
    integer(bound) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    },
    stream: (label) => random(seed + label.length),
  };
}

const AGENT_CAPABILITIES = ['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT'];

const PREDICATES = {
  exists: () => ({ type: 'exists' }),
  notExists: () => ({ type: 'notExists' }),
  equals: (value) => ({ type: 'textEquals', value }),
  notEquals: (value) => ({ type: 'textNotEquals', value }),
  matches: (regex) => ({ type: 'textMatches', regex }),
  notMatches: (regex) => ({ type: 'textNotMatches', regex }),
};

export function createAllocator({ clock, options, onOffers, onInverseOffers }) {
  const ours = adaptClock(clock);
  const allocator = create({
    clock: ours,
    random: random(1),
    onOffers(framework, allocation) {
      const byRole = {};
      for (const [role, agents] of allocation) byRole[role] = Object.fromEntries(agents);
      onOffers(framework, byRole);
    },
    onInverseOffers: (framework, agents) => onInverseOffers(framework, [...agents.keys()]),
    allocationIntervalMs: options.allocationInterval * 1000,
    minAllocatable: options.minAllocatable.map((text) => Quantities.parse(text)),
    ...(options.fairnessExclude && { fairnessExclude: options.fairnessExclude }),
    ...(options.agentRecoveryFactor !== undefined && { agentRecoveryFactor: options.agentRecoveryFactor }),
    ...(options.recoveryTimeout !== undefined && { recoveryTimeoutMs: options.recoveryTimeout * 1000 }),
    ...(options.filterGpu !== undefined && { filterGpuResources: options.filterGpu }),
    ...(options.masterRegion && { masterRegion: options.masterRegion }),
  });
  const capabilities = new Map();

  const usedBy = (key, used) => {
    const sums = new Map();
    for (const entry of used ?? []) {
      const sum = sums.get(entry[key]) ?? Resources.empty;
      sums.set(entry[key], sum.plus(entry.resources.allocate(entry.role)));
    }
    return sums;
  };

  const framework = (step) => {
    if (step.capabilities) capabilities.set(step.id, step.capabilities);
    const minAllocatable = Object.entries(step.minAllocatable ?? {}).map(([role, texts]) => {
      return [role, texts.map((text) => Quantities.parse(text))];
    });
    return {
      roles: step.roles,
      suppressedRoles: step.suppressedRoles ?? [],
      capabilities: capabilities.get(step.id) ?? ['MULTI_ROLE'],
      minAllocatable: Object.fromEntries(minAllocatable),
      ...(step.constraints && { offerConstraints: offerConstraints(step.constraints) }),
    };
  };

  const offerConstraints = (byRole) => {
    const constraint = ({ attribute, pseudo, predicate, value }) => ({
      selector: pseudo === undefined ? { type: 'attribute', name: attribute } : { type: pseudo },
      predicate: PREDICATES[predicate](value),
    });
    const entries = Object.entries(byRole);
    return Object.fromEntries(entries.map(([role, groups]) => [role, groups.map((group) => group.map(constraint))]));
  };

  /** The domain of an agent after a step: what the step does not say stays as it was. */
  const domain = ({ region, zone }, before) => {
    if (region === undefined && zone === undefined) return before && { domain: before };
    return { domain: { region: region ?? before?.region ?? '', zone: zone ?? before?.zone ?? '' } };
  };

  const quotaOf = ({ guarantees, limits }) => {
    return { guarantees: Quantities.parse(guarantees), limits: ResourceLimits.parse(limits) };
  };

  const conversionsOf = (operations, start, allocate) => {
    const conversions = [];
    let before = start;
    for (const { type, resources, consumed, converted } of operations) {
      const conversion = { consumed, converted };
      if (type !== 'CONVERT') {
        const after = before.apply({ type, resources });
        conversion.consumed = before.minus(after);
        conversion.converted = after.minus(before);
      }
      before = before.convert(conversion);
      conversions.push({ consumed: allocate(conversion.consumed), converted: allocate(conversion.converted) });
    }
    return conversions;
  };

  return {
    settle: () => ours.settle(),
    addAgent: ({ id, resources, hostname, capabilities, attributes, used, region, zone, unavailableAt }) =>
      allocator.addAgent(
        id,
        {
          ...domain({ region, zone }),
          hostname: hostname ?? id,
          total: resources,
          attributes: parseAttributes(attributes ?? ''),
          capabilities: capabilities ?? AGENT_CAPABILITIES,
        },
        usedBy('framework', used),
        unavailableAt === undefined ? undefined : { startMs: unavailableAt * 1000 },
      ),
    updateAgent({ id, resources, hostname, capabilities, attributes, region, zone }) {
      const now = allocator.agent(id);
      allocator.updateAgent(id, {
        ...domain({ region, zone }, now.domain),
        hostname: hostname ?? now.hostname,
        total: resources ?? now.total,
        attributes: attributes === undefined ? now.attributes : parseAttributes(attributes),
        capabilities: capabilities ?? now.capabilities,
      });
    },
    addResourceProvider: ({ id, resources, used }) =>
      allocator.addResourceProvider(id, resources, usedBy('framework', used)),
    removeAgent: ({ id }) => allocator.removeAgent(id),
    activateAgent: ({ id }) => allocator.activateAgent(id),
    deactivateAgent: ({ id }) => allocator.deactivateAgent(id),
    addFramework: (step) =>
      allocator.addFramework(step.id, framework(step), {
        active: step.active ?? true,
        used: usedBy('agent', step.used),
      }),
    updateFramework: (step) => allocator.updateFramework(step.id, framework(step)),
    removeFramework: ({ id }) => allocator.removeFramework(id),
    activateFramework: ({ id }) => allocator.activateFramework(id),
    deactivateFramework: ({ id }) => allocator.deactivateFramework(id),
    recoverResources({ framework, role, agent, resources, refuseSeconds }) {
      const refuseMs = refuseSeconds === undefined ? undefined : refuseSeconds * 1000;
      allocator.recoverResources(framework, agent, resources.unallocate().allocate(role), refuseMs);
    },
    suppress: ({ framework, roles }) => allocator.suppressOffers(framework, roles),
    revive: ({ framework, roles }) => allocator.reviveOffers(framework, roles),
    setWhitelist: ({ hosts }) => allocator.updateWhitelist(hosts ?? undefined),
    setUnavailability: ({ agent, at }) =>
      allocator.updateUnavailability(agent, at === null ? undefined : { startMs: at * 1000 }),
    respondInverseOffer({ agent, framework, refuseSeconds }) {
      const refuseMs = refuseSeconds === undefined ? undefined : refuseSeconds * 1000;
      allocator.updateInverseOffer(agent, framework, refuseMs);
    },
    setQuota: ({ role, ...quota }) => allocator.updateQuota(role, quotaOf(quota)),
    startRecovery({ expectedAgents, quotas }) {
      const parsed = Object.entries(quotas).map(([role, quota]) => [role, quotaOf(quota)]);
      allocator.recover(expectedAgents, new Map(parsed));
    },
    setWeight: ({ role, weight }) => allocator.updateWeights({ [role]: weight }),
    applyOperations({ framework, role, agent, operations }) {
      const held = [...allocator.books()].filter((entry) => {
        return entry.agentId === agent && entry.frameworkId === framework && entry.role === role;
      });
      const start = Resources.sum(held.map(({ resources }) => resources.unallocate()));
      const conversions = conversionsOf(operations, start, (resources) => resources.allocate(role));
      allocator.updateAllocation(framework, agent, conversions);
    },
    updateAvailable({ agent, operations }) {
      const { available } = allocator.agent(agent);
      allocator.updateAvailable(
        agent,
        conversionsOf(operations, available, (resources) => resources),
      );
    },
    snapshot() {
      const { total, offeredOrAllocated, dominantShares, offerFilters, quotas, allocationRuns } = allocator.snapshot();
      const plainQuotas = Array.from(quotas, ([role, { guarantees, limits }]) => {
        return [role, { guarantees: guarantees.toJSON(), limits: limits.toJSON() }];
      });
      const amounts = (quantities) => ({ cpus: 0, mem: 0, disk: 0, ...quantities.toJSON() });
      return {
        total: amounts(total),
        offeredOrAllocated: amounts(offeredOrAllocated),
        dominantShare: Object.fromEntries(dominantShares),
        offerFilters: Object.fromEntries(offerFilters),
        quota: Object.fromEntries(plainQuotas),
        allocationRuns,
      };
    },
  };
}
