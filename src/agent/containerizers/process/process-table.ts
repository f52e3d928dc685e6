/** A process at one moment. Those that have ended and wait to be reaped are none. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** 0 where the system does not say. */
  readonly session: number;
  readonly stopped: boolean;
  /** When it started; with `pid` it names one process for as long as the machine runs. */
  readonly start: string;
  /** The container whose marker is in its environment. */
  readonly containerId?: string;
}

/** The processes of this machine. */
export interface ProcessTable {
  /** Which run of the machine this is; `-` where the system does not say. */
  readonly boot: string;
  read(): readonly ProcessRow[];
  /** When the process of that number started, or `undefined` if there is none, or only its remains. */
  startOf(pid: number): string | undefined;
}
