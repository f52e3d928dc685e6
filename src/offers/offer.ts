import type { AgentId, ExecutorId, FrameworkId, OfferId } from '../core/index.ts';
import type { Attribute, Resources } from '../resources/index.ts';
import type { Unavailability } from './inverse-offer.ts';

/** Resources of one agent, held for one framework under one role until it answers. @see Mesos `Offer` */
export interface Offer {
  readonly id: OfferId;
  readonly frameworkId: FrameworkId;
  readonly agentId: AgentId;
  /** The role that the resources are allocated to. */
  readonly role: string;
  readonly hostname: string;
  readonly resources: Resources;
  readonly attributes: readonly Attribute[];
  /** This framework's executors that run on the agent. */
  readonly executorIds: readonly ExecutorId[];
  /** When the agent will not be there, if that is planned. */
  readonly unavailability?: Unavailability;
}
