/** The one source of chance in a run: the same seed makes the same choices. */
export type Random = {
  /** 0 <= x < 1 */
  next(): number;
  /** min <= x <= max, whole. */
  between(min: number, max: number): number;
  pick<T>(items: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
  /** A source of its own, so that what one client does never shifts what another one does. */
  fork(name: string): Random;
};

/** mulberry32 (public domain, Tommy Ettinger): 32 bits of state are plenty for a schedule. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const between = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    between,
    pick: (items) => pickOf(items, between),
    shuffled: (items) =>
      items
        .map((item) => ({ item, key: next() }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ item }) => item),
    fork: (name) => createRandom(hashOf(name) ^ seed),
  };
}

function pickOf<T>(items: readonly T[], between: (min: number, max: number) => number): T {
  const picked = items[between(0, items.length - 1)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
