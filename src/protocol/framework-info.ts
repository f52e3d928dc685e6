import type { FrameworkId } from '../core/index.ts';
import type { Label, Quantities } from '../resources/index.ts';

/** What a framework can cope with. @see Mesos `FrameworkInfo.Capability` */
export type FrameworkCapability =
  | 'REVOCABLE_RESOURCES'
  | 'TASK_KILLING_STATE'
  | 'GPU_RESOURCES'
  | 'SHARED_RESOURCES'
  | 'PARTITION_AWARE'
  | 'MULTI_ROLE'
  | 'RESERVATION_REFINEMENT'
  | 'REGION_AWARE';

/** Who a framework is and how it wants to be treated. @see Mesos `FrameworkInfo` */
export interface FrameworkInfo {
  /** The system user its tasks run as; cannot be changed later. */
  readonly user: string;
  readonly name: string;
  /** Absent on the very first subscription; kept by the framework across its own restarts. */
  readonly id?: FrameworkId;
  /** Milliseconds that its tasks survive without a scheduler; 0, the default, ends them with the connection. */
  readonly failoverTimeoutMs?: number;
  /** Whether agents keep its tasks over their own restart and disconnection; default false; cannot be changed later. */
  readonly checkpoint?: boolean;
  /** Only without MULTI_ROLE; default `*`. */
  readonly role?: string;
  /** Only with MULTI_ROLE. */
  readonly roles?: readonly string[];
  readonly capabilities?: readonly FrameworkCapability[];
  readonly principal?: string;
  readonly hostname?: string;
  readonly webuiUrl?: string;
  readonly labels?: readonly Label[];
  /** By role: an offer must hold one of these quantities; replaces the master's minimum, an empty list takes anything. */
  readonly minAllocatable?: Readonly<Record<string, readonly Quantities[]>>;
}

/** The roles that a framework is subscribed to, whichever way it says so. */
export function frameworkRoles(info: FrameworkInfo): readonly string[] {
  return hasCapability(info, 'MULTI_ROLE') ? (info.roles ?? []) : [info.role ?? '*'];
}

export function hasCapability(info: FrameworkInfo, capability: FrameworkCapability): boolean {
  return info.capabilities?.includes(capability) ?? false;
}
