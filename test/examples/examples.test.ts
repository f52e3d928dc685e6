import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, readmeExample, runProgram } from '../support/run-program.ts';

/** The lines that matter of what each example prints, in order; other lines may stand between them. */
const ESSENTIALS: Readonly<Record<string, readonly RegExp[]>> = {
  'hello.ts': [/^hello-\d TASK_RUNNING/m, /^hello-2 TASK_FINISHED.*\nhello-2 was here$/m],
  'custom-framework.ts': [
    /^flaky-1: TASK_FAILED .*status 1/m,
    /^flaky-2: TASK_FINISHED/m,
    /^hopeless-3: TASK_FAILED .*status 7/m,
    /^hopeless given up$/m,
  ],
  'fair-share.ts': [/^seconds +batch +web$/m, /^web, .* had (6[5-9]|7\d|8[0-5]) % of what was used/m],
  'drf.ts': [/^A +A +67 % +B +67 % /m, /^ops +ops +50 % +eng\/web +33 % +eng\/batch +17 % +free: nothing$/m],
  'service.ts': [
    /^all 3 are up; killing web-\d from outside, pid \d+$/m,
    /^web-\d TASK_FAILED .*SIGKILL/m,
    /^web-4 goes to (a1|a2|b1), port 310[012]\d$/m,
    /^web-4 TASK_RUNNING/m,
    /^ {2}\d+ x resources mem: needs mem:4096, offer has mem:\d+$/m,
    /^ {2}\d+ x constraints rack: needs rack to be "r1", agent has "r2", for good$/m,
  ],
  'typescript-executor.ts': [/^25 primes below 100$/m, /^below-1e12 TASK_KILLED/m],
  'agent-restart.ts': [
    /running: short \(pid \d+\), long \(pid \d+\), longer \(pid \d+\)$/m,
    /^agent killed; still running: .*long \(pid \d+\), longer/m,
    /is back with pid \d+; still running: long \(pid \d+\), longer \(pid \d+\)$/m,
    /^short: TASK_FAILED .*status 3/m,
    /^longer: TASK_FINISHED/m,
  ],
  'testing-your-framework.ts': [
    /^The scheduler of batch does not keep this: loses no task$/m,
    /^ +red \(task red\.0\) was TASK_\w+ from [\d.]+ s on, and the scheduler finished without it\.$/m,
    /^The smallest story found .* with 1 fault and 1 agent:$/m,
    /!! loseMachine: the machine a1 is gone for good/m,
    /^ +[\d.]+ s {2}has finished$/m,
    /^To see it again: await checkScheduler\(scheduler, properties, { seed: 1, path: '[\d:]+' }\);$/m,
    /^With the fix, nothing was found in 100 worlds with \d+ launches\.$/m,
  ],
};

/** What tells of tasks that are lost, on purpose. */
const ABOUT_FAILURES: ReadonlySet<string> = new Set(['testing-your-framework.ts']);

const examples = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.ts'));
const read = (name: string): string => readFileSync(join(ROOT, 'examples', name), 'utf8');

test('every example is run by this test', () => {
  expect(examples.toSorted()).toEqual(Object.keys(ESSENTIALS).toSorted());
});

test('hello.ts is the example of the README', () => {
  expect(read('hello.ts')).toBe(readmeExample());
});

describe.concurrent('an example', { timeout: 60_000 }, () => {
  test.for(examples)('%s is a complete program of under 80 lines on public imports', (name, { expect }) => {
    expect(read(name).trimEnd().split('\n').length).toBeLessThan(80);
    const imports = [...read(name).matchAll(/ from '([^']+)'/g)].map(([, from]) => from);
    expect(imports).toContain('altiplano');
    expect(imports.filter((from) => !/^(altiplano(\/\w+)?|rxjs|node:[\w/]+)$/.test(from ?? ''))).toEqual([]);
  });

  test.for(examples)(
    '%s ends by itself, says what it did, leaves nothing',
    async (name, { expect, onTestFinished }) => {
      const temporary = mkdtempSync(join(tmpdir(), 'altiplano-example-'));
      onTestFinished(() => rmSync(temporary, { recursive: true }));
      const { code, stdout, stderr } = await runProgram(join(ROOT, 'examples', name), { env: { TMPDIR: temporary } });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      let rest = stdout;
      for (const line of ESSENTIALS[name] ?? []) {
        expect(rest).toMatch(line);
        rest = rest.slice(rest.search(line));
      }
      expect(readdirSync(temporary).filter((entry) => entry.startsWith('altiplano-'))).toEqual([]);
      const lost = stdout.match(/TASK_(LOST|ERROR|DROPPED|GONE|UNREACHABLE)/);
      expect(lost !== null).toBe(ABOUT_FAILURES.has(name));
    },
  );
});
