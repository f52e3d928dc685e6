import type { ConnectionId } from './state.ts';
import type { MasterMessage, SchedulerEvent } from '../protocol/index.ts';
import type { AllocatorCall, MasterEffect, MasterEvent, MasterStimulus, RegistryWrite } from './protocol.ts';

/** A decision in the making: the functions of `decide` add to it, in the order in which things shall happen. */
export class Draft {
  readonly events: MasterEvent[] = [];
  readonly effects: MasterEffect[] = [];

  event(event: MasterEvent): void {
    this.events.push(event);
  }

  tellFramework(connection: ConnectionId, event: SchedulerEvent): void {
    this.effects.push({ type: 'sendToFramework', connection, event });
  }

  closeFramework(connection: ConnectionId, reason: string): void {
    this.effects.push({ type: 'closeFramework', connection, reason });
  }

  tellAgent(connection: ConnectionId, message: MasterMessage): void {
    this.effects.push({ type: 'sendToAgent', connection, message });
  }

  closeAgent(connection: ConnectionId, reason: string): void {
    this.effects.push({ type: 'closeAgent', connection, reason });
  }

  allocator(call: AllocatorCall): void {
    this.effects.push({ type: 'callAllocator', call });
  }

  startTimer(key: string, delayMs: number, stimulus: MasterStimulus): void {
    this.effects.push({ type: 'startTimer', key, delayMs, stimulus });
  }

  cancelTimer(key: string): void {
    this.effects.push({ type: 'cancelTimer', key });
  }

  /** What is decided is written first; acting upon it is for when it comes back. */
  writeRegistry(write: RegistryWrite): void {
    this.effects.push({ type: 'writeRegistry', write });
  }

  /** Somebody's mistake or a lost race, of no consequence: nothing but a line in the log. */
  dropped(what: string, why: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.effects.push({ type: 'log', level: 'warn', message: `Dropped ${what}: ${why}`, fields });
  }

  info(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.effects.push({ type: 'log', level: 'info', message, fields });
  }
}
