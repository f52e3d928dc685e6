import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run-program.ts';

/** The blocks of TypeScript in `docs/guide.md`. */
export interface Guide {
  /** Those that name no file, in order, are one program. */
  readonly program: string;
  /** Those that name one are pieces of it, letter by letter. */
  readonly pieces: readonly { readonly path: string; readonly text: string }[];
}

export function readGuide(): Guide {
  const text = readFileSync(join(ROOT, 'docs', 'guide.md'), 'utf8');
  const blocks = [...text.matchAll(/^```(\S*)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language, path, block = '']) => {
    if (language !== 'ts') throw new Error(`Expected only blocks of ts in the guide, got ${language}`);
    return { path, text: block };
  });
  return {
    program: blocks
      .filter(({ path }) => path === undefined)
      .map((block) => block.text)
      .join('\n'),
    pieces: blocks.flatMap(({ path, text: piece }) => (path === undefined ? [] : [{ path, text: piece }])),
  };
}
