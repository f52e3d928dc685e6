import { expect, test } from 'vitest';
import { ruleOf } from '../../src/testing/simulation-rule.ts';

test.for([
  ['T3: task t1 of framework f1 has ended as TASK_FAILED, and is told TASK_RUNNING after that', 'T3'],
  ['L1: agent a1 does not come back; R1: task f/t is TASK_RUNNING in the books, and on no agent', 'L1'],
  ['After accept: A1: agent S0 has cpus:1, of which cpus:2 are offered or used; A3: the figures differ', 'A1'],
  ['Cannot read properties of undefined', 'error'],
  ['Z9: nothing has this number', 'error'],
  ['T9: nor this', 'error'],
] as const)('ruleOf(%j) is %s', ([violation, rule]) => {
  expect(ruleOf(violation)).toBe(rule);
});
