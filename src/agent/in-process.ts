import { type ContainerId, entriesByName } from '../core/index.ts';
import type { Log } from '../runtime/index.ts';
import type { CodeHandlers, CodeRunner } from './code-runner.ts';
import type { Executor, ExecutorContext } from './executor.ts';
import type { CodePlan } from './protocol.ts';

interface Run {
  readonly executor: Executor;
  readonly plan: CodePlan;
  readonly controller: AbortController;
  readonly settled: Promise<void>;
  isLaunched(): boolean;
}

/**
 * Runs tasks that are TypeScript code. Whatever user code throws ends up as the task's failure, or in the log; never in
 * the agent.
 */
export class InProcessRunner implements CodeRunner {
  readonly #executors: ReadonlyMap<string, Executor>;
  readonly #log: Log;
  readonly #runs = new Map<ContainerId, Run>();

  constructor(executors: Readonly<Record<string, Executor>>, log: Log) {
    this.#executors = new Map(entriesByName(executors));
    this.#log = log;
  }

  launch(plan: CodePlan, sandbox: string, handlers: CodeHandlers): void {
    const executor = this.#executors.get(plan.name);
    if (executor === undefined) return;
    const controller = new AbortController();
    const { agentId, frameworkId, executorInfo, task, containerId } = plan;
    const context: ExecutorContext = {
      agentId,
      frameworkId,
      executorInfo,
      sandbox,
      signal: controller.signal,
      report: ({ message, data }) =>
        handlers.onReport({ ...(message === undefined ? {} : { message }), ...(data === undefined ? {} : { data }) }),
      sendMessage: (data) => handlers.onMessage(data),
    };
    // Not yet: the task is running once it is called, and then it can be killed. Killed before, it never is.
    let launched = false;
    const settled = Promise.resolve()
      .then(() => {
        controller.signal.throwIfAborted();
        launched = true;
        return executor.launch(task, context);
      })
      .then(
        () => handlers.onSettled(undefined),
        (error: unknown) => handlers.onSettled(errorText(error)),
      );
    this.#runs.set(containerId, { executor, plan, controller, settled, isLaunched: () => launched });
  }

  abort(containerId: ContainerId, reason: string): void {
    const run = this.#runs.get(containerId);
    if (run === undefined || run.controller.signal.aborted) return;
    run.controller.abort(new Error(reason));
    if (run.isLaunched()) this.#call('kill', run.plan.name, () => run.executor.kill?.(run.plan.task.taskId));
  }

  abandon(containerId: ContainerId): void {
    this.#runs.delete(containerId);
  }

  message(name: string, data: Uint8Array): void {
    const executor = this.#executors.get(name);
    this.#call('message', name, () => executor?.message?.(data));
  }

  async close(reason: string): Promise<void> {
    const runs = [...this.#runs];
    for (const [containerId] of runs) this.abort(containerId, reason);
    await Promise.all(runs.map(([, { settled }]) => settled));
  }

  #call(method: string, name: string, call: () => unknown): void {
    const failed = (error: unknown): void =>
      this.#log.log('error', `${method} of the in-process executor ${name} failed`, { error: errorText(error) });
    try {
      // A promise, in spite of its type, that is rejected would end this process.
      Promise.resolve(call()).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? error.name : error.message;
}
