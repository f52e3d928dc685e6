import { join } from 'node:path';

/** The variable by which every process of a container is known, however far it has moved from its parents. */
export const CONTAINER_MARKER = 'ALTIPLANO_CONTAINER_ID';

/** `PATH` where the command's environment names none. @see Mesos `os::host_default_path` */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Files in a container's folder; each is one line, written at once, and counts only with its newline. */
export const RECORDS = { supervisor: 'supervisor', command: 'command', exit: 'exit' } as const;

/**
 * Writes `<pid> <boot id> <start time>` of the process that runs it to the file `$1`, with nothing but builtins where
 * there is a `/proc`. Its only variables have names that no command's environment has, as the shell would pass a
 * changed value on.
 */
const RECORD_IDENTITY = `
__altiplano_record() {
  __altiplano_boot=-
  if { read -r __altiplano_stat < /proc/self/stat; } 2>/dev/null; then
    { read -r __altiplano_boot < /proc/sys/kernel/random/boot_id; } 2>/dev/null
    set -- "$1" "\${__altiplano_stat%% *}" \${__altiplano_stat##*")"}
    echo "$2 $__altiplano_boot \${22}" > "$1"
  else
    set -- "$1" "$(exec /bin/sh -c 'echo "$PPID"')"
    set -- "$1" "$2" $(LC_ALL=C exec /bin/ps -o lstart= -p "$2")
    __altiplano_file=$1 __altiplano_pid=$2
    shift
    echo "$__altiplano_pid - $*" > "$__altiplano_file"
  fi
}`;

/**
 * The supervisor: `$1` is the container's folder, what follows the command. Its file 3 leads to the agent.
 *
 * - The command runs in the foreground: unlike after `wait`, its status is true whatever signals come meanwhile; it
 *   keeps its SIGINT, which a background command of a shell ignores.
 * - The traps keep the supervisor alive when a signal is sent to its whole process group, and are gone in the command
 *   (an ignored signal would not be).
 * - A shell reports the violent death of its child on its own standard error, so the command alone keeps the sandbox's.
 * - What cannot be recorded does not run.
 */
const SUPERVISOR = `trap : HUP INT QUIT USR1 USR2 PIPE ALRM TERM
${RECORD_IDENTITY}
exec 4>&2 2>/dev/null
__altiplano_record "$1/${RECORDS.supervisor}" || exit 1
(
  __altiplano_record "$1/${RECORDS.command}" || exit 1
  trap "" PIPE
  echo >&3
  trap - PIPE
  shift
  exec "$@" 2>&4 3>&- 4>&-
)
echo "$?" > "$1/${RECORDS.exit}"
`;

/** The program and arguments that run `command` (a program and its arguments) under a supervisor. */
export function supervisorCommand(folder: string, command: readonly string[]): readonly [string, readonly string[]] {
  return ['/bin/sh', ['-c', SUPERVISOR, 'altiplano-supervisor', folder, ...command]];
}

/** Where the record of that kind of a container is. */
export function recordPath(folder: string, record: keyof typeof RECORDS): string {
  return join(folder, RECORDS[record]);
}
