import { describe, expect, test } from 'vitest';
import type { AgentOptions } from '../../src/agent/index.ts';
import { InvalidArgument } from '../../src/core/index.ts';
import { type Resource, Resources } from '../../src/resources/index.ts';
import { createWorld } from './agent-world.ts';

const VOLUME: Resource = {
  name: 'disk',
  value: { type: 'SCALAR', milli: 64_000 },
  reservations: [{ type: 'STATIC', role: 'dev' }],
  disk: { persistence: { id: 'v1' } },
};

const faults: readonly (readonly [Partial<AgentOptions>, string])[] = [
  [{ hostname: ' ' }, 'hostname: expected a name, got " "'],
  [{ resources: Resources.empty }, 'resources: expected at least one resource, got none'],
  [
    { resources: Resources.parse('cpus:1').allocate('dev') },
    'resources: expected nothing allocated, got cpus(allocated: dev):1',
  ],
  [
    { resources: Resources.parse('cpus:1').pushReservation({ type: 'DYNAMIC', role: 'dev' }) },
    'resources: expected nothing dynamically reserved, got cpus(reservations: [(DYNAMIC,dev)]):1',
  ],
  [
    { resources: Resources.of(VOLUME) },
    'resources: expected no persistent volume, got disk(reservations: [(STATIC,dev)])[v1]:64',
  ],
  [
    {
      resources: Resources.of({
        name: 'cpus',
        value: VOLUME.value,
        reservations: VOLUME.reservations,
        revocable: true,
      }),
    },
    'resources: expected nothing revocable to be reserved, got cpus(reservations: [(STATIC,dev)]){REV}:64',
  ],
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
