const MOST_REMARKS = 10;

/** A name in one form of every letter (Unicode NFC), without blanks around it and with single blanks inside. */
export function plainName(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
}

/** Sentences about names that differ only by case, blanks or the form of their letters: they count as different owners. */
export function lookalikeRemarks(fileName: string, what: string, names: Iterable<string>): readonly string[] {
  const groups = new Map<string, Set<string>>();
  for (const name of names) {
    const key = plainName(name.normalize('NFKC')).toLowerCase();
    groups.set(key, (groups.get(key) ?? new Set()).add(name));
  }
  const alike = [...groups.values()].filter((group) => group.size > 1);
  return alike.slice(0, MOST_REMARKS).map((group) => {
    const written = [...group].map((name) => `"${name.slice(0, 60)}"`).join(' and ');
    return `${fileName}: the ${what} ${written} differ only by letter case or blanks, and count as different ones; write them alike.`;
  });
}
