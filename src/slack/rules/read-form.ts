import type { ViewOutput } from '@slack/bolt';
import { z } from 'zod';
import { assertNever } from '../../core/base/errors.js';
import { type Choice, readChoice } from '../kit/option-value.js';
import { unpackPayload } from '../kit/payload.js';
import {
  emptyTarget,
  FORM_OPERATORS,
  type FormRow,
  type FormTarget,
  pasteAreas,
  RuleForm,
  type TargetKind,
  valueKindOf,
} from './form.js';
import { ACTION, BLOCK } from './ids.js';
import { SPLIT_METHODS } from './split-form.js';

type Values = ViewOutput['state']['values'];

/**
 * The form as it was when the view was drawn, without what the view's own state holds anyway: the least that
 * tells a changed selection from an unchanged one. 3,000 characters are all that Slack gives.
 */
export const EditorMetadata = z.object({
  ruleId: z.string().nullable(),
  dimension: z.string(),
  /** id, generation, attribute, operator, text areas for pasted lists; null where the condition is kept. */
  rows: z
    .array(z.tuple([z.number(), z.number(), z.string().nullable(), z.enum(FORM_OPERATORS), z.number()]))
    .nullable(),
  target: z.enum(['value', 'attribute', 'owner', 'split', 'kept']),
  targetGeneration: z.number(),
});
export type EditorMetadata = z.infer<typeof EditorMetadata>;

/** What must be remembered of a form when it is drawn. */
export function metadataOf(form: RuleForm): EditorMetadata {
  return {
    ruleId: form.ruleId,
    dimension: form.dimension,
    rows:
      form.rows?.map((row) => [
        row.id,
        row.generation,
        row.attribute?.value ?? null,
        row.operator,
        pasteAreas(row),
      ]) ?? null,
    target: form.target.kind,
    targetGeneration: form.targetGeneration,
  };
}

function stateOf(values: Values, block: string, action: string) {
  return values[block]?.[action];
}

function choiceIn(values: Values, block: string, action: string): Choice | null {
  const selected = stateOf(values, block, action)?.selected_option;
  return selected === null || selected === undefined ? null : readChoice(selected);
}

function textIn(values: Values, block: string, action: string): string | null {
  const typed = stateOf(values, block, action)?.value?.trim() ?? '';
  return typed === '' ? null : typed;
}

function readValues(values: Values, block: string): Choice[] {
  const one = choiceIn(values, block, ACTION.choice);
  const many = stateOf(values, block, ACTION.choices)?.selected_options ?? [];
  const text = textIn(values, block, ACTION.text);
  return [
    ...(one === null ? [] : [one]),
    ...many.map(readChoice),
    ...(text === null ? [] : [{ text, value: text }]),
  ];
}

/** A row as it stands now; its value starts afresh when the attribute or the kind of value has changed. */
function readRow(values: Values, drawn: NonNullable<EditorMetadata['rows']>[number]): FormRow {
  const [id, generation, drawnAttribute, drawnOperator, areas] = drawn;
  const attribute = choiceIn(values, BLOCK.attribute(id), ACTION.attribute);
  const chosen = choiceIn(values, BLOCK.operator(id), ACTION.operator)?.value;
  const operator = FORM_OPERATORS.find((each) => each === chosen) ?? drawnOperator;
  const stale =
    (attribute?.value ?? null) !== drawnAttribute || valueKindOf(operator) !== valueKindOf(drawnOperator);
  const row = { id, attribute, operator };
  if (stale) return { ...row, generation: generation + 1, values: [], pastes: [] };
  const pastes = Array.from(
    { length: areas },
    (_, area) => textIn(values, BLOCK.paste(id, generation, area), ACTION.paste) ?? '',
  );
  return { ...row, generation, values: readValues(values, BLOCK.value(id, generation)), pastes };
}

function readTarget(values: Values, kind: TargetKind, generation: number): FormTarget {
  const block = BLOCK.target(generation);
  switch (kind) {
    case 'value':
      return { kind, owner: choiceIn(values, block, ACTION.targetOwner) };
    case 'attribute':
      return {
        kind,
        attribute: choiceIn(values, block, ACTION.targetAttribute),
        template: textIn(values, BLOCK.template(generation), ACTION.targetTemplate),
      };
    case 'owner': {
      const chosen = choiceIn(values, block, ACTION.targetDirectory)?.value;
      return { kind, owner: chosen === 'person' || chosen === 'costCentre' ? chosen : 'team' };
    }
    case 'split':
      return readSplit(values, generation);
    case 'kept':
      return { kind };
    default:
      return assertNever(kind);
  }
}

function readSplit(values: Values, generation: number): FormTarget {
  const chosen = choiceIn(values, BLOCK.splitMethod(generation), ACTION.splitMethod)?.value;
  const among = stateOf(values, BLOCK.among(generation), ACTION.among)?.selected_options ?? [];
  return {
    kind: 'split',
    method: SPLIT_METHODS.find((method) => method === chosen) ?? 'even',
    among: among.map(readChoice),
    shares: textIn(values, BLOCK.shares(generation), ACTION.shares),
    measure: textIn(values, BLOCK.measure(generation), ACTION.measure),
    fallback: choiceIn(values, BLOCK.fallback(generation), ACTION.fallback),
  };
}

/** What the editor holds right now: the state of its inputs over what it was drawn from. */
export function readForm(view: Pick<ViewOutput, 'private_metadata' | 'state'>): RuleForm {
  const drawn = unpackPayload(EditorMetadata, view.private_metadata);
  const { values } = view.state;
  const dimension = choiceIn(values, BLOCK.dimension, ACTION.dimension)?.value ?? drawn.dimension;
  const chosenKind = choiceIn(values, BLOCK.targetKind, ACTION.targetKind)?.value;
  const kind =
    RuleForm.shape.target.options.map((o) => o.shape.kind.value).find((k) => k === chosenKind) ??
    drawn.target;
  const restarted = kind !== drawn.target || dimension !== drawn.dimension;
  const target =
    kind === drawn.target && (dimension === drawn.dimension || !(kind === 'value' || kind === 'split'))
      ? readTarget(values, kind, drawn.targetGeneration)
      : emptyTarget(kind);
  const folded = stateOf(values, BLOCK.ignoreCase, ACTION.ignoreCase)?.selected_options ?? [];
  return {
    ruleId: drawn.ruleId,
    dimension,
    name: textIn(values, BLOCK.name, ACTION.name) ?? '',
    join: choiceIn(values, BLOCK.join, ACTION.join)?.value === 'any' ? 'any' : 'all',
    ignoreCase: folded.length > 0,
    rows: drawn.rows?.map((row) => readRow(values, row)) ?? null,
    target,
    targetGeneration: drawn.targetGeneration + (restarted ? 1 : 0),
    from: stateOf(values, BLOCK.from, ACTION.from)?.selected_date ?? null,
    to: stateOf(values, BLOCK.to, ACTION.to)?.selected_date ?? null,
    before:
      dimension === drawn.dimension
        ? choiceIn(values, BLOCK.before(drawn.targetGeneration), ACTION.before)
        : null,
    note: textIn(values, BLOCK.note, ACTION.note),
  };
}
