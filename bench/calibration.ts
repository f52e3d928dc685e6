/** What this machine takes for two plain loops, in milliseconds: by it figures of different days can be compared. */
export interface Calibration {
  /** `Float64Array` of 4,000,000 random numbers, `.sort()`. */
  readonly sortMs: number;
  /** Adding up 200,000,000 elements of a `Float64Array` of 1,000,000. */
  readonly sumMs: number;
}

/** The same on the day on which Apache Mesos was measured. */
export const MESOS_DAY: Calibration = { sortMs: 400, sumMs: 185 };

export function calibrate(): Calibration {
  return { sortMs: median(times(5, sortOnce)), sumMs: median(times(5, sumOnce)) };
}

/** By what to multiply Mesos's figures for this machine as it is now. */
export function scaleOf(calibration: Calibration): number {
  return (calibration.sortMs / MESOS_DAY.sortMs + calibration.sumMs / MESOS_DAY.sumMs) / 2;
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

export interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Wall and CPU time of one call; the CPU time is that of all threads, garbage collection included. */
export function measure(action: () => void): Sample {
  const cpu = process.cpuUsage();
  const start = performance.now();
  action();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1000 };
}

function times(count: number, action: () => number): number[] {
  return Array.from({ length: count }, action);
}

function sortOnce(): number {
  const numbers = new Float64Array(4_000_000).map(() => Math.random());
  return measure(() => numbers.sort()).wallMs;
}

function sumOnce(): number {
  const numbers = new Float64Array(1_000_000).fill(1.5);
  let sum = 0;
  const start = performance.now();
  for (let round = 0; round < 200; round++) for (let i = 0; i < numbers.length; i++) sum += numbers[i] ?? 0;
  const elapsedMs = performance.now() - start;
  if (sum !== 300_000_000) throw new Error(`Expected the sum to be 300,000,000, got ${sum}`);
  return elapsedMs;
}
