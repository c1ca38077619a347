import type { App, BlockSuggestion } from '@slack/bolt';
import type { PlainTextOption } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { listRules } from '../../usecases/rules/list-rules.js';
import { listAttributes, suggestValues } from '../../usecases/rules/suggest-values.js';
import type { SlackContext } from '../kit/context.js';
import { attributeChoice } from '../kit/inputs.js';
import { type Choice, choiceOption, encodeChoice, isHashed, resolveChoice } from '../kit/option-value.js';
import { unpackPayload } from '../kit/payload.js';
import { contextOf, logFailure, type Surface } from '../kit/request.js';
import { unescapeMrkdwn } from '../kit/text.js';
import { ACTION, rowOfBlock } from './ids.js';
import { EditorMetadata } from './read-form.js';

/** Slack takes a hundred options. */
const MAX_OPTIONS = 100;

/** What a select is asked for: where it stands, and what has been typed so far. */
interface Asked {
  readonly context: SlackContext;
  /** What its view remembers. */
  readonly metadata: string | undefined;
  readonly blockId: string;
  readonly typed: string;
}

/** A select of the rule editor, with the form as it was drawn. */
interface Query extends Asked {
  readonly form: EditorMetadata;
}

type Suggest = (asked: Asked) => Promise<readonly Choice[]>;

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

async function suggestPositions({ context, metadata, typed }: Asked): Promise<readonly Choice[]> {
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

async function optionsFor(
  surface: Surface,
  request: { client: WebClient; body: BlockSuggestion; suggest: Suggest },
): Promise<PlainTextOption[]> {
  const { client, body, suggest } = request;
  try {
    await surface.access.requireRuleEditor(client, body.user.id);
    const choices = await suggest({
      context: contextOf(surface, body.user),
      metadata: body.view?.private_metadata,
      blockId: body.block_id,
      typed: unescapeMrkdwn(body.value).trim(),
    });
    return choices.slice(0, MAX_OPTIONS).map(choiceOption);
  } catch (error) {
    logFailure(surface.context.log, error, 'suggesting values in a rule form');
    return [];
  }
}

/** The selects of the rule editor whose options come from the ledger. */
export function listenRuleOptions(app: App, surface: Surface): void {
  for (const [actionId, suggest] of SUGGESTIONS) {
    app.options(actionId, async ({ ack, body, client }) => {
      await ack({ options: await optionsFor(surface, { client, body, suggest }) });
    });
  }
}
