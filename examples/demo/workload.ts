import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, commandTask, isTerminal, type Offer, type TaskInfo, type TaskStatus } from 'altiplano';
import { type Driver, matchOffer } from 'altiplano/scheduler';

/** What one framework of the demonstration has to get done: equal tasks, all queued when it starts. */
export interface Workload {
  /** Of the framework and of its role. */
  readonly name: string;
  readonly tasks: number;
  readonly cpus: number;
  readonly memMb: number;
  /** What a task's command does for about so many seconds; drawn evenly between the two. */
  readonly seconds: readonly [least: number, most: number];
  /** Seconds after the beginning of the demonstration. */
  readonly startAfter: number;
}

/** Where a workload stands. */
export interface Progress {
  readonly waiting: number;
  readonly running: number;
  readonly finished: number;
  readonly failed: number;
  /** From being queued to running, in milliseconds, mean over the tasks that have run; 0 if none has. */
  readonly meanWaitMs: number;
  /** The processes that ran its tasks. */
  readonly pids: readonly number[];
}

/** A framework that takes what it is offered until its tasks are done. */
export class WorkloadFramework {
  readonly workload: Workload;
  readonly #cluster: Cluster;
  readonly #running = new Set<string>();
  readonly #started = new Set<string>();
  readonly #pids = new Set<number>();
  #queuedMs: number | undefined;
  #launched = 0;
  #finished = 0;
  #failed = 0;
  #waitMs = 0;

  constructor(cluster: Cluster, workload: Workload) {
    this.#cluster = cluster;
    this.workload = workload;
  }

  get progress(): Progress {
    return {
      waiting: this.#queuedMs === undefined ? 0 : this.workload.tasks - this.#launched,
      running: this.#running.size,
      finished: this.#finished,
      failed: this.#failed,
      meanWaitMs: this.#started.size === 0 ? 0 : this.#waitMs / this.#started.size,
      pids: [...this.#pids],
    };
  }

  /** Resolves when all tasks have ended and the framework has left the cluster. */
  async run(): Promise<void> {
    const { name, startAfter, tasks } = this.workload;
    await sleep(startAfter * 1_000, undefined, { ref: false });
    const driver = this.#cluster.connect({ name, role: name });
    this.#queuedMs = performance.now();
    driver.offers$.subscribe((offers) => {
      for (const offer of offers) this.#answer(driver, offer);
    });
    await new Promise<void>((resolve, reject) => {
      driver.ended().catch(reject);
      driver.updates$.subscribe((status) => {
        this.#record(status);
        if (this.#finished + this.#failed === tasks) resolve();
      });
    });
    await driver.teardown();
  }

  #answer(driver: Driver, offer: Offer): void {
    const { name, tasks, cpus, memMb } = this.workload;
    const taskInfos: TaskInfo[] = [];
    let match = matchOffer({ cpus, memMb }, offer);
    while (match.matched && this.#launched < tasks) {
      this.#launched += 1;
      const id = `${name}-${this.#launched}`;
      taskInfos.push(commandTask({ id, command: this.#command(), offer, resources: match.resources }));
      this.#running.add(id);
      match = matchOffer({ cpus, memMb }, { ...offer, resources: match.remaining });
    }
    if (taskInfos.length > 0) driver.launch(offer, taskInfos);
    else driver.decline(offer);
    if (this.#launched === tasks) driver.suppress();
  }

  /** A little work, and a wait for the rest of the time: the demonstration shall not depend on how fast the machine is. */
  #command(): string {
    const [least, most] = this.workload.seconds;
    const seconds = least + Math.random() * (most - least);
    return `seq 1 1000 | sort -R | sort -n | tail -n 1 && sleep ${seconds.toFixed(2)}`;
  }

  #record({ taskId, state, containerStatus }: TaskStatus): void {
    if (containerStatus?.executorPid !== undefined) this.#pids.add(containerStatus.executorPid);
    if (state === 'TASK_RUNNING' && !this.#started.has(taskId)) {
      this.#started.add(taskId);
      this.#waitMs += performance.now() - (this.#queuedMs ?? 0);
    }
    if (!isTerminal(state)) return;
    this.#running.delete(taskId);
    if (state === 'TASK_FINISHED') this.#finished += 1;
    else this.#failed += 1;
  }
}
