import { type Agent, createAgent } from '../agent/index.ts';
import type { AgentId } from '../core/index.ts';
import { parseAttributes, Resources } from '../resources/index.ts';
import type { Random } from '../runtime/index.ts';
import { DiskError, NO_SANDBOXES, SimulatedDisk } from './disk.ts';
import { SimulatedMachine } from './machine.ts';
import { SimulatedProcess, type WallClock } from './machine-process.ts';
import type { Client } from './network.ts';
import type { SimulatedAgent } from './simulate-options.ts';
import type { World } from './world.ts';

const DEFAULT_RESOURCES = 'cpus:4;mem:4096;disk:10000;ports:[31000-31099]';

/** The in-process executor that every agent has: its tasks live as their labels say. */
const SIMULATED_EXECUTOR = 'sim';

/** A machine with an agent on it, or without one for now. */
export class AgentHost {
  readonly hostname: string;
  readonly wall: WallClock = { offsetMs: 0 };
  readonly client: Client;
  readonly machine: SimulatedMachine;
  readonly disk: SimulatedDisk;
  readonly plan: SimulatedAgent;
  readonly resources: Resources;
  readonly #world: World;
  readonly #random: Random;
  #agent: Agent | undefined;
  #starts = 0;
  /** Milliseconds that each write takes. */
  writeMs = 0;
  /** Of the last registration that was seen. */
  agentId: AgentId | undefined;
  /** The machine is gone for good. */
  isLost = false;
  /** The master has shut it down for good; a new agent on the machine starts anew. */

  constructor(world: World, plan: SimulatedAgent & { readonly hostname: string }, random: Random) {
    this.#world = world;
    this.plan = plan;
    this.hostname = plan.hostname;
    this.#random = random;
    const { resources = DEFAULT_RESOURCES } = plan;
    this.resources = typeof resources === 'string' ? Resources.parse(resources) : resources;
    this.client = world.client(this.hostname, new SimulatedProcess(world.clock, this.wall));
    this.disk = new SimulatedDisk({
      onFault: (fault) => world.faultHappened(fault, this.hostname, 'a write fails'),
      onWrite: () => {
        if (this.writeMs > 0) this.client.process.stall(this.writeMs);
      },
    });
    this.machine = new SimulatedMachine({
      clock: world.clock,
      random: random.stream('machine'),
      wall: this.wall,
      taskInfo: (key) => world.taskInfo(key),
      onEvent: (text) => world.trace.add(this.hostname, text),
      onLaunch: (container) => world.containerLaunched(this, container),
    });
  }

  get agent(): Agent | undefined {
    return this.#agent;
  }

  /** Starts an agent on the machine, if there is none. */
  start(): void {
    if (this.#agent !== undefined || this.isLost) return;
    this.#starts += 1;
    const process = new SimulatedProcess(this.#world.clock, this.wall);
    this.client.process = process;
    let agent: Agent;
    try {
      agent = createAgent({
        endpoint: this.#world.endpointFor(this.client).agents,
        hostname: this.hostname,
        resources: this.resources,
        attributes: parseAttributes(this.plan.attributes ?? ''),
        clock: process,
        log: this.#world.logOf(this.hostname),
        random: this.#random.stream(`agent ${this.#starts}`),
        containerizer: this.machine.containerizer(process),
        executors: { [SIMULATED_EXECUTOR]: { launch: () => undefined } },
        codeRunner: this.machine.codeRunner(process),
        sandboxes: NO_SANDBOXES,
        directory: this.disk,
        checkInvariants: this.#world.checks,
      });
    } catch (error) {
      process.kill();
      if (error instanceof DiskError) this.#world.later(10_000, () => this.start());
      else this.#world.fail(`The agent of ${this.hostname} does not start: ${String(error)}`, error);
      return;
    }
    this.#agent = agent;
    const ended = (what: string): void => {
      if (this.#agent !== agent) return;
      this.#world.trace.add(this.hostname, what);
      this.stop({ silently: false });
      this.#world.later(10_000, () => this.start());
    };
    const ending = new Set<string>();
    agent.events$.subscribe({
      next: (event) => {
        // What it keeps of a framework that it shall end is nobody's any more.
        if (event.type === 'frameworkTerminating') ending.add(event.frameworkId);
        if (event.type !== 'taskForgotten' || ending.has(frameworkOf(event.taskKey))) return;
        this.#world.taskForgotten(event.taskKey);
      },
      error: () => ended('the agent closes: its disk fails'),
      complete: () => ended('the agent stops'),
    });
  }

  /** The agent's process dies; tasks and disk stay. */
  stop({ silently }: { readonly silently: boolean }): void {
    this.#agent = undefined;
    this.client.process.kill();
    this.machine.agentDied();
    this.#world.network.clientDied(this.client, silently);
  }
}

function frameworkOf(taskKey: string): string {
  return taskKey.slice(0, taskKey.indexOf('/'));
}
