/** Namespaces of clouds and gateways before a model's name: `us.anthropic.`, `anthropic/`, `models/`. */
const PREFIXES = [
  /^(us-gov|us|eu|apac|au|jp|ca|global|regional)\.(?=[a-z0-9-]+\.)/,
  /^(anthropic|openai|amazon|meta|mistral|cohere|deepseek|google)[./]/,
  /^(models|accounts\/[^/]+\/models|publishers\/[^/]+\/models)\//,
];
/** `-v1:0`, `-v2`, `@20250929`, `-20250929`, `-2025-09-29`, `-latest`, and what follows a fine-tuned model's base. */
const SUFFIXES = [
  /[-@](v\d+(:\d+)?(:\d+k)?)$/,
  /[@-]\d{8}$/,
  /-\d{4}-\d{2}-\d{2}$/,
  /[-@](latest|default)$/,
  /(?<=^ft:[^:]+):.*$/,
];
/** Bedrock's geographies: the list has one price for all of them, above that of `global.`. */
const GEOGRAPHY = /^(us-gov|us|eu|apac|au|jp|ca)\.(?=[a-z0-9-]+\.)/;
const PUBLISHER = /^(anthropic|openai|amazon)\./;

/**
 * The names under which a price list may know a model that a vendor spells otherwise, the nearest first: as written,
 * then without the cloud's prefix, a date or a version, then in the vendor's own word order. Pure text: `Claude
 * Sonnet 5` (a display name) and `claude-4.5-sonnet` (Cursor's order) become `claude-sonnet-5`, `claude-sonnet-4-5`.
 */
export function modelCandidates(name: string): readonly string[] {
  const written = name.trim();
  const found = new Set([written]);
  let plain = written.toLowerCase().replaceAll(/[\s_]+/g, '-');
  found.add(plain);
  if (GEOGRAPHY.test(plain) || PUBLISHER.test(plain)) {
    // On Bedrock a model without any prefix is served in its region.
    const regional = `regional.${plain.replace(GEOGRAPHY, '')}`;
    found.add(regional);
    found.add(undatedName(regional));
  }
  found.add(undatedName(plain));
  for (const prefix of PREFIXES) {
    plain = plain.replace(prefix, '');
    found.add(plain);
  }
  for (let shorter = shorten(plain); shorter !== plain; shorter = shorten(plain)) {
    plain = shorter;
    found.add(plain);
  }
  if (plain.startsWith('claude-')) {
    const dashed = plain.replaceAll('.', '-');
    found.add(dashed);
    found.add(vendorOrder(dashed));
  }
  return [...found];
}

/** The name without dates and versions: `claude-sonnet-4` of `claude-sonnet-4-20250514`. */
export function undatedName(name: string): string {
  let plain = name;
  for (let shorter = shorten(plain); shorter !== plain; shorter = shorten(plain)) plain = shorter;
  return plain;
}

/** One suffix less, the first that fits; the same text when none does. */
function shorten(name: string): string {
  const fitting = SUFFIXES.find((suffix) => suffix.test(name));
  return fitting === undefined ? name : name.replace(fitting, '');
}

/** Claude models from 4 on are named family first; Cursor writes the number first. */
function vendorOrder(name: string): string {
  const match = /^claude-(\d+)(-\d+)?-([a-z]+)(-.*)?$/.exec(name);
  if (match === null) return name;
  const [, major = '', minor = '', family = ''] = match;
  return Number(major) < 4 ? name : `claude-${family}-${major}${minor}`;
}
