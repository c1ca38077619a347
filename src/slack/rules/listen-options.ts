import type { App } from '@slack/bolt';
import { z } from 'zod';
import { listRules } from '../../usecases/rules/list-rules.js';
import { listAttributes, suggestValues } from '../../usecases/rules/suggest-values.js';
import { attributeChoice } from '../kit/inputs.js';
import { type Choice, encodeChoice, isHashed, resolveChoice } from '../kit/option-value.js';
import { unpackPayload } from '../kit/payload.js';
import type { Surface } from '../kit/request.js';
import { MAX_OPTIONS, onSearch, type Search } from '../kit/search.js';
import { ACTION, rowOfBlock } from './ids.js';
import { EditorMetadata } from './read-form.js';

/** A select of the rule editor, with the form as it was drawn. */
interface Query extends Search {
  readonly form: EditorMetadata;
}

type Suggest = (asked: Search) => Promise<readonly Choice[]>;

function inEditor(suggest: (query: Query) => Promise<readonly Choice[]>): Suggest {
  return (asked) => suggest({ ...asked, form: unpackPayload(EditorMetadata, asked.metadata) });
}

/** What the editor's and the move form's metadata have in common. */
const OfDimension = z.object({ dimension: z.string() });

/** What was typed, as a value of its own, before what the ledger knows; a text too long for an option is left out. */
function withTyped(typed: string, known: readonly string[]): readonly Choice[] {
  const own = typed === '' || known.includes(typed) ? [] : [encodeChoice(typed)].filter((c) => !isHashed(c));
  return [...own, ...known.map(encodeChoice)];
}

async function suggestAttributes({ context, form, typed }: Query): Promise<readonly Choice[]> {
  const [attributes, { dimensions }] = await Promise.all([listAttributes(context), listRules(context)]);
  const others = dimensions.filter(({ id }) => id !== form.dimension).map(({ id }) => `dimension:${id}`);
  const wanted = typed.toLowerCase();
  return [...attributes, ...others]
    .filter((reference) => `${reference} ${attributeChoice(reference).text}`.toLowerCase().includes(wanted))
    .map(attributeChoice);
}

/** The attribute is the one the row was drawn with: choosing another one redraws the row first. */
async function suggestRowValues({ context, form, blockId, typed }: Query): Promise<readonly Choice[]> {
  const id = rowOfBlock(blockId);
  const chosen = form.rows?.find(([rowId]) => rowId === id)?.[2] ?? null;
  if (chosen === null) return withTyped(typed, []);
  const attribute = await resolveChoice({ text: '', value: chosen }, () => listAttributes(context));
  return withTyped(typed, await suggestValues(context, { attribute, contains: typed, limit: MAX_OPTIONS }));
}

async function suggestOwners({ context, form, typed }: Query): Promise<readonly Choice[]> {
  const attribute = `dimension:${form.dimension}`;
  return withTyped(typed, await suggestValues(context, { attribute, contains: typed, limit: MAX_OPTIONS }));
}

async function suggestPositions({ context, metadata, typed }: Search): Promise<readonly Choice[]> {
  const { dimension } = unpackPayload(OfDimension, metadata);
  const { dimensions } = await listRules(context);
  const wanted = typed.toLowerCase();
  return (dimensions.find(({ id }) => id === dimension)?.rules ?? [])
    .filter(({ rule }) => `${rule.name} ${rule.id}`.toLowerCase().includes(wanted))
    .map(({ rule }) => ({ ...encodeChoice(rule.name), value: rule.id }));
}

const SUGGESTIONS: readonly (readonly [string, Suggest])[] = [
  [ACTION.attribute, inEditor(suggestAttributes)],
  [ACTION.targetAttribute, inEditor(suggestAttributes)],
  [ACTION.choice, inEditor(suggestRowValues)],
  [ACTION.choices, inEditor(suggestRowValues)],
  [ACTION.targetOwner, inEditor(suggestOwners)],
  [ACTION.among, inEditor(suggestOwners)],
  [ACTION.fallback, inEditor(suggestOwners)],
  [ACTION.before, suggestPositions],
];

/** The selects of the rule editor whose options come from the ledger. */
export function listenRuleOptions(app: App, surface: Surface): void {
  for (const [id, suggest] of SUGGESTIONS)
    onSearch(app, surface, { id, doing: 'suggesting values in a rule form' }, async (search) => {
      await surface.access.requireRuleEditor(search.client, search.user.id);
      return suggest(search);
    });
}
