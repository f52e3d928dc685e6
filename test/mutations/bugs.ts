import { AGENT_BUGS } from './agent-bugs.ts';
import { ALLOCATOR_BUGS } from './allocator-bugs.ts';
import type { Bug } from './bug.ts';
import { DRIVER_BUGS } from './driver-bugs.ts';
import { MASTER_BUGS } from './master-bugs.ts';

/** All of them, room by room. */
export const BUGS: readonly Bug[] = [...MASTER_BUGS, ...ALLOCATOR_BUGS, ...AGENT_BUGS, ...DRIVER_BUGS];
