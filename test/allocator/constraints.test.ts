import { expect, test } from 'vitest';
import { AgentId, FrameworkId, InvalidArgument } from '../../src/core/index.ts';
import type { ConstraintGroup } from '../../src/offers/index.ts';
import { parseAttributes, Resources } from '../../src/resources/index.ts';
import { AGENT_CAPABILITIES, createFleet } from './fleet.ts';

const A1 = AgentId('a1');
const F1 = FrameworkId('f1');
const TINY = 'cpus:1;mem:128';
const has = (name: string): readonly ConstraintGroup[] => [
  [{ selector: { type: 'attribute', name }, predicate: { type: 'exists' } }],
];
const onHost = (value: string): readonly ConstraintGroup[] => [
  [{ selector: { type: 'hostname' }, predicate: { type: 'textEquals', value } }],
];
const info = (attributes: string, hostname = 'a1') => ({
  hostname,
  total: Resources.parse(TINY),
  attributes: parseAttributes(attributes),
  capabilities: AGENT_CAPABILITIES,
});

test('constraints are of one role, those of roles that the framework has not are ignored', () => {
  const fleet = createFleet();
  fleet.addFramework('f1', ['r', 's'], { offerConstraints: { r: onHost('a2'), t: onHost('a3') } });
  fleet.addAgent('a1', TINY);
  expect(fleet.told()).toEqual([`f1 s a1 cpus:1; mem:128`]);
});

test('whom constraints keep out does not keep others out', () => {
  const fleet = createFleet();
  fleet.addFramework('f1', ['r'], { offerConstraints: { r: has('ssd') } });
  fleet.addFramework('f2', ['r']);
  fleet.addAgent('a1', TINY);
  fleet.addAgent('a2', TINY, { attributes: parseAttributes('ssd:1') });
  expect(fleet.told()).toEqual(['f1 r a2 cpus:1; mem:128', 'f2 r a1 cpus:1; mem:128']);
});

test('constraints hold where reservations are, too', () => {
  const fleet = createFleet();
  fleet.addFramework('f1', ['r'], { offerConstraints: { r: onHost('a2') } });
  fleet.addAgent('a1', 'cpus(r):1;mem:128');
  expect(fleet.told(1_000)).toEqual([]);
});

test('an agent that describes itself otherwise is judged anew, also one in the place of another', () => {
  const fleet = createFleet();
  fleet.addFramework('f1', ['r'], { offerConstraints: { r: has('ssd') } });
  fleet.addAgent('a1', TINY);
  expect(fleet.told()).toEqual([]);
  fleet.allocator.updateAgent(A1, info('ssd:1'));
  const [offer] = fleet.offers();
  expect(offer?.agent).toBe('a1');
  if (offer !== undefined) fleet.recover(offer);
  fleet.allocator.updateAgent(A1, info('disk:1'));
  expect(fleet.told(1_000)).toEqual([]);
  fleet.allocator.removeAgent(A1);
  fleet.addAgent('a2', TINY, { attributes: parseAttributes('ssd:1') });
  expect(fleet.told()).toHaveLength(1);
});

test('an agent that has moved to another host is judged anew', () => {
  const fleet = createFleet();
  fleet.addFramework('f1', ['r'], { offerConstraints: { r: onHost('a2') } });
  fleet.addAgent('a1', TINY);
  expect(fleet.told()).toEqual([]);
  fleet.allocator.updateAgent(A1, info('', 'a2'));
  expect(fleet.told()).toHaveLength(1);
});

test('constraints end with an update that has none, and with the role', () => {
  const fleet = createFleet();
  const { allocator } = fleet;
  const capabilities = ['MULTI_ROLE'];
  fleet.addFramework('f1', ['r', 's'], { offerConstraints: { r: has('ssd'), s: has('ssd') } });
  fleet.addAgent('a1', TINY);
  expect(fleet.told()).toEqual([]);
  allocator.updateFramework(F1, { roles: ['s'], capabilities, offerConstraints: { s: has('ssd') } });
  allocator.updateFramework(F1, { roles: ['s', 'r'], capabilities, offerConstraints: { s: has('ssd') } });
  const [offer] = fleet.offers(1_000);
  expect(offer?.role).toBe('r');
  if (offer !== undefined) fleet.recover(offer);
  allocator.updateFramework(F1, { roles: ['s'], capabilities });
  expect(fleet.told(1_000)).toEqual(['f1 s a1 cpus:1; mem:128']);
});

test('many agents and many frameworks of one kind', () => {
  const fleet = createFleet();
  for (let i = 0; i < 20; i++) fleet.addFramework(`f${i}`, ['r'], { offerConstraints: { r: onHost('a199') } });
  for (let i = 0; i < 200; i++) fleet.addAgent(`a${i}`, TINY);
  const [offer, ...others] = fleet.offers();
  expect([offer?.agent, others]).toEqual(['a199', []]);
  for (let i = 0; i < 19; i++) fleet.allocator.removeFramework(FrameworkId(`f${i}`));
  if (offer !== undefined && offer.framework === 'f19') fleet.recover(offer);
  expect(fleet.told(1_000)).toEqual(['f19 r a199 cpus:1; mem:128']);
});

test('constraints that are not valid are refused before anything has changed', () => {
  const fleet = createFleet();
  const bad = { roles: ['r'], capabilities: [], offerConstraints: { r: has('ssd'), s: [] } };
  const options = { active: true, used: new Map() };
  expect(() => fleet.allocator.addFramework(F1, bad, options)).toThrow(InvalidArgument);
  expect(() => fleet.allocator.addFramework(F1, bad, options)).toThrow('offerConstraints.s: expected a list');
  expect(fleet.allocator.framework(F1)).toBeUndefined();
  fleet.addFramework('f1', ['r']);
  expect(() => fleet.allocator.updateFramework(F1, bad)).toThrow('offerConstraints.s: expected a list');
  fleet.addAgent('a1', TINY);
  expect(fleet.told()).toHaveLength(1);
});

test('agents of another region are for frameworks that are aware of regions', () => {
  const fleet = createFleet({ masterRegion: 'eu' });
  fleet.addFramework('f1', ['r']);
  fleet.addAgent('a1', TINY, { domain: { region: 'us', zone: 'us-1' } });
  fleet.addAgent('a2', TINY, { domain: { region: 'eu', zone: 'eu-2' } });
  fleet.addAgent('a3', TINY);
  expect(fleet.offers().map(({ agent }) => agent)).toEqual(expect.arrayContaining(['a2', 'a3']));
  fleet.addFramework('f2', ['r'], { capabilities: ['MULTI_ROLE', 'REGION_AWARE'] });
  expect(fleet.told()).toEqual(['f2 r a1 cpus:1; mem:128']);
});

test('without a region of the master there are none', () => {
  const fleet = createFleet();
  fleet.addFramework('f1', ['r']);
  fleet.addAgent('a1', TINY, { domain: { region: 'us', zone: 'us-1' } });
  expect(fleet.told()).toHaveLength(1);
});
