import type { ContainerId } from '../core/index.ts';
import type { ExecutorContext } from './executor.ts';
import type { CodePlan } from './protocol.ts';

/** What becomes of an in-process task; called later, also after it was abandoned. */
export interface CodeHandlers {
  /** `error`: the message of what it was rejected with. */
  onSettled(error: string | undefined): void;
  onReport(news: Parameters<ExecutorContext['report']>[0]): void;
  onMessage(data: Uint8Array): void;
}

/** Runs the tasks that are code, in the agent's own process: they are gone with it. */
export interface CodeRunner {
  /** @param sandbox absolute path of the executor's folder */
  launch(plan: CodePlan, sandbox: string, handlers: CodeHandlers): void;
  /** Asks the task to end; once is enough. */
  abort(containerId: ContainerId, reason: string): void;
  /** The task is over in the agent's books, whether or not it has settled. */
  abandon(containerId: ContainerId): void;
  /** Data from the framework's scheduler for the executor of this name. */
  message(name: string, data: Uint8Array): void;
  /** Asks all tasks to end. Resolves once those have that were not abandoned. */
  close(reason: string): Promise<void>;
}
