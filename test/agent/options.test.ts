import { describe, expect, test } from 'vitest';
import type { AgentOptions } from '../../src/agent/index.ts';
import { InvalidArgument } from '../../src/core/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { createWorld } from './agent-world.ts';

const faults: readonly (readonly [Partial<AgentOptions>, string])[] = [
  [{ hostname: ' ' }, 'hostname: expected a name, got " "'],
  [{ resources: Resources.empty }, 'resources: expected at least one resource, got none'],
  [{ resources: Resources.parse('cpus:1').allocate('dev') }, 'resources: expected nothing allocated, got cpus of dev'],
  [{ registrationBackoffMs: -1 }, 'registrationBackoffMs: expected a number of 0 or more, got -1'],
  [{ pingTimeoutMs: 0 }, 'pingTimeoutMs: expected a number above 0, got 0'],
  [{ gcDelayMs: Number.NaN }, 'gcDelayMs: expected a number of 0 or more, got NaN'],
  [{ gcDiskHeadroom: 1.5 }, 'gcDiskHeadroom: expected a share of 0 to 1, got 1.5'],
  [
    { statusUpdateRetryMs: Number.POSITIVE_INFINITY },
    'statusUpdateRetryMs: expected a number of 0 or more, got Infinity',
  ],
];

describe('createAgent()', () => {
  test.for(faults)('refuses %o before it does anything', ([options, message]) => {
    const world = createWorld();
    expect(() => world.start(options)).toThrow(InvalidArgument);
    expect(() => world.start(options)).toThrow(message);
    expect(world.directory.files.size).toBe(0);
    expect(world.clock.pending).toBe(0);
  });
});
