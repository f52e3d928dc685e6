/** Waits until `condition` holds, looking again after each turn of the event loop; gives up with what was awaited. */
export async function until(what: string, condition: () => boolean, patienceMs = 25_000): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`Gave up waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
