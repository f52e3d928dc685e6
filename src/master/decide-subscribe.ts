import { FrameworkId } from '../core/index.ts';
import type { AllocatorFramework } from '../allocator/index.ts';
import type { OfferConstraints } from '../offers/index.ts';
import { type FrameworkInfo, frameworkRoles } from '../protocol/index.ts';
import { withdrawOffers } from './decide-offers.ts';
import { removeFramework } from './decide-remove-framework.ts';
import { Draft } from './draft.ts';
import type { Decision, MasterCommand } from './protocol.ts';
import type { FrameworkRecord, MasterState } from './state.ts';
import { timerKey } from './timers.ts';
import {
  validateFrameworkInfo,
  validateFrameworkUpdate,
  validateOfferConstraints,
  validateSuppressedRoles,
} from './validate/index.ts';

type Command<Type extends MasterCommand['type']> = Extract<MasterCommand, { readonly type: Type }>;

/**
 * A framework subscribes, for the first time or again.
 *
 * @see Mesos `src/master/master.cpp`, `Master::subscribe`
 */
export function decideSubscribe(state: MasterState, command: Command<'subscribe'>): Decision {
  const { connection, subscribe } = command;
  const { frameworkInfo, suppressedRoles = [], offerConstraints = {} } = subscribe;
  const draft = new Draft();
  const known = frameworkInfo.id === undefined ? undefined : state.frameworks.get(frameworkInfo.id);
  const error = subscribeError(state, { frameworkInfo, suppressedRoles, offerConstraints, known });
  if (error !== undefined) {
    draft.tellFramework(connection, { type: 'error', message: error });
    draft.closeFramework(connection, error);
    return draft;
  }
  const subscriber = { frameworkInfo, suppressedRoles, offerConstraints, connection, wallMs: command.wallMs };
  const framework =
    known === undefined ? addFramework(state, subscriber, draft) : resubscribe(state, known, subscriber, draft);
  welcome(state, framework, connection, draft);
  // Last, so that the framework is subscribed by the time that it is offered something.
  if (known === undefined) {
    draft.allocator({
      method: 'addFramework',
      args: [framework.id, allocatorFramework(framework), { active: true, used: new Map() }],
    });
  } else {
    draft.allocator({
      method: 'updateFramework',
      args: [framework.id, allocatorFramework(framework)],
    });
    draft.allocator({ method: 'activateFramework', args: [framework.id] });
  }
  return draft;
}

interface Subscriber {
  readonly frameworkInfo: FrameworkInfo;
  readonly suppressedRoles: readonly string[];
  readonly offerConstraints: OfferConstraints;
  readonly connection: number;
  readonly wallMs: number;
}

function subscribeError(
  state: MasterState,
  request: {
    readonly frameworkInfo: FrameworkInfo;
    readonly suppressedRoles: readonly string[];
    readonly offerConstraints: OfferConstraints;
    readonly known: FrameworkRecord | undefined;
  },
): string | undefined {
  const { frameworkInfo, suppressedRoles, offerConstraints, known } = request;
  const invalid = validateFrameworkInfo(frameworkInfo);
  if (invalid !== undefined) return invalid;
  if (frameworkInfo.id !== undefined && state.completedFrameworks.has(frameworkInfo.id)) {
    return 'Framework has been removed';
  }
  const roles = frameworkRoles(frameworkInfo);
  const strange = validateSuppressedRoles(roles, suppressedRoles) ?? validateOfferConstraints(roles, offerConstraints);
  if (strange !== undefined) return strange;
  const change = known === undefined ? undefined : validateFrameworkUpdate(known.info, frameworkInfo);
  // Another user or checkpoint flag is no error here: the old value stays.
  return change?.field === 'principal' ? change.message : undefined;
}

function addFramework(state: MasterState, subscriber: Subscriber, draft: Draft): FrameworkRecord {
  const { frameworkInfo, suppressedRoles, offerConstraints, connection, wallMs } = subscriber;
  const id = frameworkInfo.id ?? FrameworkId(`${state.info.id}-${String(state.nextFramework).padStart(4, '0')}`);
  const framework: FrameworkRecord = {
    id,
    info: { ...frameworkInfo, id },
    suppressedRoles,
    offerConstraints,
    connection,
    recovered: false,
    subscriptions: 1,
    registeredMs: wallMs,
    reregisteredMs: wallMs,
  };
  draft.event({ type: 'frameworkAdded', framework });
  draft.info(`Framework ${id} (${frameworkInfo.name}) subscribed`, { frameworkId: id });
  return framework;
}

function resubscribe(
  state: MasterState,
  known: FrameworkRecord,
  subscriber: Subscriber,
  draft: Draft,
): FrameworkRecord {
  const { frameworkInfo, suppressedRoles, offerConstraints, connection, wallMs } = subscriber;
  if (known.connection !== undefined) {
    disconnectScheduler(state, known, draft);
    draft.tellFramework(known.connection, { type: 'error', message: 'Framework failed over' });
    draft.closeFramework(known.connection, 'Framework failed over');
  } else {
    draft.cancelTimer(timerKey.failover(known.id));
  }
  const info = { ...withImmutables(frameworkInfo, known.info), id: known.id };
  draft.event({
    type: 'frameworkResubscribed',
    frameworkId: known.id,
    info,
    suppressedRoles,
    offerConstraints,
    connection,
    wallMs,
  });
  draft.info(`Framework ${known.id} (${info.name}) subscribed again`, { frameworkId: known.id });
  return { ...known, info, suppressedRoles, offerConstraints, connection };
}

/** The new description with what cannot be changed as it was. */
function withImmutables(now: FrameworkInfo, before: FrameworkInfo): FrameworkInfo {
  const { checkpoint: _, ...rest } = now;
  return { ...rest, user: before.user, ...(before.checkpoint === undefined ? {} : { checkpoint: before.checkpoint }) };
}

function welcome(state: MasterState, framework: FrameworkRecord, connection: number, draft: Draft): void {
  draft.tellFramework(connection, {
    type: 'subscribed',
    frameworkId: framework.id,
    heartbeatIntervalMs: state.config.heartbeatIntervalMs,
    masterInfo: state.info,
  });
  beat(state, connection, draft);
}

function beat(state: MasterState, connection: number, draft: Draft): void {
  draft.tellFramework(connection, { type: 'heartbeat' });
  draft.startTimer(timerKey.heartbeat(connection), state.config.heartbeatIntervalMs, {
    type: 'heartbeatDue',
    connection,
  });
}

export function decideHeartbeatDue(state: MasterState, command: Command<'heartbeatDue'>): Decision {
  const draft = new Draft();
  if (state.schedulerConnections.has(command.connection)) beat(state, command.connection, draft);
  return draft;
}

/** The scheduler is gone: no offers until it is back, and an end if it is not back in time. */
export function decideSchedulerDisconnected(state: MasterState, command: Command<'schedulerDisconnected'>): Decision {
  const draft = new Draft();
  const frameworkId = state.schedulerConnections.get(command.connection);
  const framework = frameworkId === undefined ? undefined : state.frameworks.get(frameworkId);
  if (framework === undefined) return draft;
  disconnectScheduler(state, framework, draft);
  draft.event({ type: 'frameworkDisconnected', frameworkId: framework.id });
  draft.info(`Framework ${framework.id} (${framework.info.name}) disconnected`, { frameworkId: framework.id });
  draft.startTimer(timerKey.failover(framework.id), Math.max(0, framework.info.failoverTimeoutMs ?? 0), {
    type: 'failoverTimedOut',
    frameworkId: framework.id,
    subscriptions: framework.subscriptions,
  });
  return draft;
}

function disconnectScheduler(state: MasterState, framework: FrameworkRecord, draft: Draft): void {
  if (framework.connection !== undefined) draft.cancelTimer(timerKey.heartbeat(framework.connection));
  draft.allocator({ method: 'deactivateFramework', args: [framework.id] });
  withdrawOffers(state, framework.id, draft);
}

export function decideFailoverTimedOut(state: MasterState, command: Command<'failoverTimedOut'>): Decision {
  const draft = new Draft();
  const framework = state.frameworks.get(command.frameworkId);
  const isSame = framework?.connection === undefined && framework?.subscriptions === command.subscriptions;
  if (framework === undefined || !isSame) return draft;
  removeFramework(state, framework, { wallMs: command.wallMs, reason: 'its failover timeout is over' }, draft);
  return draft;
}

/** What the allocator needs to know of a framework. */
export function allocatorFramework(
  framework: Pick<FrameworkRecord, 'info' | 'suppressedRoles' | 'offerConstraints'>,
): AllocatorFramework {
  const { info, suppressedRoles, offerConstraints } = framework;
  return {
    roles: frameworkRoles(info),
    suppressedRoles,
    offerConstraints,
    capabilities: info.capabilities ?? [],
    ...(info.minAllocatable === undefined ? {} : { minAllocatable: info.minAllocatable }),
  };
}
