import { describe, expect, test } from 'vitest';
import { consoleLog, type ConsoleLogOptions } from '../../src/runtime/node/log.ts';

function logged(
  level: ConsoleLogOptions['level'],
  message: string,
  fields?: Readonly<Record<string, unknown>>,
): string {
  let text = '';
  const stream = { write: (line: string) => void (text += line) };
  consoleLog({ stream }).log(level ?? 'info', message, fields);
  return text;
}

describe('consoleLog', () => {
  test('writes one line: time, level, message, fields', () => {
    const line = logged('warn', 'An agent is gone', {
      agentId: 'A1',
      afterMs: 75_000,
      known: true,
      hostname: undefined,
    });
    expect(line).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARN  An agent is gone agentId=A1 afterMs=75000 known=true\n$/,
    );
  });

  test('quotes what is more than a word, and keeps everything on one line', () => {
    expect(logged('info', 'a\nb\u001b[31m', { text: 'two words', none: '', quote: 'a"b', multi: 'x\ny' })).toMatch(
      / INFO {2}a\\nb\\u001b\[31m text="two words" none="" quote="a\\"b" multi="x\\ny"\n$/,
    );
  });

  test('writes errors by their message, and objects as JSON', () => {
    const line = logged('error', 'Failed', { error: new Error('disk full'), list: [1, 'b'], nothing: null });
    expect(line).toMatch(/ ERROR Failed error="disk full" list=\[1,"b"\] nothing=null\n$/);
  });

  test('never throws: not for cycles, nor bigints, nor functions, nor a stream that refuses', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(logged('info', 'm', { cycle, big: 12n, undefined: undefined })).toMatch(
      / m cycle=\[object Object\] big=12\n$/,
    );
    const refusing = {
      write(): never {
        throw new Error('closed');
      },
    };
    expect(() => consoleLog({ stream: refusing }).log('error', 'lost')).not.toThrow();
  });

  test.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const)('of level %s keeps back what is less', (level, kept) => {
    const lines: string[] = [];
    const log = consoleLog({ level, stream: { write: (line) => lines.push(line) } });
    for (const each of ['debug', 'info', 'warn', 'error'] as const) log.log(each, each);
    expect(lines.map((line) => line.trimEnd().split(' ').at(-1))).toEqual(kept);
  });
});
