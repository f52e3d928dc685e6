// Allocation rounds, of the shapes and by the rules under which Apache Mesos's own allocator was measured.
// Run: npm run bench -- allocator [-- cycles | declines | rounds | sorter | quota]

import assert from 'node:assert/strict';
import { type Allocator, createAllocator, createDrfSorter, type Quota } from '../src/allocator/index.ts';
import { AgentId, FrameworkId } from '../src/core/index.ts';
import { Quantities, ResourceLimits, Resources } from '../src/resources/index.ts';
import { seededRandom } from '../src/runtime/index.ts';
import { createManualClock } from '../test/support/manual-clock.ts';
import { type Calibration, calibrate, measure, median, type Sample, scaleOf } from './calibration.ts';

const TOTAL = Resources.parse('cpus:24;mem:4096;disk:4096;ports:[31000-32000]');
const USED = Resources.parse(`cpus:16;mem:2014;disk:1024;ports:[${fragments(16)}]`);
const YEAR_MS = 365 * 24 * 3_600_000;
const CAPABILITIES = ['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT'];

function fragments(count: number): string {
  return Array.from({ length: count }, (_, i) => `${31_000 + i * 60}-${31_000 + i * 60 + 29}`).join(',');
}

interface Shape {
  readonly agents: number;
  readonly frameworks: number;
  /** Each framework in a role of its own, or all in `*`. */
  readonly ownRoles: boolean;
  /** Each agent has tasks of one framework already. */
  readonly partial: boolean;
  /**
   * Quotas, reservations and roles on three levels: a role is `top-i`, or `top-i/team-j`, or `top-i/team-j/job-k`; each
   * fifth top-level role is promised more than all of an agent, and each tenth agent has a reserved part.
   */
  readonly rules?: boolean;
}

/** Ten frameworks under each top-level role: four in it, three in a role below, three in roles below that. */
function roleOnThreeLevels(framework: number): string {
  const top = `top-${Math.floor(framework / 10)}`;
  const place = framework % 10;
  if (place < 4) return top;
  return place < 7 ? `${top}/team-${place}` : `${top}/team-4/job-${place}`;
}

interface Given {
  readonly frameworkId: FrameworkId;
  readonly agentId: AgentId;
  readonly resources: Resources;
}

/** An allocator under a clock that stands still, and all offers that have not been answered. */
class Cluster {
  readonly clock = createManualClock();
  readonly allocator: Allocator;
  readonly shape: Shape;
  offers: Given[] = [];

  constructor(shape: Shape) {
    this.shape = shape;
    this.allocator = createAllocator({
      clock: this.clock,
      random: seededRandom(1),
      onOffers: (frameworkId, allocation) => {
        for (const byAgent of allocation.values()) {
          for (const [agentId, resources] of byAgent) this.offers.push({ frameworkId, agentId, resources });
        }
      },
    });
  }

  static frameworkId = (i: number): FrameworkId => FrameworkId(`framework-${i}`);
  static agentId = (i: number): AgentId => AgentId(`agent-${i}`);

  role(framework: number): string {
    if (this.shape.rules === true) return roleOnThreeLevels(framework);
    return this.shape.ownRoles ? `role-${framework}` : '*';
  }

  addFrameworks(): void {
    for (let i = 0; i < this.shape.frameworks; i++) {
      const framework = { roles: [this.role(i)], capabilities: CAPABILITIES };
      this.allocator.addFramework(Cluster.frameworkId(i), framework, { active: false, used: new Map() });
    }
  }

  setQuotas(): void {
    const quota = { guarantees: Quantities.parse('cpus:100;mem:10000'), limits: ResourceLimits.parse('cpus:100000') };
    for (let i = 0; i < this.shape.frameworks; i += 50) this.allocator.updateQuota(`top-${i / 10}`, quota);
  }

  addAgents(): void {
    const some = { hostname: 'host', total: TOTAL, attributes: [], capabilities: CAPABILITIES };
    const reserved = {
      ...some,
      total: Resources.parse('cpus:20;mem:4096;disk:4096;ports:[31000-32000];cpus(top-1):4'),
    };
    for (let i = 0; i < this.shape.agents; i++) {
      const agent = this.shape.rules === true && i % 10 === 0 ? reserved : some;
      const holder = i % this.shape.frameworks;
      const used = this.shape.partial
        ? new Map([[Cluster.frameworkId(holder), USED.allocate(this.role(holder))]])
        : new Map<FrameworkId, Resources>();
      this.allocator.addAgent(Cluster.agentId(i), agent, used);
    }
  }

  activate(): void {
    this.allocator.pause();
    for (let i = 0; i < this.shape.frameworks; i++) this.allocator.activateFramework(Cluster.frameworkId(i));
    this.allocator.resume();
  }

  /** One batch run, which must make so many offers. */
  cycle(offers: number): Sample {
    this.offers = [];
    const sample = measure(() => this.clock.advance(1000));
    assert.equal(this.offers.length, offers);
    return sample;
  }

  /** One batch run; its offers are added to those that have not been answered. */
  cycleOfAll(): Sample {
    return measure(() => this.clock.advance(1000));
  }

  recover(refuseMs?: number): Sample {
    const { offers } = this;
    this.offers = [];
    return measure(() => {
      for (const { frameworkId, agentId, resources } of offers) {
        this.allocator.recoverResources(frameworkId, agentId, resources, refuseMs);
      }
    });
  }

  close(): void {
    this.allocator.close();
  }
}

const inMs = (samples: readonly Sample[]): string => {
  const cpu = median(samples.map(({ cpuMs }) => cpuMs));
  const wall = median(samples.map(({ wallMs }) => wallMs));
  return `${cpu.toFixed(2)} / ${wall.toFixed(2)}`;
};

/** Mesos's median in CPU milliseconds over ours, with Mesos's scaled to this machine as it is now. */
const times = (mesosMs: number, samples: readonly Sample[], scale: number): string => {
  return `${((mesosMs * scale) / median(samples.map(({ cpuMs }) => cpuMs))).toFixed(0)}×`;
};

function repeated(count: number, sample: () => Sample): Sample[] {
  return Array.from({ length: count }, sample);
}

function cycles(scale: number): void {
  console.log('\n(a) Every framework in a role of its own. CPU / wall ms, medians; × Mesos, by CPU\n');
  console.log('| agents x frameworks | used | add agents | first cycle | steady cycle | no-op cycle | recover all |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  const mesos: readonly (readonly [Shape, readonly number[]])[] = [
    [{ agents: 1_000, frameworks: 50, ownRoles: true, partial: false }, [34, 13.7, 12.6, 2.3, 14.4]],
    [{ agents: 10_000, frameworks: 200, ownRoles: true, partial: false }, [1742, 273, 275, 103, 204]],
    [{ agents: 10_000, frameworks: 1_000, ownRoles: true, partial: false }, [18_367, 817, 843, 452, 212]],
    [{ agents: 1_000, frameworks: 50, ownRoles: true, partial: true }, [61, 24.2, 23.2, 2.5, 35.6]],
    [{ agents: 10_000, frameworks: 200, ownRoles: true, partial: true }, [1975, 370, 386, 95, 488]],
    [{ agents: 10_000, frameworks: 1_000, ownRoles: true, partial: true }, [17_600, 939, 936, 447, 518]],
    [{ agents: 50_000, frameworks: 1_000, ownRoles: true, partial: false }, []],
  ];
  for (const [shape, theirs] of mesos) {
    const cluster = new Cluster(shape);
    cluster.addFrameworks();
    const add = measure(() => cluster.addAgents());
    cluster.activate();
    const first = cluster.cycle(shape.agents);
    const noop = repeated(9, () => {
      const { offers } = cluster;
      const sample = cluster.cycle(0);
      cluster.offers = offers;
      return sample;
    });
    const recover: Sample[] = [];
    const steady = repeated(15, () => {
      recover.push(cluster.recover());
      return cluster.cycle(shape.agents);
    });
    cluster.close();
    const columns = [[add], [first], steady, noop, recover].map((samples, i) => {
      const mesosMs = theirs[i];
      return inMs(samples) + (mesosMs === undefined ? '' : ` (${times(mesosMs, samples, scale)})`);
    });
    const used = shape.partial ? 'partial' : 'none';
    console.log(`| ${shape.agents} x ${shape.frameworks} | ${used} | ${columns.join(' | ')} |`);
  }
}

function declines(scale: number): void {
  console.log('\n(b) All in `*`, agents partly used, every offer declined for a year. CPU / wall ms\n');
  console.log('| agents x frameworks | round 0 | round 5 | round 15 | all rounds, median | decline, µs per offer |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  const mesos: readonly (readonly [Shape, readonly number[]])[] = [
    [{ agents: 1_000, frameworks: 50, ownRoles: false, partial: true }, [26.3, 35.5, 42, 48]],
    [{ agents: 10_000, frameworks: 1_000, ownRoles: false, partial: true }, [457, 534, 580, 597]],
  ];
  for (const [shape, theirs] of mesos) {
    const cluster = new Cluster(shape);
    cluster.addFrameworks();
    cluster.addAgents();
    cluster.activate();
    const declined: Sample[] = [];
    const rounds = repeated(20, () => {
      const sample = cluster.cycle(shape.agents);
      declined.push(cluster.recover(YEAR_MS));
      return sample;
    });
    cluster.close();
    const chosen = [rounds.slice(0, 1), rounds.slice(5, 6), rounds.slice(15, 16), rounds];
    const columns = chosen.map((samples, i) => `${inMs(samples)} (${times(theirs[i] ?? 0, samples, scale)})`);
    const each = (median(declined.map(({ cpuMs }) => cpuMs)) / shape.agents) * 1000;
    console.log(`| ${shape.agents} x ${shape.frameworks} | ${columns.join(' | ')} | ${each.toFixed(2)} |`);
  }
  exhaustion();
}

function exhaustion(): void {
  const shape: Shape = { agents: 5_000, frameworks: 200, ownRoles: false, partial: true };
  const cluster = new Cluster(shape);
  cluster.addFrameworks();
  cluster.addAgents();
  cluster.activate();
  const rounds = repeated(shape.frameworks, () => {
    const sample = cluster.cycle(shape.agents);
    cluster.recover(YEAR_MS);
    return sample;
  });
  const last = cluster.cycle(0);
  const quiet = repeated(9, () => cluster.cycle(0));
  cluster.close();
  const told = [50, 100, 150, 198].map((round) => `round ${round} ${inMs(rounds.slice(round, round + 1))}`);
  console.log(`\nTo exhaustion, 5000 x 200: ${told.join('; ')}; all 1,000,000 pairs filtered ${inMs([last])},`);
  console.log(`from then on ${inMs(quiet)} (Mesos: 345, 392, 585, 4569, about 9000 ms CPU)`);
}

function rounds(): void {
  console.log('\nRounds of a cluster at rest, every framework in a role of its own. CPU / wall ms\n');
  console.log('| agents x frameworks | everything free | 1 % changed | everything declined | one framework revives |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const agents of [10_000, 50_000, 100_000]) {
    const cluster = new Cluster({ agents, frameworks: 1_000, ownRoles: true, partial: false });
    cluster.addFrameworks();
    cluster.addAgents();
    cluster.activate();
    cluster.cycle(agents);
    const free = repeated(7, () => {
      cluster.recover();
      return cluster.cycle(agents);
    });
    const some = repeated(25, () => {
      const { offers } = cluster;
      cluster.offers = offers.slice(0, agents / 100);
      const kept = offers.slice(agents / 100);
      cluster.recover();
      const sample = cluster.cycle(agents / 100);
      cluster.offers = [...kept, ...cluster.offers];
      return sample;
    });
    cluster.recover();
    for (let i = 1; i < 1_000; i++) cluster.allocator.suppressOffers(Cluster.frameworkId(i));
    cluster.cycle(agents);
    cluster.recover(YEAR_MS);
    const declined = repeated(25, () => cluster.cycle(0));
    const revived = repeated(7, () => {
      cluster.offers = [];
      const sample = measure(() => {
        cluster.allocator.reviveOffers(Cluster.frameworkId(1));
        cluster.clock.advance(0);
      });
      assert.equal(cluster.offers.length, agents);
      cluster.recover(YEAR_MS);
      return sample;
    });
    cluster.close();
    console.log(`| ${agents} x 1000 | ${[free, some, declined, revived].map(inMs).join(' | ')} |`);
  }
}

function sorter(scale: number): void {
  console.log('\n(c) The sorter alone, 10,000 agents, each allocated to one client, round robin. CPU ms\n');
  console.log(
    '| clients | add clients | add agents | allocated x 10,000 | first sort | no-op sort | 1 changed + sort |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  const mesos: readonly (readonly [number, readonly number[]])[] = [
    [50, [0.058, 6.5, 13.7, 0.0103, 0.001, 0.0068]],
    [1_000, [1.58, 6.5, 14.4, 0.13, 0.0094, 0.08]],
    [10_000, [104, 6.5, 15, 2.21, 0.19, 1.08]],
  ];
  const total = Quantities.parse('cpus:24;mem:4096;disk:4096');
  const used = Resources.parse('cpus:16;mem:2014;disk:1024');
  for (const [clients, theirs] of mesos) {
    const drf = createDrfSorter();
    const client = (i: number): string => `client-${i % clients}`;
    const each = (count: number, action: (i: number) => void): Sample[] => [
      measure(() => {
        for (let i = 0; i < count; i++) action(i);
      }),
    ];
    const add = each(clients, (i) => {
      drf.add(client(i));
      drf.activate(client(i));
    });
    const addAgents = each(10_000, (i) => drf.addAgent(`agent-${i}`, total));
    const allocated = each(10_000, (i) => drf.allocated(client(i), `agent-${i}`, used));
    const first = [measure(() => assert.equal(drf.sort().length, clients))];
    const perRound = (samples: readonly Sample[]): Sample[] =>
      samples.map(({ cpuMs, wallMs }) => ({ cpuMs: cpuMs / 200, wallMs: wallMs / 200 }));
    const noop = perRound(each(200, () => drf.sort()));
    const changed = perRound(
      each(200, (i) => {
        drf.unallocated(client(i), `agent-${i}`, used);
        drf.allocated(client(i), `agent-${i}`, used);
        drf.sort();
      }),
    );
    const columns = [add, addAgents, allocated, first, noop, changed].map((samples, i) => {
      const { cpuMs = 0 } = samples[0] ?? {};
      return `${cpuMs.toFixed(4)} (${times(theirs[i] ?? 0, samples, scale)})`;
    });
    console.log(`| ${clients} | ${columns.join(' | ')} |`);
  }
}

function quota(): void {
  console.log('\nThe same with quotas, reservations and roles on three levels; and the ratio. CPU / wall ms\n');
  console.log('| agents x frameworks | first cycle | steady cycle | 1 % changed | everything declined |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const [agents, frameworks] of [
    [1_000, 50],
    [10_000, 200],
    [10_000, 1_000],
  ] as const) {
    const plain = quotaSamples({ agents, frameworks, ownRoles: true, partial: false });
    const ruled = quotaSamples({ agents, frameworks, ownRoles: true, partial: false, rules: true });
    const columns = ruled.map((samples, i) => {
      const ratio = medianCpu(samples) / medianCpu(plain[i] ?? []);
      return `${inMs(samples)} (${inMs(plain[i] ?? [])} without: ${ratio.toFixed(1)}×)`;
    });
    console.log(`| ${agents} x ${frameworks} | ${columns.join(' | ')} |`);
  }
  largeAndSmall();
}

const medianCpu = (samples: readonly Sample[]): number => median(samples.map(({ cpuMs }) => cpuMs));

function quotaSamples(shape: Shape): readonly (readonly Sample[])[] {
  const { agents } = shape;
  const cluster = new Cluster(shape);
  cluster.addFrameworks();
  if (shape.rules === true) cluster.setQuotas();
  cluster.addAgents();
  cluster.activate();
  const first = cluster.cycleOfAll();
  const steady = repeated(21, () => {
    cluster.recover();
    return cluster.cycleOfAll();
  });
  const some = repeated(101, () => {
    const kept = cluster.offers.slice(agents / 100);
    cluster.offers = cluster.offers.slice(0, agents / 100);
    cluster.recover();
    const sample = cluster.cycleOfAll();
    cluster.offers = [...kept, ...cluster.offers];
    return sample;
  });
  cluster.recover();
  for (let i = 2; i < shape.frameworks; i++) cluster.allocator.suppressOffers(Cluster.frameworkId(i));
  for (let i = 0; i < 2; i++) {
    cluster.cycleOfAll();
    cluster.recover(YEAR_MS);
  }
  const declined = repeated(15, () => cluster.cycleOfAll());
  cluster.close();
  return [[first], steady, some, declined];
}

/** Mesos's benchmark LargeAndSmallQuota: 2,500 roles that need half an agent, 500 that need two; a framework each. */
function largeAndSmall(): void {
  const offers: number[] = [];
  const clock = createManualClock();
  const allocator = createAllocator({
    clock,
    random: seededRandom(1),
    onOffers: (_, allocation) => {
      for (const byAgent of allocation.values()) offers.push(byAgent.size);
    },
  });
  const quotaOf = (text: string): Quota => {
    return { guarantees: Quantities.parse(text), limits: ResourceLimits.parse(text) };
  };
  const agent = {
    hostname: 'host',
    total: Resources.parse('cpus:2;mem:2048;disk:2048'),
    attributes: [],
    capabilities: CAPABILITIES,
  };
  const setUp = measure(() => {
    allocator.pause();
    for (let i = 0; i < 3_000; i++) {
      const role = i < 2_500 ? `small-${i}` : `large-${i}`;
      const framework = { roles: [role], capabilities: CAPABILITIES };
      allocator.addFramework(Cluster.frameworkId(i), framework, { active: true, used: new Map() });
      allocator.addAgent(Cluster.agentId(i), agent, new Map());
      allocator.updateQuota(role, quotaOf(i < 2_500 ? 'cpus:1;mem:1024;disk:1024' : 'cpus:4;mem:4096;disk:4096'));
    }
    allocator.resume();
  });
  const first = measure(() => clock.advance(1_000));
  const made = offers.reduce((sum, count) => sum + count, 0);
  const second = measure(() => clock.advance(1_000));
  allocator.close();
  assert.equal(made, 3_500);
  assert.equal(
    offers.reduce((sum, count) => sum + count, 0),
    made,
  );
  console.log('\nLarge and small quotas, 3,000 agents, roles and frameworks. CPU / wall ms\n');
  console.log(`set up ${inMs([setUp])}; 3,500 offers in ${inMs([first])}; no offer in ${inMs([second])}`);
}

function show(when: string, { sortMs, sumMs }: Calibration): void {
  console.log(`Calibration ${when}: sort ${sortMs.toFixed(0)} ms, sum ${sumMs.toFixed(0)} ms`);
}

const part = ['cycles', 'declines', 'rounds', 'sorter', 'quota'].find((name) => process.argv.includes(name)) ?? 'all';
const before = calibrate();
show('before', before);
const scale = scaleOf(before);
console.log(`Mesos's figures are multiplied by ${scale.toFixed(2)} before they are compared.`);
if (part === 'all' || part === 'cycles') cycles(scale);
if (part === 'all' || part === 'declines') declines(scale);
if (part === 'all' || part === 'rounds') rounds();
if (part === 'all' || part === 'sorter') sorter(scale);
if (part === 'all' || part === 'quota') quota();
show('\nafter', calibrate());
