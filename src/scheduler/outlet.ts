import { Observable, type Subscriber } from './observable.ts';

export interface OutletOptions<T> {
  /** How many items are kept while nobody is subscribed. 0: none, the stream is for watching only. */
  readonly keepMax: number;
  /** After every subscriber has been given the item; one that throws has been given it, too. */
  readonly onDelivered?: (item: T) => void;
  /** The item did not fit any more and is gone. */
  readonly onOverflow?: (item: T) => void;
  /** What each new subscriber is given first, such as the state by now. */
  readonly greeting?: () => T;
  /** What is left of a kept item by the time that somebody subscribes; `undefined` if nothing. */
  readonly refresh?: (item: T) => T | undefined;
}

/**
 * A hot stream that loses nothing to the order of subscriptions: an item goes to all that are subscribed when it
 * comes, and if there is none it is kept, in order, for the next one that subscribes. So `firstValueFrom` called
 * twice sees two different items.
 */
export class Outlet<T> {
  readonly stream$: Observable<T>;
  readonly #options: OutletOptions<T>;
  readonly #subscribers = new Set<Subscriber<T>>();
  #kept: T[] = [];
  #flushing = false;
  #end: { readonly error: Error | undefined } | undefined;

  constructor(options: OutletOptions<T>) {
    this.#options = options;
    this.stream$ = new Observable<T>((subscriber) => this.#subscribed(subscriber));
  }

  push(item: T): void {
    if (this.#end !== undefined) return;
    if (this.#subscribers.size > 0 && !this.#flushing) this.#deliver(item);
    else if (this.#kept.length < this.#options.keepMax) this.#kept.push(item);
    else this.#options.onOverflow?.(item);
  }

  /** Completes the stream, or fails it with `error`; what was kept is dropped. */
  end(error: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#kept = [];
    const subscribers = [...this.#subscribers];
    this.#subscribers.clear();
    for (const subscriber of subscribers) finish(subscriber, error);
  }

  #subscribed(subscriber: Subscriber<T>): () => void {
    if (this.#end !== undefined) {
      finish(subscriber, this.#end.error);
    } else {
      if (this.#options.greeting !== undefined) subscriber.next(this.#options.greeting());
      this.#subscribers.add(subscriber);
      this.#flush();
    }
    return () => this.#subscribers.delete(subscriber);
  }

  /** Hands out what was kept, until it is all gone or nobody listens any more. */
  #flush(): void {
    if (this.#flushing || this.#kept.length === 0) return;
    this.#flushing = true;
    let next = 0;
    // What comes meanwhile is appended, and so is part of this loop; `end` may replace the array.
    while (next < this.#kept.length && this.#hasListener()) {
      const item = this.#kept[next];
      next += 1;
      if (item === undefined) continue;
      const fresh = this.#options.refresh === undefined ? item : this.#options.refresh(item);
      if (fresh !== undefined) this.#deliver(fresh);
    }
    this.#kept = this.#kept.slice(next);
    this.#flushing = false;
  }

  /** A subscriber that `take(1)` has closed inside `subscribe` is still in the set: its teardown comes later. */
  #hasListener(): boolean {
    for (const subscriber of this.#subscribers) if (!subscriber.closed) return true;
    return false;
  }

  #deliver(item: T): void {
    // Whoever subscribes on account of this item gets the next one first.
    const subscribers = [...this.#subscribers];
    for (const subscriber of subscribers) subscriber.next(item);
    this.#options.onDelivered?.(item);
  }
}

function finish<T>(subscriber: Subscriber<T>, error: Error | undefined): void {
  if (error === undefined) subscriber.complete();
  else subscriber.error(error);
}
