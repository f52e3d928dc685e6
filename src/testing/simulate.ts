import { SimulationFailure, type SimulationOptions, type SimulationResult } from './simulate-options.ts';

/**
 * Runs a whole cluster in virtual time: the real master, agents and drivers on a simulated clock, network, disks and
 * machines, in one thread, and deterministic: equal options give an equal trace, byte for byte.
 *
 * @throws InvalidArgument naming the option at fault
 * @throws SimulationFailure if something that must always be true was not
 */
export function simulate(options: SimulationOptions): SimulationResult {
  throw new SimulationFailure('not built yet', { seed: options.seed, lastEvents: [], replay: '' });
}
