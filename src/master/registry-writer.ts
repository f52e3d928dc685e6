import { unreachable } from '../core/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { RegistryWrite } from './protocol.ts';
import type { Registry, RegistryState } from './registry.ts';

/** Between two tries, in milliseconds; doubles each time. */
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 10_000;

/** What a master hears of its registry; never within a call of the writer. */
export interface RegistryNews {
  onRecovered(registry: RegistryState): void;
  onWritten(write: RegistryWrite): void;
  onFailed(reason: string): void;
  /** Another master has taken over: nothing will be written any more. */
  onSuperseded(): void;
}

/**
 * Writes to a registry in batches: what comes while a write is under way goes along with the next. What fails is tried
 * again until it succeeds; what depends on it waits for as long.
 *
 * @see Mesos `src/master/registrar.cpp`
 */
export class RegistryWriter {
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #news: RegistryNews;
  #epoch: number | undefined;
  #waiting: RegistryWrite[] = [];
  #isBusy = false;
  #isClosed = false;
  #retryMs = RETRY_MS_MIN;
  #retry: Disposable | undefined;

  constructor(ports: { readonly registry: Registry; readonly clock: Clock }, news: RegistryNews) {
    this.#registry = ports.registry;
    this.#clock = ports.clock;
    this.#news = news;
  }

  recover(): void {
    this.#registry.recover((recovery) => {
      if (this.#isClosed) return;
      if (recovery.type === 'failed') {
        this.#tryAgain(recovery.reason, () => this.recover());
        return;
      }
      this.#retryMs = RETRY_MS_MIN;
      this.#epoch = recovery.epoch;
      this.#news.onRecovered(recovery.registry);
      this.#writeNext();
    });
  }

  /** In order, once the registry has been recovered. */
  write(write: RegistryWrite): void {
    this.#waiting.push(write);
    this.#writeNext();
  }

  /** Nothing is heard any more; whether what was under way is written, is open. */
  close(): void {
    this.#isClosed = true;
    this.#retry?.[Symbol.dispose]();
  }

  #writeNext(): void {
    if (this.#isBusy || this.#isClosed || this.#epoch === undefined || this.#waiting.length === 0) return;
    this.#isBusy = true;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#writeBatch(batch, this.#epoch);
  }

  #writeBatch(batch: readonly RegistryWrite[], epoch: number): void {
    const operations = batch.map(({ operation }) => operation);
    this.#registry.write({ epoch, operations }, (outcome) => {
      if (this.#isClosed) return;
      switch (outcome.type) {
        case 'written':
          this.#isBusy = false;
          this.#retryMs = RETRY_MS_MIN;
          for (const write of batch) this.#news.onWritten(write);
          return this.#writeNext();
        case 'failed':
          return this.#tryAgain(outcome.reason, () => this.#writeBatch(batch, epoch));
        case 'superseded':
          return this.#news.onSuperseded();
        default:
          return unreachable(outcome, 'RegistryOutcome');
      }
    });
  }

  #tryAgain(reason: string, again: () => void): void {
    this.#news.onFailed(reason);
    this.#retry = this.#clock.schedule(this.#retryMs, again);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX);
  }
}
