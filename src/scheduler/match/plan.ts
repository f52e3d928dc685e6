import {
  entriesByName,
  InvalidArgument,
  type KnownKeys,
  refuseUnknownKeys,
  requireObject,
  shown,
} from '../../core/index.ts';
import { checkBoolean, checkLabels, checkList, checkTexts } from '../field-check.ts';
import { type Condition, condition } from './constraint.ts';
import type { PortRequest, Requirement } from './requirement.ts';

/** A requirement that has been checked and put in the order in which it is looked at. */
export interface Plan {
  /** Amounts in thousandths, all above zero. */
  readonly scalars: readonly { readonly name: string; readonly milli: number }[];
  /** Each with its place in the requirement; those with the least choice first. */
  readonly ports: readonly {
    readonly index: number;
    readonly begin: number;
    readonly end: number;
    readonly any: boolean;
  }[];
  readonly conditions: readonly Condition[];
}

/** A requirement is asked about for every offer, and checked once. */
const plans = new WeakMap<Requirement, Plan>();

const REQUIREMENT_KEYS: KnownKeys<Requirement> = {
  cpus: true,
  memMb: true,
  diskMb: true,
  gpus: true,
  scalars: true,
  ports: true,
  portChoice: true,
  volumes: true,
  roles: true,
  reserved: true,
  reservationLabels: true,
  revocable: true,
  constraints: true,
};

/** @throws InvalidArgument naming the field of the requirement at fault, also one that there is not */
export function planFor(requirement: Requirement): Plan {
  const known = plans.get(requirement);
  if (known !== undefined) return known;
  checkShape(requirement);
  checkVolumes(requirement.volumes ?? []);
  const plan: Plan = {
    scalars: plannedScalars(requirement),
    ports: plannedPorts(requirement.ports ?? []),
    conditions: (requirement.constraints ?? []).map((each, index) => condition(each, `constraints[${index}]`)),
  };
  plans.set(requirement, plan);
  return plan;
}

/** What the compiler refuses where there is one. */
function checkShape(requirement: Requirement): void {
  refuseUnknownKeys(requirement, REQUIREMENT_KEYS, 'requirement', '');
  const { scalars, ports, volumes, roles, reservationLabels, revocable, constraints } = requirement;
  if (scalars !== undefined) requireObject(scalars, 'scalars');
  if (ports !== undefined) checkList(ports, 'ports', 'ports');
  if (volumes !== undefined) checkTexts(volumes, 'volumes', 'ids of volumes');
  if (roles !== undefined) checkTexts(roles, 'roles', 'roles');
  if (constraints !== undefined) checkList(constraints, 'constraints', 'constraints');
  if (revocable !== undefined) checkBoolean(revocable, 'revocable');
  checkLabels(reservationLabels, 'reservationLabels');
  checkChoice(requirement.portChoice, 'portChoice', ['lowest', 'random']);
  checkChoice(requirement.reserved, 'reserved', ['first', 'only', 'never']);
}

function checkChoice<Choice extends string>(value: Choice | undefined, field: string, of: readonly Choice[]): void {
  if (value === undefined || of.includes(value)) return;
  throw new InvalidArgument(field, `expected ${of.join(' or ')}, got ${shown(value)}`);
}

function checkVolumes(ids: readonly string[]): void {
  ids.forEach((id, index) => {
    if (ids.indexOf(id) === index) return;
    throw new InvalidArgument(`volumes[${index}]`, `expected distinct volumes, got ${JSON.stringify(id)} twice`);
  });
}

function plannedScalars(requirement: Requirement): Plan['scalars'] {
  const { cpus, memMb, diskMb, gpus, scalars = {} } = requirement;
  if (gpus !== undefined && !Number.isInteger(gpus)) {
    throw new InvalidArgument('gpus', `expected a whole number, got ${shown(gpus)}`);
  }
  const amounts: readonly (readonly [field: string, name: string, amount: number | undefined])[] = [
    ['cpus', 'cpus', cpus],
    ['memMb', 'mem', memMb],
    ['diskMb', 'disk', diskMb],
    ['gpus', 'gpus', gpus],
    ...entriesByName(scalars).map(([name, amount]) => [`scalars.${name}`, name, amount] as const),
  ];
  const planned: { name: string; milli: number }[] = [];
  for (const [field, name, amount] of amounts) {
    if (amount === undefined || amount === 0) continue;
    const milli = typeof amount === 'number' ? Math.round(amount * 1000) : Number.NaN;
    if (!(milli >= 1 && Number.isSafeInteger(milli))) {
      throw new InvalidArgument(field, `expected 0, or an amount from 0.001 on, got ${shown(amount)}`);
    }
    if (planned.some((other) => other.name === name)) {
      throw new InvalidArgument(field, `expected each resource once, got ${name} twice`);
    }
    planned.push({ name, milli });
  }
  return planned;
}

/**
 * Fixed ports first, then ranges by where they end, then those that take anything: taking the lowest port that is free
 * for one after another then finds ports for all whenever there are any.
 */
function plannedPorts(requests: readonly PortRequest[]): Plan['ports'] {
  const planned = requests.map((request, index) => {
    const { begin, end } = bounds(request);
    if (!(isPort(begin) && isPort(end) && begin <= end)) {
      throw new InvalidArgument(
        `ports[${index}]`,
        `expected a port from 0 to 65535, a range of them, or 'any', got ${shown(request)}`,
      );
    }
    if (typeof request === 'number' && requests.indexOf(request) !== index) {
      throw new InvalidArgument(`ports[${index}]`, `expected distinct ports, got ${request} twice`);
    }
    return { index, begin, end, any: request === 'any' };
  });
  const choice = (port: { begin: number; end: number; any: boolean }): number =>
    port.any ? 2 : port.begin === port.end ? 0 : 1;
  return planned.sort((a, b) => choice(a) - choice(b) || a.end - b.end || a.index - b.index);
}

function bounds(request: PortRequest): { readonly begin: number; readonly end: number } {
  if (request === 'any') return { begin: 0, end: 65_535 };
  if (typeof request === 'number') return { begin: request, end: request };
  // What is neither is no port, which the caller says.
  return typeof request === 'object' && request !== null ? request : { begin: Number.NaN, end: Number.NaN };
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 65_535;
}
