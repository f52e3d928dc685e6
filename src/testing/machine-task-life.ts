import type { Label } from '../resources/index.ts';
import type { Random } from '../runtime/index.ts';
import type { CommandInfo } from '../tasks/index.ts';

/** What a task's process does. */
export interface TaskLife {
  readonly startMs: number;
  /** Infinite: until it is killed. */
  readonly durationMs: number;
  readonly exitCode: number;
  /** How long it takes to end after SIGTERM; infinite: it does not. */
  readonly killMs: number;
  readonly launchFails: boolean;
}

/** How a task lives, by its labels, then by its command, else by chance; see `SimulationOptions`. */
export function lifeOf(task: {
  readonly command: CommandInfo;
  readonly labels: readonly Label[] | undefined;
  /** The task's own. */
  readonly random: Random;
}): TaskLife {
  const { labels = [], random } = task;
  const label = (key: string): string | undefined => labels.find((each) => each.key === key)?.value;
  const text = task.command.value;
  // All are drawn, whether they are needed or not: what one label says changes nothing else.
  const drawn = {
    startMs: 1 + random.integer(100),
    durationMs: 1_000 + random.integer(59_001),
    killMs: random.integer(1_000),
  };
  const seconds = /^sleep (\d+)$/.exec(text)?.[1];
  const status = text === 'false' ? '1' : /^exit (\d+)$/.exec(text)?.[1];
  const durationMs = label('sim.durationMs') ?? (seconds === undefined ? undefined : `${Number(seconds) * 1_000}`);
  const killMs = label('sim.killMs');
  return {
    startMs: drawn.startMs,
    durationMs: milliseconds(durationMs, 'forever') ?? (status === undefined ? drawn.durationMs : 0),
    exitCode: Number(label('sim.exit') ?? status ?? 0),
    killMs: milliseconds(killMs, 'ignore') ?? drawn.killMs,
    launchFails: label('sim.launch') === 'fail',
  };
}

function milliseconds(text: string | undefined, endless: string): number | undefined {
  if (text === undefined) return undefined;
  if (text === endless) return Number.POSITIVE_INFINITY;
  const ms = Number(text);
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
