/** 32-bit hash of any parts (FNV-1a): the same everywhere, so that every figure of a day has its own fixed dice. */
export function hash(...parts: readonly (string | number)[]): number {
  let state = 0x811c9dc5;
  for (const character of parts.join('\u0000')) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return state >>> 0;
}

/** mulberry32 (public domain, Tommy Ettinger): a stream of numbers in [0, 1). */
export function createDice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz';

/** An opaque id like a vendor's, always the same for the same name. */
export function stableId(prefix: string, name: string, length = 12): string {
  const dice = createDice(hash(prefix, name));
  const letters = Array.from({ length }, () => ALPHABET[Math.floor(dice() * ALPHABET.length)] ?? '0');
  return `${prefix}${letters.join('')}`;
}
