import { existsSync } from 'node:fs';
import { procTable } from './proc-table.ts';
import type { ProcessTable } from './process-table.ts';
import { psTable } from './ps-table.ts';

/** The process table of the system that this runs on. */
export function systemTable(): ProcessTable {
  return existsSync('/proc/self/stat') ? procTable() : psTable();
}
