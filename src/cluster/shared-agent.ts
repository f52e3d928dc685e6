import { type Agent, createAgent } from '../agent/index.ts';
import { createProcessContainerizer } from '../agent/containerizers/index.ts';
import { type AgentId, InvalidArgument } from '../core/index.ts';
import type { AgentEndpoint } from '../protocol/index.ts';
import type { Clock, Log, Random } from '../runtime/index.ts';
import { lockFolder, nodeDirectory, nodeSandboxes, ownPid } from '../runtime/node/index.ts';
import type { Member } from './member.ts';
import type { AgentPlan } from './options.ts';

/** What an agent needs besides its plan. */
export interface AgentSurroundings {
  readonly endpoint: AgentEndpoint;
  readonly workDir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly gcDelayMs?: number;
  readonly checkInvariants: boolean;
}

/**
 * An agent on the real disk, running real processes.
 *
 * @throws InvalidArgument if another one works in its folder
 */
export function createRealAgent(plan: AgentPlan, surroundings: AgentSurroundings): Agent {
  const { workDir } = surroundings;
  const lock = lockFolder(workDir);
  if (typeof lock === 'number') {
    throw new InvalidArgument(
      'workDir',
      `expected a folder that no other agent uses, got ${workDir}, used by process ${lock}`,
    );
  }
  try {
    const agent = createUnlocked(plan, surroundings);
    const release = (): void => lock.release();
    agent.events$.subscribe({ complete: release, error: release });
    return agent;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function createUnlocked(plan: AgentPlan, surroundings: AgentSurroundings): Agent {
  const { workDir, clock, log } = surroundings;
  return createAgent({
    endpoint: surroundings.endpoint,
    hostname: plan.hostname,
    resources: plan.resources,
    attributes: plan.attributes,
    executors: plan.executors,
    clock,
    random: surroundings.random,
    log,
    containerizer: createProcessContainerizer({
      runtimeDir: `${workDir}/containers`,
      clock,
      log,
    }),
    sandboxes: nodeSandboxes(workDir),
    directory: nodeDirectory(`${workDir}/meta`),
    // The master is a function call away: there is nobody to spread the registrations for.
    registrationBackoffMs: 0,
    checkInvariants: surroundings.checkInvariants,
    ...(surroundings.gcDelayMs === undefined ? {} : { gcDelayMs: surroundings.gcDelayMs }),
  });
}

/** An agent that is part of this process. */
export async function startSharedAgent(plan: AgentPlan, surroundings: AgentSurroundings): Promise<Member> {
  const agent = createRealAgent(plan, surroundings);
  const id: AgentId = await agent.registered();
  const refuse = (method: string): Promise<never> =>
    Promise.reject(
      new InvalidArgument(
        method,
        `expected an agent created with process: 'own', got ${plan.hostname}, which shares this process`,
      ),
    );
  return {
    id,
    hostname: plan.hostname,
    pid: ownPid(),
    kill: () => refuse('kill'),
    restart: () => refuse('restart'),
    shutdown: () => agent.shutdown(),
    detach: () => agent.close(),
  };
}
