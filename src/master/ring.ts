/** A queue that grows as needed; both ends cost the same however long it is. */
export class Ring<T> implements Iterable<T> {
  /** A power of two in length; what lies outside `#length` items from `#start` is `undefined`. */
  #items: (T | undefined)[] = Array.from({ length: 16 });
  #start = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    if (this.#length === this.#items.length) this.#grow();
    this.#items[(this.#start + this.#length) & (this.#items.length - 1)] = item;
    this.#length += 1;
  }

  /** The oldest item, or `undefined` if there is none. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#items[this.#start];
    this.#items[this.#start] = undefined;
    this.#start = (this.#start + 1) & (this.#items.length - 1);
    this.#length -= 1;
    return item;
  }

  /** Oldest first. */
  *[Symbol.iterator](): Iterator<T> {
    for (let index = 0; index < this.#length; index++) {
      const item = this.#items[(this.#start + index) & (this.#items.length - 1)];
      if (item !== undefined) yield item;
    }
  }

  #grow(): void {
    const items: (T | undefined)[] = [...this];
    const capacity = this.#items.length * 2;
    while (items.length < capacity) items.push(undefined);
    this.#items = items;
    this.#start = 0;
  }
}
