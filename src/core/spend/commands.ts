import { editDistance } from '../base/names.js';

/** What `/apportion` and a message to the app can ask for, besides spend and rules. */
export const APPORTION_WORDS = [
  'home',
  'sources',
  'people',
  'claims',
  'alerts',
  'budgets',
  'invoices',
  'digest',
  'close',
  'settings',
  'help',
] as const;
export type ApportionWord = (typeof APPORTION_WORDS)[number];

/** Words that are shown with an example of what may follow. */
const EXAMPLES: Readonly<Partial<Record<ApportionWord, string>>> = {
  people: 'people ana',
  digest: 'digest search',
  budgets: 'budgets 2026-10',
  invoices: 'invoices 2026-10',
  close: 'close 2026-10',
};

/** The slash commands, as manifest.yml declares them to Slack and the sandbox offers them. */
export const SLASH_COMMANDS = [
  {
    command: '/spend',
    description: 'Who spent what on AI',
    usageHint: '[team search] [last week] [by model]',
  },
  {
    command: '/rules',
    description: 'Who pays for what, for FinOps',
    usageHint: '[list | add | edit ID | retire ID | history]',
  },
  {
    command: '/apportion',
    description: 'This month at a glance, budgets, claims, alerts, invoices, digests, bills, settings, help',
    usageHint: `[${APPORTION_WORDS.map((word) => EXAMPLES[word] ?? word).join(' | ')}]`,
  },
] as const;

/** Other words for them that people try. */
const SYNONYMS: Readonly<Record<string, ApportionWord>> = {
  status: 'home',
  bills: 'sources',
  feeds: 'sources',
  source: 'sources',
  directory: 'people',
  hr: 'people',
  claim: 'claims',
  alert: 'alerts',
  cases: 'alerts',
  mutes: 'alerts',
  budget: 'budgets',
  plan: 'budgets',
  plans: 'budgets',
  invoice: 'invoices',
  reconcile: 'invoices',
  digests: 'digest',
  subscribe: 'digest',
  subscription: 'digest',
  subscriptions: 'digest',
  lock: 'close',
  setting: 'settings',
  setup: 'settings',
  config: 'settings',
  hi: 'help',
  hello: 'help',
};

/** What was typed, understood; or the words that are nearest to it. */
export type ApportionCommand =
  | { readonly kind: 'word'; readonly word: ApportionWord; readonly rest: string }
  | { readonly kind: 'unknown'; readonly typed: string; readonly near: readonly ApportionWord[] };

function wordOf(typed: string): ApportionWord | null {
  const known = APPORTION_WORDS.find((word) => word === typed);
  return known ?? (Object.hasOwn(SYNONYMS, typed) ? (SYNONYMS[typed] ?? null) : null);
}

/** Reads the text after `/apportion`; nothing at all asks for help. Deterministic, any case, a full stop is no matter. */
export function readApportion(text: string): ApportionCommand {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  const typed = first.toLowerCase().replace(/[.!?,:]+$/, '');
  if (typed === '') return { kind: 'word', word: 'help', rest: '' };
  const word = wordOf(typed);
  if (word !== null) return { kind: 'word', word, rest: rest.join(' ') };
  const judged = APPORTION_WORDS.map((each) => ({
    each,
    distance: each.startsWith(typed) ? 0 : editDistance(typed, each),
  }));
  const near = judged.filter(({ each, distance }) => distance <= Math.min(3, Math.floor(each.length / 2)));
  return {
    kind: 'unknown',
    typed: first,
    near: near.toSorted((a, b) => a.distance - b.distance).map(({ each }) => each),
  };
}
