import { type AgentId, ClosedError } from '../core/index.ts';
import { encodeAgentInfo } from '../protocol/index.ts';
import { forkModule, type NodeChild } from '../runtime/node/index.ts';
import { isFrame, remoteAgent } from './agent-link.ts';
import type { Member } from './member.ts';
import type { AgentPlan } from './options.ts';
import type { AgentSurroundings } from './shared-agent.ts';
import type { AgentProcessReport, AgentProcessStart } from './agent-process.ts';

/** The built module that an agent's own process runs; it lies beside this one. */
const AGENT_PROCESS = new URL('./agent-process.js', import.meta.url);

/** An agent in a Node process of its own, which this one starts, and starts again. */
export async function startOwnProcessAgent(plan: AgentPlan, surroundings: AgentSurroundings): Promise<Member> {
  const agent = new OwnProcessAgent(plan, surroundings);
  await agent.start();
  return agent;
}

interface Running {
  readonly child: NodeChild;
  readonly link: { close(): void };
}

class OwnProcessAgent implements Member {
  readonly #plan: AgentPlan;
  readonly #surroundings: AgentSurroundings;
  #id: AgentId | undefined;
  #running: Running | undefined;
  /** A start that is under way: whoever asks for another gets this one, since no two processes may share the folder. */
  #starting: Promise<void> | undefined;
  #forking: Promise<NodeChild> | undefined;
  /** Set once the cluster has told it to leave. */
  #leaving: Promise<void> | undefined;

  constructor(plan: AgentPlan, surroundings: AgentSurroundings) {
    this.#plan = plan;
    this.#surroundings = surroundings;
  }

  get id(): AgentId {
    if (this.#id === undefined) throw new Error('Expected a started agent');
    return this.#id;
  }

  get hostname(): string {
    return this.#plan.hostname;
  }

  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  /** Resolves once the agent has registered, rejects if its process ends before; then that has ended. */
  start(): Promise<void> {
    if (this.#starting !== undefined) return this.#starting;
    if (this.#running !== undefined) return Promise.resolve();
    this.#starting = this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { endpoint, log } = this.#surroundings;
    let report: (text: string) => void = () => undefined;
    const registered = new Promise<AgentId>((resolve, reject) => {
      report = (text) => {
        const news = JSON.parse(text) as AgentProcessReport;
        if (news.type === 'registered') resolve(news.agentId);
        else if (news.type === 'failed') reject(new Error(`Agent ${this.hostname} failed to start: ${news.message}`));
        else log.log(news.level, news.message, { agent: this.hostname, ...news.fields });
      };
    });
    const receive = (text: string): void => {
      try {
        if (isFrame(text)) link.receive(text);
        else report(text);
      } catch (error) {
        // Not to be understood: a process that went wrong, and must not take this one along.
        log.log('error', `Cannot read what agent ${this.hostname} says; killing its process`, { error });
        child.kill('SIGKILL');
      }
    };
    this.#forking = forkModule(AGENT_PROCESS, receive);
    const child = await this.#forking;
    const link = remoteAgent(endpoint, (text) => child.send(text));
    this.#running = { child, link };
    const ended = child.ended.then((how) => {
      link.close();
      if (this.#running?.child === child) this.#running = undefined;
      // Nobody starts it again unasked.
      const level = this.#leaving === undefined ? 'warn' : 'info';
      log.log(level, `The process of agent ${this.hostname} ended`, { how, pid: child.pid });
      return how;
    });
    child.send(JSON.stringify(this.#startMessage()));
    const early = ended.then((how): never => {
      throw new Error(`Expected the process of agent ${this.hostname} to register, got its end: ${how}`);
    });
    try {
      this.#id = await Promise.race([registered, early]);
    } catch (error) {
      await ended;
      throw error;
    }
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    // One that is only about to start is killed as soon as there is a process.
    await this.#forking?.catch(() => undefined);
    const child = this.#running?.child;
    child?.kill(signal);
    await child?.ended;
  }

  async restart(): Promise<void> {
    if (this.#leaving !== undefined) {
      throw new ClosedError(`Expected an agent of the cluster for restart, got ${this.hostname}, which has left it`);
    }
    await this.start();
  }

  shutdown(): Promise<void> {
    return this.#leave('shutdown');
  }

  detach(): Promise<void> {
    return this.#leave('detach');
  }

  #leave(how: 'shutdown' | 'detach'): Promise<void> {
    this.#leaving ??= this.#end(how).catch((error: unknown) => {
      this.#leaving = undefined;
      throw error;
    });
    return this.#leaving;
  }

  /** An agent that is down is started once more, so that it can end its tasks. */
  async #end(how: 'shutdown' | 'detach'): Promise<void> {
    if (how === 'shutdown') await this.start();
    else await this.#starting?.catch(() => undefined);
    const child = this.#running?.child;
    child?.send(JSON.stringify({ type: how }));
    await child?.ended;
  }

  #startMessage(): AgentProcessStart {
    const { workDir, gcDelayMs, checkInvariants } = this.#surroundings;
    const { hostname, resources, attributes } = this.#plan;
    return {
      type: 'start',
      agentInfo: encodeAgentInfo({ hostname, resources, attributes }),
      workDir,
      checkInvariants,
      ...(gcDelayMs === undefined ? {} : { gcDelayMs }),
    };
  }
}
