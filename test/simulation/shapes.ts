import type { FrameworkCapability } from '../../src/protocol/index.ts';
import { type Random, seededRandom } from '../../src/runtime/index.ts';
import {
  FAULT_KINDS,
  type FaultKind,
  type SimulatedFramework,
  type SimulationOptions,
} from '../../src/testing/index.ts';
import { type RichWork, richWorker, type TaskForm } from './rich-schedulers.ts';
import { worker } from './schedulers.ts';

/** What a simulation of a seed may be at most. */
export interface ShapeLimits {
  readonly agentsMax: number;
  readonly frameworksMax: number;
  readonly durationMs: number;
  /** Every kind of fault for every seed, not for one half of them. */
  readonly everyFault?: boolean;
  /** Whether frameworks use all that there is, and everything goes wrong: see {@link richShape}. False if absent. */
  readonly rich?: boolean;
}

/** Kinds that came later: in plain shapes they are left out, so that their seeds stay what they were. */
const RICH_ONLY: ReadonlySet<FaultKind> = new Set([
  'slowRegistry',
  'failRegistryWrite',
  'unconfirmRegistryWrite',
  'crashMasterAtWrite',
  'splitMaster',
  'markAgentGone',
  'removeAgent',
  'teardownFramework',
  'updateWeights',
]);

/** A cluster, its frameworks and what goes wrong, all drawn from the seed. */
export function shapeOf(seed: number, limits: ShapeLimits): SimulationOptions {
  return limits.rich === true ? richShape(seed, limits) : plainShape(seed, limits);
}

/** Frameworks of single commands: what the seeds of the first hour mean. */
function plainShape(seed: number, limits: ShapeLimits): SimulationOptions {
  const random = seededRandom(seed).stream('shape');
  const agentCount = sized(random, limits.agentsMax);
  const frameworkCount = sized(random, limits.frameworksMax);
  const roles = ['*', 'web', 'batch', 'batch/nightly'];
  const frameworks = Array.from({ length: frameworkCount }, (_, index): SimulatedFramework => {
    const name = `f${index + 1}`;
    const finishes = random.integer(2) === 0;
    const labels = finishes ? [] : [{ key: 'sim.durationMs', value: 'forever' }];
    if (random.integer(5) === 0) labels.push({ key: 'sim.killMs', value: 'ignore' });
    const role = pick(random, roles);
    const weight = 1 + random.integer(3);
    const wanted = 1 + random.integer(finishes ? 20 : 2 * agentCount);
    const requirement = {
      cpus: pick(random, [0.1, 0.5, 1]),
      memMb: pick(random, [32, 128, 512]),
      ...(random.integer(3) === 0 ? { ports: ['any' as const] } : {}),
    };
    return {
      name,
      role,
      weight,
      scheduler: worker({
        prefix: name,
        finishes,
        labels,
        count: finishes ? wanted : Math.min(wanted, tasksAtMost(requirement, agentCount / frameworkCount)),
        requirement,
        refuseMs: pick(random, [0, 1_000, 5_000, 60_000]),
        ...(random.integer(3) === 0 ? { killEveryMs: 20_000 + random.integer(300_000) } : {}),
        ...(random.integer(3) === 0 ? { suppresses: true } : {}),
      }),
      ...(random.integer(4) === 0 ? { options: { capabilities: ['MULTI_ROLE', 'TASK_KILLING_STATE'] } } : {}),
    };
  });
  return {
    seed,
    agents: agentCount,
    frameworks,
    faults: { rates: rates(random, limits, RICH_ONLY) },
    durationMs: limits.durationMs,
    replay: replayOf(seed, limits),
  };
}

/** Agents of a simulation have 4 cpus and 4,096 MB unless told otherwise. */
const AGENT = { cpus: 4, memMb: 4_096 };

/** What never ends may hold two fifths of its share of the cluster: nothing is taken from it for those who must finish. */
function tasksAtMost(each: { readonly cpus: number; readonly memMb: number }, agents: number): number {
  return Math.floor(0.4 * agents * Math.min(AGENT.cpus / each.cpus, AGENT.memMb / each.memMb));
}

/** Task groups, shared executors, code, volumes, several roles; operators and the registry add to what goes wrong. */
function richShape(seed: number, limits: ShapeLimits): SimulationOptions {
  const random = seededRandom(seed).stream('rich shape');
  const agentCount = sized(random, limits.agentsMax);
  const frameworkCount = sized(random, limits.frameworksMax);
  const frameworks = Array.from({ length: frameworkCount }, (_, index) => {
    return richFramework(random.stream(`framework ${index}`), {
      name: `f${index + 1}`,
      agentCount,
      frameworkCount,
    });
  });
  return {
    seed,
    agents: agentCount,
    frameworks,
    faults: { rates: rates(random.stream('rates'), limits, NONE) },
    durationMs: limits.durationMs,
    replay: replayOf(seed, limits),
  };
}

const NONE: ReadonlySet<FaultKind> = new Set();
const FORMS: readonly TaskForm[] = ['command', 'group', 'group', 'code', 'code', 'volume', 'volume'];

function richFramework(
  random: Random,
  { name, agentCount, frameworkCount }: Record<'agentCount' | 'frameworkCount', number> & { readonly name: string },
): SimulatedFramework {
  const finishes = random.integer(2) === 0;
  const labels = finishes ? [] : [{ key: 'sim.durationMs', value: 'forever' }];
  if (random.integer(4) === 0) labels.push({ key: 'sim.killMs', value: pick(random, ['ignore', '4000', '0']) });
  if (random.integer(8) === 0 && !finishes) labels.push({ key: 'sim.launch', value: 'fail' });
  const roles = pick(random, [['*'], ['web'], ['batch', 'web'], ['batch/nightly', 'batch'], ['web', '*']]);
  const capabilities: FrameworkCapability[] = ['MULTI_ROLE', 'RESERVATION_REFINEMENT'];
  if (random.integer(3) > 0) capabilities.push('PARTITION_AWARE');
  if (random.integer(2) === 0) capabilities.push('TASK_KILLING_STATE');
  const form = pick(random, FORMS);
  const each = { cpus: pick(random, [0.1, 0.5, 1]), memMb: pick(random, [32, 128]) };
  const wanted = 1 + random.integer(finishes ? 20 : 2 * agentCount);
  const work: RichWork = {
    prefix: name,
    form,
    ...each,
    count: finishes ? wanted : Math.min(wanted, tasksAtMost(each, agentCount / frameworkCount)),
    finishes,
    labels,
    together: 1 + random.integer(4),
    executors: 1 + random.integer(3),
    ...(random.integer(3) === 0 ? { disturbEveryMs: 5_000 + random.integer(100_000) } : {}),
    ...(random.integer(6) === 0 && !finishes ? { maxCompletionTimeMs: 10_000 + random.integer(100_000) } : {}),
    ...(random.integer(3) === 0 ? { killPolicy: { gracePeriodMs: random.integer(10_000) } } : {}),
  };
  return {
    name,
    scheduler: richWorker(work),
    options: { roles, capabilities, ...(random.integer(5) === 0 ? { checkpoint: false } : {}) },
  };
}

function replayOf(seed: number, { agentsMax, frameworksMax, durationMs, everyFault, rich }: ShapeLimits): string {
  const size = `--agents ${agentsMax} --frameworks ${frameworksMax} --minutes-each ${durationMs / 60_000}`;
  const kinds = `${everyFault === true ? ' --every-fault' : ''}${rich === true ? ' --rich' : ''}`;
  return `npm run soak -- --seed ${seed} ${size}${kinds}`;
}

/** One half of all seeds have every fault, the others some of them more often. */
function rates(
  random: Random,
  { everyFault = false }: ShapeLimits,
  spared: ReadonlySet<FaultKind>,
): Partial<Record<FaultKind, number>> {
  const isEverything = random.integer(2) === 0 || everyFault;
  const chosen: Partial<Record<FaultKind, number>> = {};
  for (const kind of FAULT_KINDS) {
    if (spared.has(kind)) continue;
    const often = kind.endsWith('Message') ? 60 : kind === 'crashExecutor' || kind === 'cutStream' ? 20 : 4;
    const rate = often * (1 + random.integer(isEverything ? 2 : 6));
    if (isEverything || random.integer(3) === 0) chosen[kind] = rate;
  }
  return chosen;
}

/** Small ones more often than large ones. */
function sized(random: Random, max: number): number {
  return 1 + Math.min(random.integer(max), random.integer(max));
}

function pick<T>(random: Random, items: readonly [T, ...T[]] | readonly T[]): T {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new Error('Expected something to pick from');
  return item;
}
