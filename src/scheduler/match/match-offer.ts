import { type KnownKeys, refuseUnknownKeys, requireObject } from '../../core/index.ts';
import type { Offer } from '../../offers/index.ts';
import { type Resource, Resources } from '../../resources/index.ts';
import type { Random } from '../../runtime/index.ts';
import { checkList } from '../field-check.ts';
import type { Place } from './constraint.ts';
import { pickPorts } from './pick-ports.ts';
import { pickScalar } from './pick-scalars.ts';
import { planFor } from './plan.ts';
import type { Refusal } from './refusal.ts';
import type { Requirement } from './requirement.ts';

/** What a match depends on besides the requirement and the offer. */
export interface MatchContext {
  /** Needed by requirements with `portChoice: 'random'`. */
  readonly random?: Random;
  /** Where the tasks are that `maxPer` counts, one entry each; none if absent. */
  readonly placed?: readonly Place[];
}

export interface Match {
  readonly matched: true;
  /** For the task: cut from the offer, with the reservations and the allocation that they have there. */
  readonly resources: Resources;
  /** In the order in which the requirement asks for them. */
  readonly ports: readonly number[];
  /** What is left of the offer. */
  readonly remaining: Resources;
}

export interface Mismatch {
  readonly matched: false;
  /** All reasons, not only the first: at least one. */
  readonly refusals: readonly Refusal[];
}

export type MatchResult = Match | Mismatch;

const CONTEXT_KEYS: KnownKeys<MatchContext> = { random: true, placed: true };

/**
 * Whether a task that needs `requirement` fits the offer: with what, or why not.
 *
 * @throws InvalidArgument naming the field of the requirement at fault, also one that there is not
 *
 * @example
 * ```ts
 * const result = matchOffer({ cpus: 0.5, memMb: 128, ports: ['any'] }, offer);
 * if (result.matched) driver.launch(offer, commandTask({ id, command, offer, resources: result.resources }));
 * else for (const { reason } of result.refusals) console.log(reason); // needs mem:128, offer has mem:64
 * ```
 */
export function matchOffer(requirement: Requirement, offer: Offer, context: MatchContext = {}): MatchResult {
  const plan = planFor(requirement);
  requireObject(offer, 'offer');
  refuseUnknownKeys(context, CONTEXT_KEYS, 'context');
  const { resources } = offer;
  const refusals: Refusal[] = [];
  const picked: Resource[] = [];

  if (requirement.roles !== undefined && !requirement.roles.includes(offer.role)) {
    refusals.push({
      rule: 'role',
      subject: offer.role,
      reason: `needs an offer to ${requirement.roles.join(' or ')}, this one is to ${offer.role}`,
      mayChange: false,
    });
  }
  for (const condition of plan.conditions) {
    const refusal = condition.refusal(offer, context.placed ?? []);
    if (refusal !== undefined) refusals.push(refusal);
  }
  for (const id of requirement.volumes ?? []) {
    const volume = findVolume(resources, id);
    if (volume === undefined) refusals.push(withoutVolume(id));
    else picked.push(volume);
  }
  for (const need of plan.scalars) {
    const result = pickScalar(requirement, resources, need);
    if ('rule' in result) refusals.push(result);
    else picked.push(...result);
  }
  const ports = pickPorts(requirement, plan, resources, context.random);
  if (!('ports' in ports)) {
    return { matched: false, refusals: [...refusals, ...ports] };
  }
  if (refusals.length > 0) return { matched: false, refusals };

  const task = Resources.of(...picked, ...ports.resources);
  return { matched: true, resources: task, ports: ports.ports, remaining: resources.minus(task) };
}

/** What became of several tasks and one offer. */
export interface Packing {
  /** One for each requirement, in the same order. */
  readonly results: readonly MatchResult[];
  /** What is left of the offer after all that matched. */
  readonly remaining: Resources;
}

/**
 * Fits as many tasks into one offer as go, the first ones first: each gets of what those before it have left, and
 * `maxPer` counts them. A task that does not fit does not stop those after it.
 *
 * @throws InvalidArgument naming the field of a requirement at fault
 */
export function matchAll(requirements: readonly Requirement[], offer: Offer, context: MatchContext = {}): Packing {
  checkList(requirements, 'requirements', 'requirements');
  const placed = [...(context.placed ?? [])];
  const results: MatchResult[] = [];
  let remaining = offer.resources;
  for (const requirement of requirements) {
    const result = matchOffer(requirement, { ...offer, resources: remaining }, { ...context, placed });
    results.push(result);
    if (!result.matched) continue;
    placed.push(offer);
    remaining = result.remaining;
  }
  return { results, remaining };
}

function findVolume(resources: Resources, id: string): Resource | undefined {
  for (const entry of resources) if (entry.disk?.persistence?.id === id) return entry;
  return undefined;
}

function withoutVolume(id: string): Refusal {
  return { rule: 'volumes', subject: id, reason: `needs volume ${id}, offer does not have it`, mayChange: true };
}
