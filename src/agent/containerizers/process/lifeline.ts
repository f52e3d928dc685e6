import { spawn } from 'node:child_process';
import { CONTAINER_MARKER } from './supervisor.ts';

/**
 * Waits until its standard input ends, which it does when the process that holds the other end lets go of it or dies,
 * however. Then kills whatever carries the marker of a container that is recorded below `$1`, until nothing does, and
 * removes `$1`.
 *
 * Where there is no `/proc` it signals the recorded supervisors' process groups, which most trees are.
 */
const LIFELINE = `while read -r line; do :; done
round=0
while [ "$round" -lt 50 ]; do
  round=$((round + 1)) pids=
  for folder in "$1"/*/containers/*/; do
    [ -d "$folder" ] || continue
    id=\${folder%/} id=\${id##*/}
    if [ -d /proc/self ]; then
      for file in $(grep -lasF "${CONTAINER_MARKER}=$id" /proc/[0-9]*/environ); do
        pid=\${file#/proc/} pids="$pids \${pid%/environ}"
      done
    elif [ "$round" -eq 1 ] && read -r pid rest < "$folder/supervisor"; then
      pids="$pids -$pid"
    fi
  done
  [ -n "$pids" ] || break
  kill -KILL $pids
  sleep 0.1
done 2>/dev/null
rm -rf "$1"`;

/** Holds the life of containers to that of this process. */
export interface Lifeline {
  /** Lets go: for when all containers have ended in order. */
  release(): void;
}

/**
 * Ties all containers of the agents below `workDir` to this process: when it ends in whatever way, a `kill -9` included,
 * their process trees are killed and `workDir` is removed.
 *
 * @param workDir absolute path; an agent's containers are recorded in `<workDir>/<agent>/containers`
 */
export function holdLifeline(workDir: string): Lifeline {
  // A session of its own: the Ctrl-C that ends this process must not end it.
  const child = spawn('/bin/sh', ['-c', LIFELINE, 'altiplano-lifeline', workDir], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without it a crash leaves tasks behind, and nothing else is different.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return { release: () => void child.stdin.end() };
}
