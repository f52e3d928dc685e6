import { defineConfig } from 'tsup';

type Config = ReturnType<typeof defineConfig>;

/** One entry per entry point of the package, all ESM, sharing chunks; rxjs, immer and fast-check stay external. */
const config: Config = defineConfig({
  entry: {
    index: 'src/index.ts',
    resources: 'src/resources/index.ts',
    allocator: 'src/allocator/index.ts',
    protocol: 'src/protocol/index.ts',
    wire: 'src/protocol/wire/index.ts',
    api: 'src/master/api/index.ts',
    master: 'src/master/index.ts',
    agent: 'src/agent/index.ts',
    scheduler: 'src/scheduler/index.ts',
    testing: 'src/testing/index.ts',
    // Not an entry point of the package: what the process of an agent of its own runs.
    'agent-process': 'src/cluster/agent-process.ts',
  },
  format: ['esm'],
  target: 'node20',
  dts: process.env['ALTIPLANO_BUILD_TYPES'] !== 'no',
  splitting: true,
  clean: true,
  removeNodeProtocol: false,
});

export default config;
