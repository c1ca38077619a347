import { canonicalJson } from '../base/json.js';
import type { Pool, Rule, Ruleset } from './rule.js';

/** Rules are never changed in place, and an edit leaves thousands of them alone. */
const texts = new WeakMap<Rule | Pool, string>();

/** `canonicalJson` of a rule or a shared cost, worked out once for each object. */
export function ruleText(rule: Rule | Pool): string {
  const known = texts.get(rule);
  if (known !== undefined) return known;
  const text = canonicalJson(rule);
  texts.set(rule, text);
  return text;
}

/** Equal texts, equal rulesets, down to the order of dimensions and rules; for hashing. */
export function rulesetText({ version, dimensions }: Ruleset): string {
  const parts = dimensions.map(({ id, rules, shared = [] }) => {
    return `${id}\n${rules.map(ruleText).join('\n')}\nshared\n${shared.map(ruleText).join('\n')}`;
  });
  return [version, ...parts].join('\n\n');
}
