/** A bug made on purpose, as data: one or two lines of a file of `src/`, put in place of others. */
export interface Bug {
  /** Names it on the command line. */
  readonly name: string;
  /** Below `src/`. */
  readonly file: string;
  /** Exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** What is wrong then, in words. */
  readonly says: string;
}

/**
 * The file's text with the bug in it.
 *
 * @throws Error if what it replaces is not there exactly once, or nothing would change
 */
export function withBug(bug: Bug, text: string): string {
  const count = text.split(bug.find).length - 1;
  if (count !== 1) throw new Error(`${bug.name}: expected its text once in ${bug.file}, found it ${count} times`);
  if (bug.find === bug.replace) throw new Error(`${bug.name}: expected a change, got none`);
  return text.replace(bug.find, () => bug.replace);
}
