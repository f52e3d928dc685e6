import type { Bug } from './bug.ts';

export const ALLOCATOR_BUGS: readonly Bug[] = [
  {
    name: 'filter-never-expires',
    file: 'allocator/filter-table.ts',
    find: 'if (expiresMs <= nowMs && met) {',
    replace: 'if (expiresMs <= nowMs && met && filter < 0) {',
    says: 'what was declined once is never offered to that framework again',
  },
  {
    name: 'recovered-twice',
    file: 'allocator/allocator-books.ts',
    find: 'else agent.available = agent.available.plus((agent.kinds & SHARED) === 0 ? source : source.nonShared());',
    replace: 'else agent.available = agent.available.plus(source).plus(source);',
    says: 'what comes back to an agent that still has something free is counted twice',
  },
  {
    name: 'given-and-kept',
    file: 'allocator/allocator-books.ts',
    find: 'agent.available = source === agent.available ? this.#sharedPart(agent) : this.#without(agent, source);',
    replace: 'if (source === agent.available) agent.available = this.#sharedPart(agent);',
    says: 'what is handed out of an agent in part stays free',
  },
  {
    name: 'freed-not-offered',
    file: 'allocator/allocator-books.ts',
    find: 'else agent.available = agent.available.plus((agent.kinds & SHARED) === 0 ? source : source.nonShared());\n    this.soil(agent);',
    replace: 'else agent.available = agent.available.plus((agent.kinds & SHARED) === 0 ? source : source.nonShared());',
    says: 'what comes back is not offered until something else happens to its agent',
  },
  {
    name: 'suppressed-is-offered',
    file: 'allocator/members.ts',
    find: 'const wanted = framework.active && pair.subscribed && !framework.suppressed.has(pair.roleName);',
    replace: 'const wanted = framework.active && pair.subscribed;',
    says: 'a framework that has suppressed a role is offered things in it',
  },
  {
    name: 'revive-without-effect',
    file: 'allocator/hierarchical-allocator.ts',
    find: 'framework.suppressed = new Set([...framework.suppressed].filter((role) => !revived.has(role)));',
    replace:
      'framework.suppressed = new Set([...framework.suppressed].filter((role) => !revived.has(role) || role !== "*"));',
    says: 'REVIVE does not end the suppression of a role other than *',
  },
  {
    name: 'agent-stays-inactive',
    file: 'allocator/hierarchical-allocator.ts',
    find: 'agent.active = true;\n    this.#books.soil(agent);',
    replace: 'this.#books.soil(agent);',
    says: 'an agent that was disconnected for a while is offered to nobody any more',
  },
  {
    name: 'lost-agent-counts-in-shares',
    file: 'allocator/allocator-books.ts',
    find: 'this.#addTotal(agent.info.total, -1);',
    replace: 'void agent.info.total;',
    says: 'an agent that left still counts in the total that shares are parts of',
  },
  {
    name: 'removed-framework-holds-on',
    file: 'allocator/allocator-books.ts',
    find: 'for (const [agent, { resources }] of this.#holdingsOf(pair)) this.free(pair, agent, resources);',
    replace: 'void this.#holdingsOf(pair);',
    says: 'what a framework held is not free after its removal',
  },
];
