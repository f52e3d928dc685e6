import type { CommandInfo } from '../../tasks/index.ts';

/** Why a command cannot be started on any system, or `undefined`. No text that a program is given holds a null byte. */
export function validateCommand(command: CommandInfo): string | undefined {
  if (command.value.includes('\0')) return "'value' must not contain null bytes";
  if (command.arguments?.some((argument) => argument.includes('\0'))) return "'arguments' must not contain null bytes";
  for (const [name, value] of Object.entries(command.environment ?? {})) {
    if (name.includes('\0') || value.includes('\0')) {
      return `Environment variable ${JSON.stringify(name)} must not contain null bytes`;
    }
  }
  return undefined;
}
