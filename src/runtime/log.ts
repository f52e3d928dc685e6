export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * Where a component says what it does. `fields` are for machines (ids, amounts, errors), the message for people.
 * Logging never throws and never decides anything.
 */
export interface Log {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A log that keeps nothing: the default of everything embedded in somebody else's process. */
export const silentLog: Log = { log: () => undefined };
