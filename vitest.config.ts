import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Named by whoever wants the results as JSON too. */
const report = process.env['ALTIPLANO_TEST_REPORT'];

/**
 * Two projects: `source` is what `npm test` runs; `package` packs and installs the built package, declarations
 * included, and is part of `npm run verify`.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // By default one core is left idle, which is half of a small machine.
    maxWorkers: '100%',
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    server: { deps: { external: [/\/dist\//] } },
    projects: [
      { extends: true, test: { name: 'source', include: ['test/**/*.test.ts'], exclude: ['test/package/**'] } },
      {
        extends: true,
        test: { name: 'package', include: ['test/package/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
});

export default config;
