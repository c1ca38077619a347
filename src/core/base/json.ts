/** JSON in which bigints survive: `{"$n":"123"}`. For what we store ourselves, never for an outside format. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? { $n: item.toString() } : item,
  );
}

/** Inverse of `encodeJson`; the caller vouches for the shape, having written it. */
export function decodeJson<T>(text: string): T {
  return JSON.parse(text, (_key, item: unknown) => {
    const boxed = item as { $n?: unknown } | null;
    return typeof boxed === 'object' && typeof boxed?.$n === 'string' ? BigInt(boxed.$n) : item;
  }) as T;
}

/** JSON with object keys sorted at every depth: equal values give equal text, so it can be hashed or keyed. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return { $n: item.toString() };
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
