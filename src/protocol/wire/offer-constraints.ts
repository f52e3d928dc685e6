import { InvalidArgument } from '../../core/index.ts';
import type {
  AttributeConstraint,
  ConstraintPredicate,
  ConstraintSelector,
  OfferConstraints,
} from '../../offers/index.ts';
import { field, list, map, message, type WireCodec, within } from './codec.ts';
import type { WireMessage } from './message.ts';

const PSEUDOATTRIBUTES = { hostname: 'HOSTNAME', region: 'REGION', zone: 'ZONE' } as const;

const selector: WireCodec<ConstraintSelector> = {
  write: (value) =>
    value.type === 'attribute'
      ? { attribute_name: value.name }
      : { pseudoattribute_type: PSEUDOATTRIBUTES[value.type] },
  read(wire, path) {
    const { attribute_name: name, pseudoattribute_type: pseudoattribute } = wire as WireMessage;
    if ((name === undefined) === (pseudoattribute === undefined)) {
      const got = name === undefined ? 'neither' : 'both';
      throw new InvalidArgument(path, `expected attribute_name or pseudoattribute_type, got ${got}`);
    }
    if (typeof name === 'string') return { type: 'attribute', name };
    const type = (['hostname', 'region', 'zone'] as const).find((each) => PSEUDOATTRIBUTES[each] === pseudoattribute);
    if (type !== undefined) return { type };
    throw new InvalidArgument(
      `${path}.pseudoattribute_type`,
      `expected HOSTNAME, REGION or ZONE, got ${pseudoattribute as string}`,
    );
  },
};

/** Names of predicates on the wire, and the name of the field that they are about, if there is one. */
const PREDICATES = [
  ['exists', 'exists', undefined],
  ['notExists', 'not_exists', undefined],
  ['textEquals', 'text_equals', 'value'],
  ['textNotEquals', 'text_not_equals', 'value'],
  ['textMatches', 'text_matches', 'regex'],
  ['textNotMatches', 'text_not_matches', 'regex'],
] as const;

const predicate: WireCodec<ConstraintPredicate> = {
  write({ type, ...text }) {
    const [, wireName = type] = PREDICATES.find(([name]) => name === type) ?? [];
    return { [wireName]: { ...text } };
  },
  read(wire, path) {
    const set = PREDICATES.filter(([, wireName]) => (wire as WireMessage)[wireName] !== undefined);
    const [found] = set;
    if (found === undefined || set.length > 1) {
      const names = PREDICATES.map(([, wireName]) => wireName).join(', ');
      throw new InvalidArgument(path, `expected one of ${names}, got ${set.length}`);
    }
    const [type, wireName, textName] = found;
    const body = (wire as WireMessage)[wireName] as WireMessage;
    // The type and the name of its text belong together, and the definition has said that it is there.
    return (textName === undefined ? { type } : { type, [textName]: body[textName] }) as ConstraintPredicate;
  },
};

const constraint = message<AttributeConstraint>({
  selector: field('selector', selector),
  predicate: field('predicate', predicate),
});

const groups = within('groups', list(within('attribute_constraints', list(constraint), [])), []);

/** `OfferConstraints`: by role. */
export const offerConstraints: WireCodec<OfferConstraints> = within('role_constraints', map(groups), {});
