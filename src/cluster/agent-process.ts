/**
 * What an agent's own process runs: started by {@link startOwnProcessAgent}, told what it is by the first text, then
 * linked to the master through its parent. When the parent is gone it ends at once; its tasks are then ended by the
 * cluster's lifeline, or, in a work folder that somebody has named, go on until they are taken up.
 */
import type { Agent } from '../agent/index.ts';
import type { Log, LogLevel } from '../runtime/index.ts';
import { decodeAgentInfo, type JsonValue } from '../protocol/index.ts';
import { connectParent, exitProcess, nodeClock, nodeRandom } from '../runtime/node/index.ts';
import type { AgentId } from '../core/index.ts';
import { isFrame, remoteMaster } from './agent-link.ts';
import { createRealAgent } from './shared-agent.ts';

export interface AgentProcessStart {
  readonly type: 'start';
  readonly agentInfo: JsonValue;
  readonly workDir: string;
  readonly gcDelayMs?: number;
  readonly checkInvariants: boolean;
}

export type AgentProcessReport =
  | { readonly type: 'registered'; readonly agentId: AgentId }
  | { readonly type: 'failed'; readonly message: string }
  | {
      readonly type: 'log';
      readonly level: LogLevel;
      readonly message: string;
      readonly fields?: Readonly<Record<string, unknown>>;
    };

type Order = AgentProcessStart | { readonly type: 'shutdown' } | { readonly type: 'detach' };

let agent: Agent | undefined;
let ending = false;

const parent = connectParent(
  (text) => {
    if (isFrame(text)) master.receive(text);
    else obey(JSON.parse(text) as Order);
  },
  () => exitProcess(0),
);
const master = remoteMaster((text) => parent.send(text));

function obey(order: Order): void {
  if (order.type === 'start') void start(order);
  else void end(order.type);
}

async function start(order: AgentProcessStart): Promise<void> {
  try {
    const { hostname, resources, attributes } = decodeAgentInfo(order.agentInfo, 'agentInfo');
    agent = createRealAgent(
      { hostname, resources, attributes, executors: {}, process: 'own' },
      {
        endpoint: master.endpoint,
        workDir: order.workDir,
        clock: nodeClock,
        random: nodeRandom,
        log,
        checkInvariants: order.checkInvariants,
        ...(order.gcDelayMs === undefined ? {} : { gcDelayMs: order.gcDelayMs }),
      },
    );
    report({ type: 'registered', agentId: await agent.registered() });
    // One that ends by itself, as its disk fails or the master does not want it, is no agent any more: as in a crash.
    const over = (): void => void (ending || exit(1));
    agent.events$.subscribe({ complete: over, error: over });
  } catch (error) {
    report({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    await exit(1);
  }
}

/** Says what it has to say where the cluster does. */
const log: Log = {
  log: (level, message, fields) => report({ type: 'log', level, message, ...(fields === undefined ? {} : { fields }) }),
};

function report(news: AgentProcessReport): void {
  parent.send(JSON.stringify(news));
}

async function exit(code: number): Promise<void> {
  await parent.flushed();
  exitProcess(code);
}

async function end(how: 'shutdown' | 'detach'): Promise<void> {
  ending = true;
  if (how === 'shutdown') await agent?.shutdown();
  else await agent?.close();
  await exit(0);
}
