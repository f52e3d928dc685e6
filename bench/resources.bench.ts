/**
 * Arithmetic on resources, with the operands that Mesos measures in `src/tests/resources_tests.cpp`: what takes it how
 * long stands beside our figures. Ours are of values that never change; Mesos's `total += r` changes its left side.
 */
import assert from 'node:assert/strict';
import { Quantities, Resources } from '../src/resources/index.ts';
import { Bench } from 'tinybench';

const parse = (text: string): Resources => Resources.parse(text);

const scalars = parse('cpus:1;gpus:1;mem:128;disk:256');
const many = parse('cpus:50000;gpus:50000;mem:6400000;disk:12800000');
const agentText = 'cpus:24;mem:4096;disk:4096;ports:[31000-32000]';
const agent = parse(agentText);
const shared = parse('cpus:1;mem:128').plus(
  Resources.of({
    name: 'disk',
    value: { type: 'SCALAR', milli: 256_000 },
    reservations: [{ type: 'STATIC', role: 'role' }],
    disk: { persistence: { id: 'id' }, volume: { containerPath: 'path', mode: 'RW' } },
    shared: true,
  }),
);
const manyShared = Resources.sum(Array.from({ length: 1000 }, () => shared));

function reserved(i: number): Resources {
  const labels = [{ key: `key${i}`, value: `value${i}` }];
  return scalars.pushReservation({ type: 'DYNAMIC', role: `role${i}`, principal: `principal${i}`, labels });
}
const reservations = Resources.sum(Array.from({ length: 1000 }, (_, i) => reserved(i)));
const reversed = Resources.sum(Array.from({ length: 1000 }, (_, i) => reserved(999 - i)));

/** `count` ranges of six ports, ten apart, from `first`. */
function ranges(count: number, first: number): Resources {
  return parse(
    `ports:[${Array.from({ length: count }, (_, i) => `${10 * i + first}-${10 * i + first + 5}`).join(',')}]`,
  );
}
const odd = Array.from({ length: 8000 }, (_, i) => `${2 * i + 1}-${2 * i + 1}`).join(',');
const ranges8000 = parse(`ports:[${odd}]`);
const ranges8000Again = parse(`ports:[${odd}]`);
const whole = parse('ports:[1-16000]');
const hundred = Array.from({ length: 100 }, (_, i) => `res${i}:${i}`).join(';');
const inRole = parse('cpus(role):1;gpus(role):1;mem(role):128;disk(role):256');
const minimum = Quantities.parse('cpus:0.01');

interface Row {
  readonly name: string;
  /** Microseconds that Mesos takes, of `total = total + r` where there are two; `undefined` where it has no like. */
  readonly mesosUs: number | undefined;
  readonly run: () => unknown;
  /** What must hold of what `run` gives. */
  readonly holds: (result: unknown) => boolean;
}

const is =
  (wanted: Resources | boolean) =>
  (result: unknown): boolean =>
    result === wanted || (typeof wanted === 'object' && wanted.equals(result as Resources));
const size =
  (wanted: number) =>
  (result: unknown): boolean =>
    (result as Resources).size === wanted;

const rows: readonly Row[] = [
  { name: 'a + b, scalars', mesosUs: 0.45, run: () => many.plus(scalars), holds: size(4) },
  { name: 'a - b, scalars', mesosUs: 0.51, run: () => many.minus(scalars), holds: size(4) },
  { name: 'a + b, shared', mesosUs: 0.56, run: () => manyShared.plus(shared), holds: size(3) },
  { name: 'a - b, shared', mesosUs: 0.6, run: () => manyShared.minus(shared), holds: size(3) },
  { name: 'a + b, agent', mesosUs: 0.58, run: () => agent.plus(agent), holds: size(4) },
  { name: 'a - b, agent', mesosUs: 0.37, run: () => agent.minus(agent), holds: is(Resources.empty) },
  { name: 'a + b, 1,000 reservations', mesosUs: 63_366, run: () => reservations.plus(reservations), holds: size(4000) },
  {
    name: 'a - b, 1,000 reservations',
    mesosUs: 56_068,
    run: () => reservations.minus(reservations),
    holds: is(Resources.empty),
  },
  {
    name: 'a + b, the same in reverse order',
    mesosUs: undefined,
    run: () => reservations.plus(reversed),
    holds: size(4000),
  },
  { name: 'contains, has it', mesosUs: 0.078, run: () => many.contains(scalars), holds: is(true) },
  { name: 'contains, lacks it', mesosUs: 0.049, run: () => scalars.contains(many), holds: is(false) },
  { name: 'contains, 8,000 ranges in one', mesosUs: 501, run: () => whole.contains(ranges8000), holds: is(true) },
  { name: 'contains, one in 8,000 ranges', mesosUs: 486, run: () => ranges8000.contains(whole), holds: is(false) },
  {
    name: 'contains, 8,000 ranges, the same',
    mesosUs: 59_098,
    run: () => ranges8000.contains(ranges8000Again),
    holds: is(true),
  },
  { name: 'parse, 100 scalars', mesosUs: 117, run: () => parse(hundred), holds: size(99) },
  { name: 'parse, agent', mesosUs: 4.5, run: () => parse(agentText), holds: is(agent) },
  { name: 'nonRevocable()', mesosUs: 0.019, run: () => scalars.nonRevocable(), holds: is(scalars) },
  { name: 'unreserved()', mesosUs: 0.017, run: () => scalars.unreserved(), holds: is(scalars) },
  { name: 'reserved(role)', mesosUs: 0.053, run: () => inRole.reserved('role'), holds: is(inRole) },
  ...[10, 100, 1000].flatMap((count, i): readonly Row[] => {
    const [a, b] = [ranges(count, 0), ranges(count, 3)];
    return [
      {
        name: `a + b, ${count} ranges`,
        mesosUs: [0.71, 5.8, 88][i],
        run: () => a.plus(b),
        holds: (sum) => (sum as Resources).ports.length === 2 * count,
      },
      {
        name: `a - b, ${count} ranges`,
        mesosUs: [0.67, 6.1, 67][i],
        run: () => a.minus(b),
        holds: (rest) => (rest as Resources).ports.length === 2 * count,
      },
    ];
  }),
  { name: 'allocate()', mesosUs: undefined, run: () => agent.allocate('role'), holds: size(4) },
  {
    name: 'quantities(), not asked before',
    mesosUs: undefined,
    run: () => many.plus(scalars).quantities(),
    holds: (q) => (q as Quantities).get('cpus') === 50_001_000,
  },
  { name: 'containsQuantities()', mesosUs: undefined, run: () => agent.containsQuantities(minimum), holds: is(true) },
];

for (const { name, run, holds } of rows) assert.ok(holds(run()), name);

const bench = new Bench({ time: 200, warmupTime: 100 });
for (const { name, run } of rows) bench.add(name, run);
await bench.run();

console.table(
  bench.tasks.map((task, i) => {
    const { result } = task;
    const us = result !== undefined && 'latency' in result ? result.latency.p50 * 1000 : Number.NaN;
    return { operation: task.name, 'us, median': Number(us.toPrecision(3)), 'Mesos, us': rows[i]?.mesosUs ?? '' };
  }),
);
