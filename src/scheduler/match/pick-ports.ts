import { InvalidArgument } from '../../core/index.ts';
import type { Resource, Resources } from '../../resources/index.ts';
import type { Random } from '../../runtime/index.ts';
import type { Plan } from './plan.ts';
import type { Refusal } from './refusal.ts';
import type { Requirement } from './requirement.ts';
import { usableEntries } from './usable.ts';

export interface PickedPorts {
  /** In the order of the requirement. */
  readonly ports: readonly number[];
  readonly resources: readonly Resource[];
}

/** What is free and what is taken of one entry. */
interface Pool {
  readonly entry: Resource;
  /** Begin and end of each range, inclusive, flat and ascending. */
  readonly free: number[];
  readonly taken: number[];
}

/** Picks all ports, or says which it cannot. @throws InvalidArgument if chance is wanted and none is given */
export function pickPorts(
  requirement: Requirement,
  plan: Plan,
  resources: Resources,
  random: Random | undefined,
): PickedPorts | readonly Refusal[] {
  if (plan.ports.length === 0) return { ports: [], resources: [] };
  const chance = requirement.portChoice === 'random' ? random : undefined;
  if (requirement.portChoice === 'random' && chance === undefined) {
    throw new InvalidArgument('context.random', 'expected a Random for ports chosen at random, got none');
  }
  let refusals: readonly Refusal[] = [];
  for (const entries of usableEntries(requirement, resources, 'ports')) {
    for (const pick of entries.length > 1 ? [takePreferred, takeLowest] : [takeLowest]) {
      const attempt = pickFrom(entries, plan, resources, { chance, pick });
      if (isPicked(attempt)) return attempt;
      if (refusals.length === 0 || attempt.length < refusals.length) refusals = attempt;
    }
  }
  return refusals;
}

function isPicked(attempt: PickedPorts | readonly Refusal[]): attempt is PickedPorts {
  return 'ports' in attempt;
}

function pickFrom(
  entries: readonly Resource[],
  plan: Plan,
  resources: Resources,
  how: { readonly chance: Random | undefined; readonly pick: PickPort },
): PickedPorts | readonly Refusal[] {
  const pools = entries.flatMap((entry): readonly Pool[] =>
    entry.value.type === 'RANGES' ? [{ entry, free: [...entry.value.bounds], taken: [] }] : [],
  );
  const ports: number[] = [];
  const refusals: Refusal[] = [];
  for (const { index, begin, end, any } of plan.ports) {
    const port = any ? takeAny(pools, how.chance) : how.pick(pools, begin, end);
    if (port === undefined) refusals.push(refusal({ begin, end, any }, resources));
    else ports[index] = port;
  }
  if (refusals.length > 0) return refusals;
  return { ports, resources: pools.flatMap(pickedOf) };
}

/** Takes a port within the bounds, if there is one. */
type PickPort = (pools: readonly Pool[], begin: number, end: number) => number | undefined;

/** The lowest free port of the first entry that has one. It may be the only one for a later request. */
function takePreferred(pools: readonly Pool[], begin: number, end: number): number | undefined {
  for (const pool of pools) {
    const port = lowestWithin(pool.free, begin, end);
    if (port === undefined) continue;
    take(pool, port);
    return port;
  }
  return undefined;
}

/** The lowest free port, whichever entry it is in: with it, there is a way for all requests if there is any. */
function takeLowest(pools: readonly Pool[], begin: number, end: number): number | undefined {
  let best: { readonly pool: Pool; readonly port: number } | undefined;
  for (const pool of pools) {
    const port = lowestWithin(pool.free, begin, end);
    if (port !== undefined && (best === undefined || port < best.port)) best = { pool, port };
  }
  if (best === undefined) return undefined;
  take(best.pool, best.port);
  return best.port;
}

/** Of the first entry that has any: the lowest, or one by chance. */
function takeAny(pools: readonly Pool[], chance: Random | undefined): number | undefined {
  const pool = pools.find(({ free }) => free.length > 0);
  if (pool === undefined) return undefined;
  const port = portAt(pool.free, chance === undefined ? 0 : chance.integer(count(pool.free)));
  if (port !== undefined) take(pool, port);
  return port;
}

function lowestWithin(free: readonly number[], begin: number, end: number): number | undefined {
  for (let i = 0; i < free.length; i += 2) {
    const lowest = Math.max(free[i] ?? 0, begin);
    if (lowest <= Math.min(free[i + 1] ?? 0, end)) return lowest;
  }
  return undefined;
}

function count(free: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < free.length; i += 2) sum += (free[i + 1] ?? 0) - (free[i] ?? 0) + 1;
  return sum;
}

/** The free port number `nth`, from 0. */
function portAt(free: readonly number[], nth: number): number | undefined {
  let left = nth;
  for (let i = 0; i < free.length; i += 2) {
    const begin = free[i] ?? 0;
    const size = (free[i + 1] ?? 0) - begin + 1;
    if (left < size) return begin + left;
    left -= size;
  }
  return undefined;
}

/** Moves a free port to those taken: its range shrinks, splits, or goes. */
function take(pool: Pool, port: number): void {
  pool.taken.push(port);
  const { free } = pool;
  for (let i = 0; i < free.length; i += 2) {
    const begin = free[i] ?? 0;
    const end = free[i + 1] ?? 0;
    if (port < begin || port > end) continue;
    const left = port > begin ? [begin, port - 1] : [];
    const right = port < end ? [port + 1, end] : [];
    free.splice(i, 2, ...left, ...right);
    return;
  }
}

function pickedOf({ entry, taken }: Pool): readonly Resource[] {
  if (taken.length === 0) return [];
  const bounds: number[] = [];
  for (const port of [...taken].sort((a, b) => a - b)) {
    if (bounds.at(-1) === port - 1) bounds[bounds.length - 1] = port;
    else bounds.push(port, port);
  }
  return [{ ...entry, value: { type: 'RANGES', bounds } }];
}

const RANGES_SHOWN_MAX = 4;

function refusal(
  request: { readonly begin: number; readonly end: number; readonly any: boolean },
  resources: Resources,
): Refusal {
  const { begin, end, any } = request;
  const subject = any ? 'any' : begin === end ? String(begin) : `${begin}-${end}`;
  const { ports } = resources;
  const shown: string[] = [];
  for (let i = 0; i < ports.length && shown.length < RANGES_SHOWN_MAX; i += 2)
    shown.push(`${ports[i]}-${ports[i + 1]}`);
  if (ports.length > 2 * RANGES_SHOWN_MAX) shown.push('…');
  const what = any ? 'one more port' : begin === end ? `port ${begin}` : `a port of ${subject}`;
  return { rule: 'ports', subject, reason: `needs ${what}, offer has ports:[${shown.join(',')}]`, mayChange: true };
}
