import type { Driver, MasterReference } from './driver.ts';
import type { DriverOptions } from './driver-options.ts';
import { DriverShell } from './driver-shell.ts';
import type { FrameworkOptions } from './framework-options.ts';

/**
 * Connects a framework to a master. Returns at once; whoever subscribes to the driver's streams in the same turn
 * misses nothing, and whoever comes later finds kept what {@link Driver} promises to keep.
 *
 * @throws InvalidArgument naming the field of `framework`, or the option, at fault; `master` if it is none
 *
 * @example
 * ```ts
 * await using driver = connect(cluster, { name: 'hello' });
 * driver.offers$.subscribe((offers) => {
 *   for (const offer of offers) {
 *     const task = { id: `hello-${offer.id}`, command: 'echo hello', resources: 'cpus:0.1;mem:32' };
 *     driver.launch(offer, commandTask({ ...task, offer }));
 *   }
 * });
 * driver.updates$.subscribe(({ taskId, state }) => console.log(taskId, state));
 * ```
 */
export function connect(master: MasterReference, framework: FrameworkOptions, options: DriverOptions = {}): Driver {
  const driver = new DriverShell(master, framework, options);
  driver.start();
  return driver;
}
