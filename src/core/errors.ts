/** Stable codes of every error that this package throws at a caller. */
export type ErrorCode =
  | 'MESOS_ERR_INVARIANT'
  | 'MESOS_ERR_INVALID_ARGUMENT'
  | 'MESOS_ERR_INVALID_ID'
  | 'MESOS_ERR_PARSE'
  | 'MESOS_ERR_OPERATION'
  | 'MESOS_ERR_SUBSCRIPTION'
  | 'MESOS_ERR_CLOSED'
  | 'MESOS_ERR_RECOVERY'
  | 'MESOS_ERR_SIMULATION'
  | 'MESOS_ERR_SCHEDULER';

/** The base of all errors of this package: `code` is stable, the message is for people. */
export class MesosError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A bug of ours. Thrown, never caught in `src/`; the process or simulation stops. */
export class InvariantViolation extends MesosError {
  constructor(message: string) {
    super('MESOS_ERR_INVARIANT', message);
  }
}

/** A caller's mistake, thrown at once and before any effect: which field, what was expected, what came. */
export class InvalidArgument extends MesosError {
  /** The argument or field at fault, such as `agents[0].resources`. */
  readonly field: string;

  constructor(field: string, message: string, options?: ErrorOptions) {
    super('MESOS_ERR_INVALID_ARGUMENT', `${field}: ${message}`, options);
    this.field = field;
  }
}

/** Text that does not read as what it should be; `position` is the offset in `text`, from 0, where reading stopped. */
export class ParseError extends MesosError {
  readonly text: string;
  readonly position: number;

  constructor(message: string, text: string, position: number) {
    super('MESOS_ERR_PARSE', `${message} at position ${position} of ${JSON.stringify(text)}`);
    this.text = text;
    this.position = position;
  }
}

/** An offer operation that cannot be applied to the resources it was given. */
export class OperationError extends MesosError {
  constructor(message: string) {
    super('MESOS_ERR_OPERATION', message);
  }
}

/** The master refused or ended a framework's subscription; the framework must start anew or give up. */
export class SubscriptionError extends MesosError {
  constructor(message: string) {
    super('MESOS_ERR_SUBSCRIPTION', message);
  }
}

/** A call on something that has been closed. */
export class ClosedError extends MesosError {
  constructor(message: string) {
    super('MESOS_ERR_CLOSED', message);
  }
}

/** What was checkpointed on disk cannot be read back; `path` names the file. */
export class RecoveryError extends MesosError {
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super('MESOS_ERR_RECOVERY', `${path}: ${message}`, options);
    this.path = path;
  }
}
