import { InvalidArgument, requireMethods, shown } from '../core/index.ts';
import type { SchedulerEndpoint } from '../protocol/index.ts';
import type { MasterReference } from './driver.ts';

/** @throws InvalidArgument unless it is a {@link MasterReference} */
export function endpointOf(master: MasterReference): SchedulerEndpoint {
  if (typeof master !== 'object' || master === null) {
    throw new InvalidArgument('master', `expected a cluster, or the endpoint of a master, got ${shown(master)}`);
  }
  const isEndpoint = !('schedulers' in master);
  const endpoint = isEndpoint ? master : master.schedulers;
  requireMethods(endpoint, ['connect'], isEndpoint ? 'master' : 'master.schedulers');
  return endpoint;
}
