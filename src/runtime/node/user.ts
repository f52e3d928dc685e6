/** The user that this process runs for, by its environment; `root` if that does not say (as in most containers). */
export function currentUser(): string {
  return process.env['USER'] ?? process.env['LOGNAME'] ?? 'root';
}
