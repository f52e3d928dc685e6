import type { ChildProcess } from 'node:child_process';
import type { ContainerId } from '../../../core/index.ts';
import type { ContainerConfig, ContainerHandlers } from '../../containerizer.ts';
import type { ProcessIdentity } from './records.ts';
import type { ProcessTree } from './tree.ts';

/**
 * Where a container is in its life:
 *
 * - `queued` to be launched, when others have started.
 * - `starting` its supervisor has been started; the command has not been recorded.
 * - `running` its command has been recorded.
 * - `sweeping` its supervisor is gone; what is left of the tree is being ended.
 * - `ended` told, and waiting to be forgotten.
 */
export type ContainerPhase = 'queued' | 'starting' | 'running' | 'sweeping' | 'ended';

/** One container of this process: launched by it, or recovered. */
export interface Container extends ProcessTree {
  readonly containerId: ContainerId;
  readonly handlers: ContainerHandlers;
  /** Absolute path of the folder of its records. */
  readonly folder: string;
  /** What to launch; `undefined` for one that was recovered. */
  readonly config: ContainerConfig | undefined;
  phase: ContainerPhase;
  supervisor: ProcessIdentity | undefined;
  supervisorSeen: boolean;
  /** The supervisor, if it is a child of this process. */
  child: ChildProcess | undefined;
  /** Whether `onStarted` has been called. */
  started: boolean;
  /** Set once it is to be killed; the time is of the monotonic clock. */
  deadline: { readonly atMs: number; readonly timer: Disposable } | undefined;
  /** Until when a recovered container may have processes but no record. */
  unknownUntilMs: number;
  /** Why nothing ever ran, where that is known beforehand. */
  problem: string | undefined;
}
