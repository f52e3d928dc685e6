import { ContainerId } from '../core/index.ts';
import type { LogLevel } from '../runtime/index.ts';
import type { AgentEffect, AgentEvent, Moment } from './protocol.ts';
import type { AgentState } from './state.ts';

/** What follows from a command: changes first, then what the shell does. */
export interface Decision {
  readonly events: readonly AgentEvent[];
  readonly effects: readonly AgentEffect[];
}

/**
 * A decision in the making. It collects and never changes the state, so a rule that needs what an earlier rule of the
 * same command brings about is told so by its caller.
 */
export class Draft implements Decision {
  readonly events: AgentEvent[] = [];
  readonly effects: AgentEffect[] = [];
  readonly now: Moment;
  readonly #state: AgentState;
  #drawn = 0;

  constructor(state: AgentState, now: Moment) {
    this.#state = state;
    this.now = now;
  }

  event(event: AgentEvent): void {
    this.events.push(event);
  }

  effect(effect: AgentEffect): void {
    this.effects.push(effect);
  }

  log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.effects.push({ type: 'log', level, message, fields });
  }

  /** A UUID that this agent has never used. */
  newId(): string {
    this.#drawn += 1;
    return countedUuid(this.#state.idBase, this.#state.idsDrawn + this.#drawn);
  }

  newContainerId(): ContainerId {
    return ContainerId(this.newId());
  }

  /** Everything that was decided. Call it once, last. */
  finish(): Decision {
    if (this.#drawn > 0) this.event({ type: 'idsDrawn', count: this.#drawn });
    return this;
  }
}

/**
 * The UUID `count` places after `base`: its last 48 bits count, the rest is as random as `base`. So ids need no chance
 * of their own, and a replay makes the same ones.
 */
export function countedUuid(base: string, count: number): string {
  const node = (Number.parseInt(base.slice(-12), 16) + count) % 2 ** 48;
  return base.slice(0, -12) + node.toString(16).padStart(12, '0');
}
