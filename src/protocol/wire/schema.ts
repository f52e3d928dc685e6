import { entriesByName, InvariantViolation, invariant } from '../../core/index.ts';
import { AGENT_DEFINITIONS } from './definitions/agent.ts';
import { EXECUTOR_DEFINITIONS } from './definitions/executor.ts';
import { MASTER_DEFINITIONS } from './definitions/master.ts';
import { MESOS_DEFINITIONS } from './definitions/mesos.ts';
import { ALLOCATOR_DEFINITIONS, MAINTENANCE_DEFINITIONS, QUOTA_DEFINITIONS } from './definitions/operations.ts';
import { SCHEDULER_DEFINITIONS } from './definitions/scheduler.ts';

/**
 * The messages of Mesos's v1 API as data; both encodings read them from here.
 *
 * In the notation of `definitions/`, a definition is `message Name: fields` or `enum Name: names with numbers`; a line
 * that is indented goes on with the one before. A field is `name number type`, after which `!` says that it is required,
 * `*` that there may be any number of it, `=x` what it is if it is not set, and `~` that it is out of date. `{type}` is a
 * map from strings. A type is looked for in the message that the field is in, then in those around that, then in the
 * package, then in `mesos.v1`.
 */
const PACKAGES: Readonly<Record<string, string>> = {
  '': MESOS_DEFINITIONS,
  scheduler: SCHEDULER_DEFINITIONS,
  executor: EXECUTOR_DEFINITIONS,
  master: MASTER_DEFINITIONS,
  agent: AGENT_DEFINITIONS,
  maintenance: MAINTENANCE_DEFINITIONS,
  quota: QUOTA_DEFINITIONS,
  allocator: ALLOCATOR_DEFINITIONS,
  'google.protobuf': 'message Duration: seconds 1 int64, nanos 2 int32',
};

const ROOT = 'mesos.v1.';

const SCALARS = ['string', 'bytes', 'bool', 'double', 'int32', 'uint32', 'int64', 'uint64'] as const;

export type ScalarType = (typeof SCALARS)[number];

/** @see PACKAGES for the names of types: `scheduler.Call`, `Offer.Operation` */
export class MessageType {
  readonly kind = 'message';
  readonly name: string;
  readonly fields: readonly Field[];
  readonly #byName: ReadonlyMap<string, Field>;
  readonly #byNumber: ReadonlyMap<number, Field>;

  constructor(name: string, fields: readonly Field[]) {
    this.name = name;
    this.fields = fields;
    this.#byName = new Map(fields.map((field) => [field.name, field]));
    this.#byNumber = new Map(fields.map((field) => [field.number, field]));
  }

  field(name: string): Field | undefined {
    return this.#byName.get(name);
  }

  numbered(number: number): Field | undefined {
    return this.#byNumber.get(number);
  }
}

export class EnumType {
  readonly kind = 'enum';
  readonly name: string;
  readonly numbers: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<number, string>;

  constructor(name: string, numbers: ReadonlyMap<string, number>) {
    this.name = name;
    this.numbers = numbers;
    this.names = new Map([...numbers].map(([each, number]) => [number, each]));
  }
}

export type FieldType = ScalarType | MessageType | EnumType;

export class Field {
  readonly name: string;
  readonly number: number;
  readonly label: 'required' | 'optional' | 'repeated' | 'map';
  readonly isDeprecated: boolean;
  readonly #findType: () => FieldType;
  readonly #defaultText: string | undefined;
  #type: FieldType | undefined;

  constructor(notation: FieldNotation, findType: () => FieldType) {
    this.name = notation.name;
    this.number = notation.number;
    this.label = notation.label;
    this.isDeprecated = notation.isDeprecated;
    this.#defaultText = notation.defaultText;
    this.#findType = findType;
  }

  /** Of an element, if there may be several. */
  get type(): FieldType {
    this.#type ??= this.#findType();
    return this.#type;
  }

  /** What it is taken to be where it is not set, if the definition says so. */
  get defaultValue(): string | number | boolean | undefined {
    const text = this.#defaultText;
    if (text === undefined || this.type === 'string' || typeof this.type !== 'string') return text;
    return this.type === 'bool' ? text === 'true' : Number(text);
  }
}

interface FieldNotation {
  readonly name: string;
  readonly number: number;
  readonly typeName: string;
  readonly label: Field['label'];
  readonly defaultText: string | undefined;
  readonly isDeprecated: boolean;
}

/**
 * @param name with its package, without `mesos.v1`
 * @throws InvariantViolation if there is none
 */
export function messageType(name: string): MessageType {
  const type = types().get(name);
  invariant(type?.kind === 'message', `expected the name of a message, got ${name}`);
  return type;
}

/** As {@link messageType}. */
export function enumType(name: string): EnumType {
  const type = types().get(name);
  invariant(type?.kind === 'enum', `expected the name of an enum, got ${name}`);
  return type;
}

let known: ReadonlyMap<string, MessageType | EnumType> | undefined;

/** Read when the first is asked for: who does not speak the wire does not pay for it. */
function types(): ReadonlyMap<string, MessageType | EnumType> {
  known ??= readDefinitions();
  return known;
}

function readDefinitions(): ReadonlyMap<string, MessageType | EnumType> {
  const found = new Map<string, MessageType | EnumType>();
  for (const [packageName, definitions] of entriesByName(PACKAGES)) {
    for (const line of definitions
      .replace(/\n {2}/g, ' ')
      .trim()
      .split('\n')) {
      const [, kind, shortName = '', , body = ''] = /^(message|enum) ([\w.]+)(: (.*))?$/.exec(line) ?? [];
      invariant(kind !== undefined, `expected a definition, got ${line}`);
      const name = packageName === '' ? shortName : `${packageName}.${shortName}`;
      const parts = body === '' ? [] : body.split(', ');
      if (kind === 'enum') found.set(name, new EnumType(name, new Map(parts.map(readEnumValue))));
      else
        found.set(
          name,
          new MessageType(
            name,
            parts.map((part) => readField(part, name, found)),
          ),
        );
    }
  }
  return found;
}

function readEnumValue(part: string): readonly [string, number] {
  const [name = '', number] = part.split(' ');
  return [name, Number(number)];
}

function readField(part: string, messageName: string, found: ReadonlyMap<string, MessageType | EnumType>): Field {
  const notation = readFieldNotation(part);
  return new Field(notation, () => findType(notation.typeName, messageName, found));
}

function readFieldNotation(part: string): FieldNotation {
  const [, name, number, mapOf, plain = '', mark, , defaultText, old] =
    /^(\w+) (\d+) (?:\{([\w.]+)\}|([\w.]+))([!*])?(=([^~]+))?(~)?$/.exec(part) ?? [];
  invariant(name !== undefined, `expected a field, got ${part}`);
  const label = mapOf !== undefined ? 'map' : mark === '!' ? 'required' : mark === '*' ? 'repeated' : 'optional';
  return {
    name,
    number: Number(number),
    typeName: mapOf ?? plain,
    label,
    defaultText,
    isDeprecated: old !== undefined,
  };
}

function findType(
  typeName: string,
  messageName: string,
  found: ReadonlyMap<string, MessageType | EnumType>,
): FieldType {
  const scalar = SCALARS.find((each) => each === typeName);
  if (scalar !== undefined) return scalar;
  // Whole names are there where a shorter one means something nearer.
  const scopes = typeName.startsWith(ROOT) ? [] : messageName.split('.');
  const wanted = typeName.startsWith(ROOT) ? typeName.slice(ROOT.length) : typeName;
  for (let depth = scopes.length; depth >= 0; depth--) {
    const type = found.get([...scopes.slice(0, depth), wanted].join('.'));
    if (type !== undefined) return type;
  }
  throw new InvariantViolation(`${messageName}: expected the name of a type, got ${typeName}`);
}
