/** Run by `child.test.ts`: says more than a pipe holds, and ends. */
import { connectParent, exitProcess } from '../../src/runtime/node/index.ts';

const parent = connectParent(
  () => undefined,
  () => undefined,
);
for (let index = 0; index < 2_000; index++) parent.send(`${index} ${'.'.repeat(500)}`);
await parent.flushed();
exitProcess(0);
