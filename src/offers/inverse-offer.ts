import type { AgentId, FrameworkId, OfferId } from '../core/index.ts';

/** When something will not be there. @see Mesos `Unavailability` */
export interface Unavailability {
  /** Epoch milliseconds. */
  readonly startMs: number;
  /** Milliseconds; absent: for ever. */
  readonly durationMs?: number;
}

/**
 * The wish to have an agent back, whole, by a time. An answer is noted for the operator, and nothing more: whoever says
 * yes should leave in time, whoever says no is not spared.
 *
 * @see Mesos `InverseOffer`
 */
export interface InverseOffer {
  /** Of the same kind, and counted together with, the ids of offers. */
  readonly id: OfferId;
  readonly frameworkId: FrameworkId;
  readonly agentId: AgentId;
  readonly unavailability: Unavailability;
}

/** The last answer of a framework. @see Mesos `InverseOfferStatus` */
export interface InverseOfferStatus {
  readonly status: 'ACCEPT' | 'DECLINE';
  readonly frameworkId: FrameworkId;
  /** Epoch milliseconds. */
  readonly timestampMs: number;
}
