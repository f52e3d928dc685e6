/** The only source of chance in `src/`. */
export interface Random {
  /** An integer from 0 to `boundExclusive - 1`, each as likely. `boundExclusive` is an integer from 1 to 2^32. */
  integer(boundExclusive: number): number;
  /**
   * An independent stream: in a seeded generator it is fixed by the seed and the label, so that one draw more here
   * moves no draw there.
   */
  stream(label: string): Random;
}

/** A UUID of version 4 drawn from `random`. */
export function uuid(random: Random): string {
  const byte = () => random.integer(256);
  const bytes = Array.from({ length: 16 }, byte);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.map((value) => value.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
