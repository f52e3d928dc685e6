import { type Random, seededRandom } from '../../src/runtime/index.ts';
import {
  FAULT_KINDS,
  type FaultKind,
  type SimulatedFramework,
  type SimulationOptions,
} from '../../src/testing/index.ts';
import { worker } from './schedulers.ts';

/** What a simulation of a seed may be at most. */
export interface ShapeLimits {
  readonly agentsMax: number;
  readonly frameworksMax: number;
  readonly durationMs: number;
  /** Every kind of fault for every seed, not for one half of them. */
  readonly everyFault?: boolean;
}

/** Kinds that are left out, because what they show is not built yet. */
const SPARE: ReadonlySet<FaultKind> = new Set([]);

/** A cluster, its frameworks and what goes wrong, all drawn from the seed. */
export function shapeOf(seed: number, limits: ShapeLimits): SimulationOptions {
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
    faults: { rates: rates(random, limits) },
    durationMs: limits.durationMs,
    replay: `npm run soak -- --seed ${seed} --agents ${limits.agentsMax} --frameworks ${limits.frameworksMax} --minutes-each ${limits.durationMs / 60_000}${limits.everyFault === true ? ' --every-fault' : ''}`,
  };
}

/** Agents of a simulation have 4 cpus and 4,096 MB unless told otherwise. */
const AGENT = { cpus: 4, memMb: 4_096 };

/** What never ends may hold two fifths of its share of the cluster: nothing is taken from it for those who must finish. */
function tasksAtMost(each: { readonly cpus: number; readonly memMb: number }, agents: number): number {
  return Math.floor(0.4 * agents * Math.min(AGENT.cpus / each.cpus, AGENT.memMb / each.memMb));
}

/** One half of all seeds have every fault, the others some of them more often. */
function rates(random: Random, { everyFault = false }: ShapeLimits): Partial<Record<FaultKind, number>> {
  const isEverything = random.integer(2) === 0 || everyFault;
  const chosen: Partial<Record<FaultKind, number>> = {};
  for (const kind of FAULT_KINDS) {
    if (SPARE.has(kind)) continue;
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
