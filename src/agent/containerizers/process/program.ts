import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * Why `program` cannot be run, or `undefined` if it can: as `execvp` looks for it, a name with a slash relative to
 * `folder`, else in the folders of `path`.
 */
export function programProblem(program: string, path: string, folder: string): string | undefined {
  if (program === '') return 'No program given: the value of the command is empty';
  if (program.startsWith('-')) return `Program names cannot begin with a dash: ${program}`;
  if (program.includes('/')) return fileProblem(resolve(folder, program));
  let refused: string | undefined;
  for (const entry of path.split(':')) {
    const problem = fileProblem(join(isAbsolute(entry) ? entry : resolve(folder, entry), program));
    if (problem === undefined) return undefined;
    // As a shell does: one that may not be run does not end the search, but is what is told.
    if (!problem.startsWith(NO_SUCH)) refused ??= problem;
  }
  return refused ?? `${NO_SUCH}: ${program} (searched ${path})`;
}

const NO_SUCH = 'No such program';

function fileProblem(file: string): string | undefined {
  try {
    if (!statSync(file).isFile()) return `Not a program: ${file} is no regular file`;
    accessSync(file, constants.X_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return `${NO_SUCH}: ${file}`;
    return code === 'EACCES' ? `Permission denied: ${file} is not executable` : `Cannot run ${file}: ${String(error)}`;
  }
}
