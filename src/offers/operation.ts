import type { Resources } from '../resources/index.ts';
import type { ExecutorInfo, TaskInfo } from '../tasks/index.ts';

/** What a framework does with the offers it accepts; applied in order. @see Mesos `Offer.Operation` */
export type OfferOperation =
  | { readonly type: 'LAUNCH'; readonly taskInfos: readonly TaskInfo[] }
  | { readonly type: 'LAUNCH_GROUP'; readonly executor: ExecutorInfo; readonly taskInfos: readonly TaskInfo[] }
  | { readonly type: 'RESERVE'; readonly resources: Resources }
  | { readonly type: 'UNRESERVE'; readonly resources: Resources }
  | { readonly type: 'CREATE'; readonly volumes: Resources }
  | { readonly type: 'DESTROY'; readonly volumes: Resources };
