import { InvalidArgument, requireObject, shown } from '../core/index.ts';
import type { Unavailability } from '../offers/index.ts';

/** Machines that will not be there, for a common reason. @see Mesos `maintenance::Window` */
export interface MaintenanceWindow {
  /** Host names of machines, whatever their case. */
  readonly hostnames: readonly string[];
  readonly unavailability: Unavailability;
}

/**
 * A machine in the schedule; one that is not is up. `DRAINING`: it is still there, and frameworks are asked to leave
 * it. `DOWN`: nothing runs on it, and no agent on it is taken in.
 *
 * @see Mesos `MachineInfo`
 */
export interface MachineRecord {
  readonly mode: 'DRAINING' | 'DOWN';
  readonly unavailability: Unavailability;
}

/** By host name, in lower case. */
export type Machines = ReadonlyMap<string, MachineRecord>;

/** What a machine is called in tables. */
export function machineKey(hostname: string): string {
  return hostname.toLowerCase();
}

/** When the machine of that name will not be there, if that is planned. */
export function unavailabilityOf(machines: Machines, hostname: string): Unavailability | undefined {
  return machines.get(machineKey(hostname))?.unavailability;
}

export function sameTime(a: Unavailability | undefined, b: Unavailability | undefined): boolean {
  return a?.startMs === b?.startMs && a?.durationMs === b?.durationMs;
}

/** Whether agents on the machine of that name are not taken in. */
export function isDown(machines: Machines, hostname: string): boolean {
  return machines.get(machineKey(hostname))?.mode === 'DOWN';
}

/** The plan of each machine that the schedule names. */
export type MachinePlan = readonly { readonly hostname: string; readonly unavailability: Unavailability }[];

/**
 * A schedule by machine.
 *
 * @throws InvalidArgument naming what is wrong: a window without machines, a machine that comes twice, a time that is
 *   none, a machine that is down and left out
 * @see Mesos `src/master/maintenance.cpp`, `validation::schedule`
 */
export function planOf(windows: readonly MaintenanceWindow[], machines: Machines): MachinePlan {
  if (!Array.isArray(windows))
    throw new InvalidArgument('windows', `expected a list of windows, got ${shown(windows)}`);
  const plan = new Map<string, Unavailability>();
  windows.forEach((window: MaintenanceWindow, i) => {
    const field = `windows[${i}]`;
    requireObject(window, field);
    const { hostnames, unavailability } = window;
    checkHostnames(hostnames, `${field}.hostnames`);
    requireObject(unavailability, `${field}.unavailability`);
    const { startMs, durationMs } = unavailability;
    if (!Number.isFinite(startMs)) {
      throw new InvalidArgument(
        `${field}.unavailability.startMs`,
        `expected epoch milliseconds, got ${shown(startMs)}`,
      );
    }
    if (durationMs !== undefined && !(Number.isFinite(durationMs) && durationMs >= 0)) {
      const got = shown(durationMs);
      throw new InvalidArgument(`${field}.unavailability.durationMs`, `expected milliseconds of 0 or more, got ${got}`);
    }
    for (const hostname of hostnames) {
      if (plan.has(machineKey(hostname))) {
        throw new InvalidArgument(`${field}.hostnames`, `expected each machine once, got ${shown(hostname)} again`);
      }
      plan.set(machineKey(hostname), unavailability);
    }
  });
  for (const [hostname, { mode }] of machines) {
    if (mode === 'DRAINING' || plan.has(hostname)) continue;
    throw new InvalidArgument('windows', `expected every machine that is down, got none with ${shown(hostname)}`);
  }
  return Array.from(plan, ([hostname, unavailability]) => ({ hostname, unavailability }));
}

/**
 * The machines that an operator means, in lower case.
 *
 * @throws InvalidArgument if there is none, one comes twice, or one is not in that mode
 */
export function machinesIn(
  mode: MachineRecord['mode'],
  hostnames: readonly string[],
  machines: Machines,
): readonly string[] {
  checkHostnames(hostnames, 'hostnames');
  const keys = hostnames.map(machineKey);
  const seen = new Set<string>();
  keys.forEach((key, i) => {
    const field = `hostnames[${i}]`;
    const machine = machines.get(key);
    const got = shown(hostnames[i]);
    if (machine === undefined) {
      throw new InvalidArgument(field, `expected a machine that is part of the maintenance schedule, got ${got}`);
    }
    if (machine.mode !== mode) {
      throw new InvalidArgument(field, `expected a machine that is ${mode}, got ${got}, which is ${machine.mode}`);
    }
    if (seen.has(key)) throw new InvalidArgument(field, `expected each machine once, got ${got} again`);
    seen.add(key);
  });
  return keys;
}

function checkHostnames(hostnames: readonly string[], field: string): void {
  if (!Array.isArray(hostnames) || hostnames.length === 0) {
    throw new InvalidArgument(field, `expected a list with at least one machine, got ${shown(hostnames)}`);
  }
  hostnames.forEach((hostname, i) => {
    if (typeof hostname !== 'string' || hostname === '') {
      throw new InvalidArgument(`${field}[${i}]`, `expected a host name, got ${shown(hostname)}`);
    }
  });
}

/** A change of the schedule; applied twice, it gives what it gives once. */
export type MaintenanceOperation =
  /** Takes the place of the one before. What is down stays so. */
  | { readonly type: 'updateMaintenanceSchedule'; readonly plan: MachinePlan }
  | { readonly type: 'startMaintenance'; readonly hostnames: readonly string[] }
  | { readonly type: 'stopMaintenance'; readonly hostnames: readonly string[] };

/** What it does to the machines. Those that are not in the mode that it asks for stay as they are. */
export function applyMaintenance(machines: Map<string, MachineRecord>, operation: MaintenanceOperation): void {
  if (operation.type === 'updateMaintenanceSchedule') {
    const before = new Map(machines);
    machines.clear();
    for (const [hostname, machine] of before) if (machine.mode === 'DOWN') machines.set(hostname, machine);
    for (const { hostname, unavailability } of operation.plan) {
      const mode = before.get(hostname)?.mode ?? 'DRAINING';
      machines.set(hostname, Object.freeze({ mode, unavailability }));
    }
    return;
  }
  for (const hostname of operation.hostnames) {
    const machine = machines.get(hostname);
    if (machine === undefined) continue;
    if (operation.type === 'startMaintenance') machines.set(hostname, Object.freeze({ ...machine, mode: 'DOWN' }));
    else if (machine.mode === 'DOWN') machines.delete(hostname);
  }
}
