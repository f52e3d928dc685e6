import { describe, expect, test } from 'vitest';
import { createCluster } from '../../src/cluster/index.ts';
import {
  type AgentOptions,
  type ClusterOptions,
  checkClusterOptions,
  machineShare,
  planAgent,
  planAgents,
} from '../../src/cluster/options.ts';
import { Quantities, Resources } from '../../src/resources/index.ts';
import { silentLog } from '../../src/runtime/index.ts';

const MACHINE = { cpus: 8, memMb: 16_000, diskMb: 100_000 };

describe('checkClusterOptions()', () => {
  test.for([
    [null, /^options: expected an object, got null/],
    [{ agent: 3 }, /^agent: expected one of agents, weights, .*is agents meant\?/],
    [{ workDir: 5 }, /^workDir: expected the path of a folder, got 5/],
    [{ log: true }, /^log: expected an object with a method log, such as consoleLog\(\), got true/],
    [{ minAllocatable: ['cpus:1'] }, /^minAllocatable: expected a list such as .*got \["cpus:1"\]/],
  ] as const)('%j is refused with the field at fault', ([options, message]) => {
    expect(() => checkClusterOptions(options as unknown as ClusterOptions)).toThrow(message);
  });

  test('what is documented is taken', () => {
    expect(() =>
      checkClusterOptions({
        agents: 2,
        workDir: '/tmp/x',
        minAllocatable: [Quantities.parse('cpus:1')],
        maxOffersPerRound: 3,
        agentOrder: 'packing',
        sorter: 'random',
        log: silentLog,
      }),
    ).not.toThrow();
  });
});

test.for([
  [{ maxOffersPerRound: 0 }, 'maxOffersPerRound: expected a whole number of 1 or more, got 0'],
  [{ agentOrder: 'tight' as never }, 'agentOrder: expected random, packing or spreading, got "tight"'],
  [{ sorter: 'fair' as never }, 'sorter: expected drf or random, got "fair"'],
] as const)('what the allocator is to know reaches it: %j', async ([options, message]) => {
  await expect(createCluster({ agents: 0, ...options })).rejects.toThrow(message);
});

describe('planAgents()', () => {
  test('a number makes so many agents that share the machine evenly, each with ports of its own', () => {
    const plans = planAgents(2, MACHINE);
    expect(plans.map((plan) => plan.hostname)).toEqual(['agent-1', 'agent-2']);
    expect(plans.map((plan) => plan.resources.toString())).toEqual([
      'cpus:4; mem:8000; disk:50000; ports:[31000-31499]',
      'cpus:4; mem:8000; disk:50000; ports:[31500-31999]',
    ]);
  });

  test('no agents named means one; zero means none', () => {
    expect(planAgents(undefined, MACHINE)).toHaveLength(1);
    expect(planAgents(0, MACHINE)).toEqual([]);
  });

  test('an agent gets at least one CPU, however many there are', () => {
    expect(machineShare(MACHINE, { index: 0, of: 100 }).cpus).toBe(1);
  });

  test('more agents than ports leaves them without ports rather than with shared ones', () => {
    expect(machineShare(MACHINE, { index: 0, of: 2_000 }).ports).toEqual([]);
  });

  test.for([
    [-1, 'agents: expected a whole number of 0 or more, or a list, got -1'],
    [1.5, 'agents: expected a whole number of 0 or more, or a list, got 1.5'],
  ] as const)('%s agents are refused', ([agents, message]) => {
    expect(() => planAgents(agents, MACHINE)).toThrow(message);
  });

  test.for([
    [{ resources: 'cpus' }, /^agents\[0\]\.resources: /],
    [{ resources: 'cpus:0' }, /^agents\[0\]\.resources: expected at least one resource, got none/],
    [{ attributes: 'rack' }, /^agents\[0\]\.attributes: /],
    [{ hostname: ' ' }, /^agents\[0\]\.hostname: expected a name, got " "/],
    [{ hostname: '../a' }, /^agents\[0\]\.hostname: expected a name that a folder can have, got "\.\.\/a": /],
    [{ hostname: '.a' }, /^agents\[0\]\.hostname: .*starts with a dot/],
    [{ process: 'own', executors: { resize: { launch: () => undefined } } }, /^agents\[0\]\.executors: .*got resize/],
  ] as const)('%j is refused with the field at fault', ([options, message]) => {
    expect(() => planAgents([options], MACHINE)).toThrow(message);
  });

  test.for([
    [{ name: 'x' }, /^agents\[0\]\.name: expected one of hostname, resources, .*got name/],
    [{ resource: 'cpus:1' }, /^agents\[0\]\.resource: .*is resources meant\?/],
    [{ resources: 5 }, /^agents\[0\]\.resources: expected a text such as "cpus:4;mem:2048", or Resources, got 5/],
    [{ attributes: { rack: 'r1' } }, /^agents\[0\]\.attributes: expected a text such as .*got {"rack":"r1"}/],
    [null, /^agents\[0\]: expected an object, got null/],
  ] as const)('%j, from a program without types, is refused with the field at fault', ([options, message]) => {
    expect(() => planAgents([options as AgentOptions], MACHINE)).toThrow(message);
  });

  test('two agents of one name are refused', () => {
    expect(() => planAgents([{ hostname: 'a' }, { hostname: 'a' }], MACHINE)).toThrow(
      'agents[1].hostname: expected a name of its own, got "a" again',
    );
  });

  test('a name given by hand is not given again by number', () => {
    const context = { field: 'agent', others: [{ hostname: 'agent-2' }], defaultResources: Resources.parse('cpus:1') };
    expect(planAgent({}, context).hostname).toBe('agent-3');
  });
});
