import type { Workload, WorkloadFramework } from './workload.ts';

/** What the agents have together. */
export interface Total {
  readonly cpus: number;
  readonly memMb: number;
}

/** The largest of a framework's shares, over all resources: what dominant resource fairness makes equal. */
export function dominantShare({ workload, progress }: WorkloadFramework, total: Total): number {
  return Math.max(
    share(workload.cpus, progress.running, total.cpus),
    share(workload.memMb, progress.running, total.memMb),
  );
}

function share(each: number, count: number, of: number): number {
  return (each * count) / of;
}

export function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

const COLUMNS = ['framework', 'waiting', 'running', 'finished', 'failed', 'cpus', 'mem', 'share'];

/** The lines of the live table. */
export function tableLines(frameworks: readonly WorkloadFramework[], total: Total, seconds: number): readonly string[] {
  const rows = frameworks.map((framework) => {
    const { workload, progress } = framework;
    const { waiting, running, finished, failed } = progress;
    return [
      workload.name,
      ...[waiting, running, finished, failed].map(String),
      percent(share(workload.cpus, running, total.cpus)),
      percent(share(workload.memMb, running, total.memMb)),
      percent(dominantShare(framework, total)),
    ];
  });
  return [
    row(COLUMNS),
    ...rows.map(row),
    ...frameworks.map((framework) => bar(framework, total)),
    `${seconds.toFixed(1)} s`,
  ];
}

/** One line for those who read a log. */
export function logLine(frameworks: readonly WorkloadFramework[], total: Total, seconds: number): string {
  const parts = frameworks.map((framework) => {
    const { waiting, running, finished, failed } = framework.progress;
    const counts = `${waiting} waiting, ${running} running, ${finished} finished${failed > 0 ? `, ${failed} failed` : ''}`;
    return `${framework.workload.name}: ${counts}, share ${percent(dominantShare(framework, total))}`;
  });
  return `${seconds.toFixed(1).padStart(5)} s  ${parts.join(' | ')}`;
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(10) : cell.padStart(9))).join('');
}

const BAR_WIDTH = 40;

function bar(framework: WorkloadFramework, total: Total): string {
  const filled = Math.round(dominantShare(framework, total) * BAR_WIDTH);
  return `${framework.workload.name.padEnd(10)} ${'█'.repeat(filled)}${'·'.repeat(Math.max(0, BAR_WIDTH - filled))}`;
}

/** What is said of a workload before it starts. */
export function describe({ name, tasks, cpus, memMb, seconds, startAfter }: Workload): string {
  const [least, most] = seconds;
  const start = startAfter === 0 ? '' : `, ${startAfter} s later`;
  return `${name}: ${tasks} tasks of ${cpus} cpus and ${memMb} MB, ${least} to ${most} s each${start}`;
}

/** Draws lines over those that it drew before. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  #height = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  draw(lines: readonly string[]): void {
    if (this.#height > 0) this.#stream.moveCursor(0, -this.#height);
    for (const line of lines) {
      this.#stream.write(line);
      this.#stream.clearLine(1);
      this.#stream.write('\n');
    }
    this.#height = lines.length;
  }
}
