import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createProcessContainerizer } from '../../src/agent/containerizers/index.ts';
import { ContainerId } from '../../src/core/index.ts';
import { nodeClock } from '../../src/runtime/node/clock.ts';

// Launches what its arguments say (a folder, then pairs of id and command), prints `id pid` as each starts, and stays.
const [folder = '', ...pairs] = process.argv.slice(2);
const containerizer = createProcessContainerizer({ runtimeDir: join(folder, 'run'), clock: nodeClock });
for (let i = 0; i < pairs.length; i += 2) {
  const containerId = ContainerId(pairs[i] ?? '');
  const sandbox = join(folder, 'sandboxes', containerId);
  mkdirSync(sandbox, { recursive: true });
  containerizer.launch(
    { containerId, command: { value: pairs[i + 1] ?? '' }, sandbox, environment: {} },
    {
      onStarted: ({ pid }) => void process.stdout.write(`${containerId} ${pid}\n`),
      onExited: () => undefined,
    },
  );
}
nodeClock.schedule(60_000, () => process.exit(1));
