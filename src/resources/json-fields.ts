import { InvalidArgument } from '../core/index.ts';

/** One value of a JSON document, which knows its path in it; `null` counts as absent. */
export class JsonField {
  readonly value: unknown;
  readonly #parent: JsonField | undefined;
  readonly #name: string | number;

  private constructor(parent: JsonField | undefined, name: string | number, value: unknown) {
    this.value = value;
    this.#parent = parent;
    this.#name = name;
  }

  /** The whole document, which messages call `name`. */
  static root(name: string, value: unknown): JsonField {
    return new JsonField(undefined, name, value);
  }

  /** Such as `resources[2].scalar.value`; put together only when something is wrong. */
  get path(): string {
    if (this.#parent === undefined) return String(this.#name);
    const step = typeof this.#name === 'number' ? `[${this.#name}]` : `.${this.#name}`;
    return `${this.#parent.path}${step}`;
  }

  /** A field of an object. @throws InvalidArgument if this is no object */
  get(name: string): JsonField {
    return new JsonField(this, name, this.object()[name]);
  }

  /** As {@link get}, or `undefined` if there is no such field. */
  optional(name: string): JsonField | undefined {
    const value = this.object()[name];
    return value === undefined || value === null ? undefined : new JsonField(this, name, value);
  }

  object(): Readonly<Record<string, unknown>> {
    return isRecord(this.value) ? this.value : this.fail('an object');
  }

  array(): readonly JsonField[] {
    if (!Array.isArray(this.value)) return this.fail('an array');
    return this.value.map((value, i) => new JsonField(this, i, value));
  }

  string(): string {
    return typeof this.value === 'string' ? this.value : this.fail('a string');
  }

  number(): number {
    return typeof this.value === 'number' ? this.value : this.fail('a number');
  }

  /** An integer from 0 to 2^53 - 1, as a number or in decimal digits. */
  integer(): number {
    const digits = typeof this.value === 'string' && /^\d+$/.test(this.value);
    const value = digits ? Number(this.value) : this.value;
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.fail(`an integer from 0 to ${Number.MAX_SAFE_INTEGER}`);
  }

  oneOf<T extends string>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.value);
    return found ?? this.fail(`one of ${choices.join(', ')}`);
  }

  /** @throws InvalidArgument saying what was expected here, and what came */
  fail(expected: string): never {
    throw new InvalidArgument(this.path, `expected ${expected}, got ${described(this.value)}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (isRecord(value)) return 'an object';
  if (typeof value === 'number') return String(value);
  return JSON.stringify(value) ?? typeof value;
}
