import { describe, expect, test } from 'vitest';
import { AgentId, identifierError, MesosError, TaskId } from '../../src/core/index.ts';

describe('identifiers', () => {
  test.for(['t1', 'a b', 'ä', '...', 'x'.repeat(255), '日'.repeat(85)])('%s is one, and stays as it is', (text) => {
    expect(TaskId(text)).toBe(text);
  });

  test.for([
    ['', 'ID must not be empty'],
    ['.', "'.' is disallowed"],
    ['..', "'..' is disallowed"],
    ['a/b', 'contains invalid characters'],
    ['a\\b', 'contains invalid characters'],
    ['a\nb', 'contains invalid characters'],
    ['a\u007f', 'contains invalid characters'],
    ['x'.repeat(256), 'ID must not be greater than 255'],
    // Bytes count, not characters: three each.
    ['日'.repeat(86), 'ID must not be greater than 255'],
  ] as const)('%j is none', ([text, why]) => {
    expect(identifierError(text)).toContain(why);
    expect(() => AgentId(text)).toThrow(MesosError);
    expect(() => AgentId(text)).toThrow(`Invalid agent id ${JSON.stringify(text)}: `);
  });
});
