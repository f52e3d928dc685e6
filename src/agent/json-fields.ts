import { InvalidArgument } from '../core/index.ts';

/** The fields of one JSON object, read one by one; each fault names its path. */
export class JsonFields {
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #path: string;

  /** @throws InvalidArgument if `json` is no object */
  constructor(json: unknown, path: string) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new InvalidArgument(path, `expected an object, got ${JSON.stringify(json)}`);
    }
    this.#fields = new Map(Object.entries(json));
    this.#path = path;
  }

  get(name: string): unknown {
    return this.#fields.get(name);
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  path(name: string): string {
    return `${this.#path}.${name}`;
  }

  /** @throws InvalidArgument if it is not there, or no text */
  text(name: string): string {
    const value = this.get(name);
    if (typeof value !== 'string') throw this.#expected('a string', name);
    return value;
  }

  /** @throws InvalidArgument if it is not there, or no finite number */
  number(name: string): number {
    const value = this.get(name);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#expected('a number', name);
    return value;
  }

  /** @throws InvalidArgument if it is not there, or neither true nor false */
  boolean(name: string): boolean {
    const value = this.get(name);
    if (typeof value !== 'boolean') throw this.#expected('true or false', name);
    return value;
  }

  /** @throws InvalidArgument if it is not there, or no list */
  list(name: string): readonly unknown[] {
    const value = this.get(name);
    if (!Array.isArray(value)) throw this.#expected('a list', name);
    return value;
  }

  /** @throws InvalidArgument if it is none of `choices` */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.get(name);
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw this.#expected(`one of ${choices.join(', ')}`, name);
    return choice;
  }

  #expected(what: string, name: string): InvalidArgument {
    return new InvalidArgument(this.path(name), `expected ${what}, got ${JSON.stringify(this.get(name))}`);
  }
}
