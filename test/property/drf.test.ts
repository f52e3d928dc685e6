import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Allocator, createAllocator } from '../../src/allocator/index.ts';
import { AgentId, FrameworkId } from '../../src/core/index.ts';
import { Quantities, ResourceLimits, Resources } from '../../src/resources/index.ts';
import type { ConstraintGroup } from '../../src/offers/index.ts';
import type { Random } from '../../src/runtime/index.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { type Amounts, NaiveAllocator, type NaiveOffer } from './drf-naive.ts';

/*
 * Histories of calls, with time passing between them, on the allocator and on its naive twin: after each call both
 * must have made the same offers, hold the same and have the same free. Names are few and amounts round, so that
 * shares tie, filters contain each other and roles lie above each other.
 */

const INTERVAL_MS = 1_000;
const AGENTS = ['s1', 's2', 's3', 's4'] as const;
const FRAMEWORKS = ['f1', 'f2', 'f3'] as const;
const ROLES = ['a', 'a/b', 'a/c', 'd', '*'] as const;

/** The order in which agents are visited is that in which they were added. */
const unshuffled: Random = { integer: (bound) => bound - 1, stream: () => unshuffled };

const agent = fc.constantFrom(...AGENTS);
const framework = fc.constantFrom(...FRAMEWORKS);
const roles = fc.uniqueArray(fc.constantFrom(...ROLES), { minLength: 1, maxLength: 3 });
const total = fc.record({
  cpus: fc.constantFrom(0, 1_000, 2_000, 4_000),
  mem: fc.constantFrom(16_000, 64_000, 128_000),
});
const refuseMs = fc.constantFrom(undefined, 0, 300, 1_500, 2_600);
/** Of its first role alone; absent: all. */
const hosts = fc.option(fc.subarray([...AGENTS], { minLength: 1 }), { nil: undefined });
/** Which of the outstanding things; taken modulo their number. */
const which = fc.nat(20);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('addAgent' as const), agent, total }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('updateAgent' as const), agent, total }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('removeAgent' as const), agent }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('switchAgent' as const), agent, on: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('addFramework' as const), framework, roles, hosts, on: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('updateFramework' as const), framework, roles, hosts }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('whitelist' as const), hosts }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('plan' as const), agent, isPlanned: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('answer' as const), which, refuseMs }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('removeFramework' as const), framework }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('switchFramework' as const), framework, on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('suppress' as const), framework, roles }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('revive' as const), framework, roles }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('weigh' as const),
      role: fc.constantFrom(...ROLES),
      weight: fc.constantFrom(0.5, 1, 3),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('promise' as const),
      role: fc.constantFrom('a', 'd', '*'),
      guarantee: fc.record({ cpus: fc.constantFrom(0, 1_000, 3_000), mem: fc.constantFrom(0, 32_000, 64_000) }),
      beyond: fc.record({ cpus: fc.constantFrom(0, 1_500, Infinity), mem: fc.constantFrom(0, 48_000, Infinity) }),
    }),
  },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('decline' as const), which, refuseMs }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('accept' as const), which, refuseMs }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('finish' as const), which }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 300, 1_000, 1_700) }) },
);

/** Most histories begin with a cluster that has something to offer, and somebody to offer it to. */
const beginning = fc.tuple(total, total, total, roles, roles).map(([first, second, third, some, others]): Step[] => [
  { do: 'addAgent', agent: 's1', total: first },
  { do: 'addAgent', agent: 's2', total: second },
  { do: 'addFramework', framework: 'f1', roles: some, hosts: undefined, on: true },
  { do: 'addFramework', framework: 'f2', roles: others, hosts: undefined, on: true },
  { do: 'addAgent', agent: 's3', total: third },
]);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const amountsOf = (resources: Resources): Amounts => ({
  cpus: resources.scalarMilli('cpus'),
  mem: resources.scalarMilli('mem'),
});
const resourcesOf = ({ cpus, mem }: Amounts): Resources => Resources.scalars({ cpus: cpus / 1000, mem: mem / 1000 });
const quantitiesOf = ({ cpus, mem }: Amounts): Quantities => Quantities.of({ cpus: cpus / 1000, mem: mem / 1000 });
const limitsOf = (amounts: Amounts): ResourceLimits => {
  const limited = Object.entries(amounts).filter(([, milli]) => milli < Infinity);
  return ResourceLimits.of(Object.fromEntries(limited.map(([name, milli]) => [name, milli / 1000])));
};
const CAPABILITIES = ['MULTI_ROLE', 'HIERARCHICAL_ROLE'];
/** An agent is called as its host is. */
const agentInfo = (hostname: string, of: Amounts) => ({
  hostname,
  total: resourcesOf(of),
  attributes: [],
  capabilities: CAPABILITIES,
});
const frameworkInfo = (of: { readonly roles: readonly string[]; readonly hosts: readonly string[] | undefined }) => ({
  roles: of.roles,
  capabilities: ['MULTI_ROLE'],
  offerConstraints: Object.fromEntries(
    [...constrained(of)].map(([role, names]) => [
      role,
      [...names].map((value): ConstraintGroup => {
        return [{ selector: { type: 'hostname' }, predicate: { type: 'textEquals', value } }];
      }),
    ]),
  ),
});
const constrained = ({ roles: [role], hosts: names }: Parameters<typeof frameworkInfo>[0]) => {
  return new Map(role === undefined || names === undefined ? [] : [[role, new Set(names)]]);
};
const text = ({ framework, role, agent, cpus, mem }: NaiveOffer): string => {
  return `${framework} ${role} ${agent} cpus:${cpus} mem:${mem}`;
};
const texts = (offers: readonly NaiveOffer[]): readonly string[] => offers.map(text).sort();

/** The allocator and its twin, and what they have offered and nobody has answered. */
class Pair {
  readonly clock = createManualClock();
  readonly real: Allocator;
  readonly naive = new NaiveAllocator(INTERVAL_MS);
  outstanding: (NaiveOffer & { readonly resources: Resources })[] = [];
  /** Parts of offers that tasks use. */
  running: (NaiveOffer & { readonly resources: Resources })[] = [];
  offers = 0;
  made: NaiveOffer[] = [];
  /** Inverse offers since the last look, and those that nobody has answered. */
  asked: string[] = [];
  questions: (readonly [framework: FrameworkId, agent: AgentId])[] = [];
  inverseOffers = 0;

  constructor() {
    this.real = createAllocator({
      clock: this.clock,
      random: unshuffled,
      allocationIntervalMs: INTERVAL_MS,
      onInverseOffers: (id, allocation) => {
        for (const agentId of allocation.keys()) {
          this.asked.push(`${id} ${agentId}`);
          this.questions.push([id, agentId]);
        }
      },
      onOffers: (id, allocation) => {
        for (const [role, byAgent] of allocation) {
          for (const [agentId, resources] of byAgent) {
            const offer = { framework: id, role, agent: agentId, ...amountsOf(resources), resources };
            this.outstanding.push(offer);
            this.made.push(offer);
          }
        }
      },
    });
  }

  wait(ms: number): void {
    this.made = [];
    this.clock.advance(ms);
    expect(texts(this.made)).toEqual(texts(this.naive.advance(ms)));
    this.offers += this.made.length;
    expect(this.asked.sort()).toEqual(this.naive.asked.sort());
    this.inverseOffers += this.asked.length;
    this.asked = [];
    this.naive.asked = [];
  }

  check(): void {
    const books = [...this.real.books()].map(({ frameworkId, agentId, role, resources }) => {
      return { framework: frameworkId, role, agent: agentId, ...amountsOf(resources) };
    });
    expect(texts(books)).toEqual(texts(this.naive.held));
    for (const id of this.naive.agents.keys()) {
      expect([id, amountsOf(this.real.agent(AgentId(id))?.available ?? Resources.empty)]).toEqual([
        id,
        this.naive.free(id),
      ]);
    }
  }

  forget(gone: (offer: NaiveOffer) => boolean): void {
    this.outstanding = this.outstanding.filter((offer) => !gone(offer));
    this.running = this.running.filter((offer) => !gone(offer));
  }

  recover(offer: NaiveOffer & { readonly resources: Resources }, refuse: number | undefined): void {
    this.real.recoverResources(FrameworkId(offer.framework), AgentId(offer.agent), offer.resources, refuse);
    this.naive.recover(offer, refuse);
  }

  perform(step: Step): void {
    const { real, naive } = this;
    switch (step.do) {
      case 'addAgent':
        if (naive.agents.has(step.agent)) return;
        real.addAgent(AgentId(step.agent), agentInfo(step.agent, step.total), new Map());
        naive.agents.set(step.agent, { total: step.total, active: true, runs: 0 });
        naive.ask([step.agent]);
        return;
      case 'updateAgent': {
        const state = naive.agents.get(step.agent);
        if (state === undefined) return;
        real.updateAgent(AgentId(step.agent), agentInfo(step.agent, step.total));
        state.total = step.total;
        naive.ask([step.agent]);
        return;
      }
      case 'removeAgent': {
        if (!naive.agents.has(step.agent)) return;
        const gone = (offer: NaiveOffer): boolean => offer.agent === step.agent;
        real.removeAgent(AgentId(step.agent));
        naive.agents.delete(step.agent);
        naive.plan(step.agent, false);
        naive.forget(gone, { holdings: true });
        this.forget(gone);
        return;
      }
      case 'plan':
        if (!naive.agents.has(step.agent)) return;
        real.updateUnavailability(AgentId(step.agent), step.isPlanned ? { startMs: 1 } : undefined);
        naive.plan(step.agent, step.isPlanned);
        naive.ask([step.agent]);
        return;
      case 'switchAgent': {
        const state = naive.agents.get(step.agent);
        if (state === undefined) return;
        if (step.on) real.activateAgent(AgentId(step.agent));
        else real.deactivateAgent(AgentId(step.agent));
        state.active = step.on;
        return;
      }
      default:
        this.#performOnFramework(step);
    }
  }

  #performOnFramework(
    step: Exclude<Step, { do: 'addAgent' | 'updateAgent' | 'removeAgent' | 'switchAgent' | 'plan' }>,
  ): void {
    const { real, naive } = this;
    switch (step.do) {
      case 'wait':
        this.wait(step.ms);
        return;
      case 'whitelist':
        real.updateWhitelist(step.hosts);
        naive.whitelist = step.hosts === undefined ? undefined : new Set(step.hosts);
        return;
      case 'answer': {
        const [question] = this.questions.splice(step.which % Math.max(1, this.questions.length), 1);
        if (question === undefined) return;
        const [frameworkId, agentId] = question;
        real.updateInverseOffer(agentId, frameworkId, step.refuseMs);
        naive.answer(frameworkId, agentId, step.refuseMs);
        return;
      }
      case 'weigh':
        real.updateWeights({ [step.role]: step.weight });
        naive.weights.set(step.role, step.weight);
        return;
      case 'promise': {
        const { role, guarantee, beyond } = step;
        const limits = { cpus: guarantee.cpus + beyond.cpus, mem: guarantee.mem + beyond.mem };
        real.updateQuota(role, { guarantees: quantitiesOf(guarantee), limits: limitsOf(limits) });
        naive.quotas.set(role, { guarantees: guarantee, limits });
        return;
      }
      case 'decline':
      case 'finish': {
        const list = step.do === 'decline' ? this.outstanding : this.running;
        const [offer] = list.splice(step.which % Math.max(1, list.length), 1);
        if (offer !== undefined) this.recover(offer, step.do === 'decline' ? step.refuseMs : undefined);
        return;
      }
      case 'accept': {
        const [offer] = this.outstanding.splice(step.which % Math.max(1, this.outstanding.length), 1);
        if (offer === undefined) return;
        const used = { cpus: Math.min(offer.cpus, 500), mem: Math.min(offer.mem, 8_000) };
        const rest = { cpus: offer.cpus - used.cpus, mem: offer.mem - used.mem };
        this.running.push({ ...offer, ...used, resources: resourcesOf(used).allocate(offer.role) });
        this.recover({ ...offer, ...rest, resources: resourcesOf(rest).allocate(offer.role) }, step.refuseMs);
        return;
      }
      case 'addFramework': {
        if (naive.frameworks.has(step.framework)) return;
        real.addFramework(FrameworkId(step.framework), frameworkInfo(step), { active: step.on, used: new Map() });
        naive.frameworks.set(step.framework, {
          roles: new Set(step.roles),
          suppressed: new Set(),
          active: step.on,
          hosts: constrained(step),
        });
        naive.changed();
        if (step.on) naive.ask();
        return;
      }
      default: {
        const state = naive.frameworks.get(step.framework);
        if (state !== undefined) this.#performOnKnown(step, state);
      }
    }
  }

  #performOnKnown(
    step: Extract<Step, { do: 'updateFramework' | 'removeFramework' | 'switchFramework' | 'suppress' | 'revive' }>,
    state: NonNullable<ReturnType<NaiveAllocator['frameworks']['get']>>,
  ): void {
    const { real, naive } = this;
    const id = FrameworkId(step.framework);
    const own = (offer: NaiveOffer): boolean => offer.framework === step.framework;
    switch (step.do) {
      case 'updateFramework': {
        const kept = new Set<string>(step.roles);
        real.updateFramework(id, frameworkInfo(step));
        state.hosts = constrained(step);
        naive.liftInverse(step.framework);
        const lifted = (role: string): boolean => state.suppressed.has(role) || !kept.has(role);
        naive.forget((offer) => own(offer) && lifted(offer.role), { holdings: false });
        // It leaves roles before it joins others: a branch of roles between them ends and begins anew.
        state.roles = new Set([...state.roles].filter((role) => kept.has(role)));
        naive.changed();
        state.roles = kept;
        state.suppressed = new Set();
        naive.changed();
        return;
      }
      case 'removeFramework':
        real.removeFramework(id);
        naive.frameworks.delete(step.framework);
        naive.liftInverse(step.framework);
        for (const asked of naive.plans.values()) asked.delete(step.framework);
        naive.forget(own, { holdings: true });
        this.forget(own);
        return;
      case 'switchFramework':
        state.active = step.on;
        if (step.on) {
          real.activateFramework(id);
          naive.ask();
        } else {
          real.deactivateFramework(id);
          naive.liftInverse(step.framework);
          naive.forget(own, { holdings: false });
        }
        return;
      case 'suppress':
        real.suppressOffers(id, step.roles);
        state.suppressed = new Set([...state.suppressed, ...step.roles]);
        return;
      default:
        real.reviveOffers(id, step.roles);
        naive.liftInverse(step.framework);
        state.suppressed = new Set(
          [...state.suppressed].filter((role) => !step.roles.some((revived) => revived === role)),
        );
        naive.forget((offer) => own(offer) && step.roles.some((role) => role === offer.role), { holdings: false });
        naive.ask();
    }
  }
}

describe('allocator', () => {
  test('makes the offers of its naive twin, holds and has free what the twin has, whatever is called when', () => {
    let offers = 0;
    let histories = 0;
    let inverseOffers = 0;
    fc.assert(
      fc.property(beginning, fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (first, steps) => {
        const pair = new Pair();
        for (const one of [...first, ...steps]) {
          pair.perform(one);
          pair.check();
        }
        pair.wait(3_000);
        pair.check();
        offers += pair.offers;
        inverseOffers += pair.inverseOffers;
        histories += 1;
        pair.real.close();
      }),
      { numRuns: 120 },
    );
    expect(offers).toBeGreaterThan(histories * 5);
    expect(inverseOffers).toBeGreaterThan(histories / 2);
  });
});
