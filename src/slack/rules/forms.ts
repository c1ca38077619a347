import type { ModalView } from '@slack/types';
import { AppError, assertNever, invalid } from '../../core/base/errors.js';
import { describeCondition, describeTarget } from '../../core/rules/describe.js';
import { placeForNew, type RuleEdit } from '../../core/rules/edit.js';
import type { Rule } from '../../core/rules/rule.js';
import { type ListedRule, listRules, type RuleList } from '../../usecases/rules/list-rules.js';
import { listAttributes, suggestValues } from '../../usecases/rules/suggest-values.js';
import type { SlackContext } from '../kit/context.js';
import type { Triggered } from '../kit/listener.js';
import { encodeChoice } from '../kit/option-value.js';
import type { Surface } from '../kit/request.js';
import { displayName } from '../kit/text.js';
import type { Back } from './back.js';
import { buildEdit } from './build-edit.js';
import { editorView } from './editor-view.js';
import { formOfRule, newForm, type RuleForm } from './form.js';
import { moveEdit, moveView } from './move-view.js';
import { retireEdit, retireView } from './retire-view.js';

/** A rule by its id; the dimension may be left open where people type only the id. */
export interface RuleName {
  readonly dimension: string | null;
  readonly ruleId: string;
}

interface FoundRule extends ListedRule {
  readonly dimension: string;
}

function findRule(list: RuleList, name: RuleName): FoundRule {
  const found = list.dimensions
    .filter(({ id }) => name.dimension === null || id === name.dimension)
    .flatMap(({ id, rules }) => rules.map((listed) => ({ ...listed, dimension: id })))
    .filter(({ rule }) => rule.id === name.ruleId);
  const [only] = found;
  if (only === undefined) {
    throw new AppError(
      'not-found',
      `There is no rule "${name.ruleId}" any more; /rules list shows what there is.`,
    );
  }
  if (found.length > 1) {
    const places = found.map(({ dimension }) => dimension).join(' and ');
    throw new AppError('invalid', `"${name.ruleId}" is a rule of ${places}; use the menu in /rules list.`);
  }
  return only;
}

function existingRule(list: RuleList, form: RuleForm): Rule | null {
  return form.ruleId === null
    ? null
    : findRule(list, { dimension: form.dimension, ruleId: form.ruleId }).rule;
}

function drawEditor(list: RuleList, form: RuleForm): ModalView {
  const keepsTarget = form.target.kind === 'kept';
  const existing = form.rows === null || keepsTarget ? existingRule(list, form) : null;
  return editorView(form, {
    dimensions: list.dimensions.map(({ id }) => id),
    keptSentence: existing === null || form.rows !== null ? null : describeCondition(existing.when, 'all'),
    keptTarget: existing === null || !keepsTarget ? null : describeTarget(existing.allocateTo),
  });
}

/** The editor with a form in it. */
export async function editorFor(context: SlackContext, form: RuleForm): Promise<ModalView> {
  return drawEditor(await listRules(context), form);
}

/** An empty editor for a dimension; the first one when none is named. */
export async function editorForNew(context: SlackContext, dimension: string | null): Promise<ModalView> {
  const list = await listRules(context);
  if (dimension !== null) requireDimension(list, dimension);
  const chosen = dimension ?? list.dimensions[0]?.id ?? 'team';
  const rules = list.dimensions.find(({ id }) => id === chosen)?.rules.map(({ rule }) => rule) ?? [];
  const place = rules.find(({ id }) => id === placeForNew(rules));
  const before = place === undefined ? null : { ...encodeChoice(place.name), value: place.id };
  return drawEditor(list, { ...newForm(chosen), before });
}

/** @throws AppError `not-found` naming the dimensions that there are. */
export function requireDimension({ dimensions }: RuleList, id: string): void {
  if (dimensions.some((dimension) => dimension.id === id)) return;
  const known = dimensions.map((dimension) => dimension.id).join(', ');
  throw new AppError('not-found', `There is no dimension "${displayName(id, 60)}"; there are ${known}.`);
}

/** The editor of a rule that exists. @throws AppError `not-found`. */
export async function editorForRule(context: SlackContext, name: RuleName): Promise<ModalView> {
  const list = await listRules(context);
  const found = findRule(list, name);
  return drawEditor(list, formOfRule(found.dimension, found.rule));
}

/** The retire form of a rule. @throws AppError `not-found`. */
export async function retireFor(context: SlackContext, name: RuleName): Promise<ModalView> {
  const { rule, dimension, sentence } = findRule(await listRules(context), name);
  return retireView({
    dimension,
    ruleId: rule.id,
    sentence: `${rule.name}: ${sentence}`,
    from: null,
    note: null,
  });
}

/** The form that asks before which other rule a rule goes. @throws AppError `not-found`. */
export async function moveFor(context: SlackContext, name: RuleName): Promise<ModalView> {
  const { rule, dimension } = findRule(await listRules(context), name);
  return moveView({ dimension, ruleId: rule.id, name: rule.name, before: null, note: null });
}

/** A step of a rule up or down among its neighbours. @throws AppError `not-found`; `invalid` where it ends. */
export async function stepOf(context: SlackContext, name: RuleName, way: 'up' | 'down'): Promise<RuleEdit> {
  const list = await listRules(context);
  const { rule, dimension } = findRule(list, name);
  const ids = (list.dimensions.find(({ id }) => id === dimension)?.rules ?? []).map((each) => each.rule.id);
  const at = ids.indexOf(rule.id);
  if (way === 'up' ? at === 0 : at === ids.length - 1)
    return invalid(`"${rule.name}" is the ${way === 'up' ? 'first' : 'last'} rule of ${dimension} already.`);
  const beforeRuleId = ids[way === 'up' ? at - 1 : at + 2] ?? null;
  return { kind: 'move', dimension, ruleId: rule.id, beforeRuleId };
}

/** The form that a Back button brings back. */
export async function viewOfBack(context: SlackContext, back: Back): Promise<ModalView> {
  switch (back.kind) {
    case 'retire':
      return retireView(back.form);
    case 'move':
      return moveView(back.form);
    case 'editor':
      return editorFor(context, back.form);
    default:
      return assertNever(back);
  }
}

/** Values offered for an attribute: the ledger's own, most expensive first. */
const LOOKED_THROUGH = 1_000;

/** What a filled-in form asks for. @throws AppError `invalid` or `not-found`. */
export async function editOf(context: SlackContext, back: Back): Promise<RuleEdit> {
  if (back.kind === 'retire') return retireEdit(back.form);
  if (back.kind === 'move') return moveEdit(back.form);
  const { form } = back;
  const list = await listRules(context);
  const rules = list.dimensions.find(({ id }) => id === form.dimension)?.rules ?? [];
  return buildEdit(form, {
    existing: existingRule(list, form),
    takenIds: rules.map(({ rule }) => rule.id),
    attributes: () => listAttributes(context),
    values: (attribute, contains) => suggestValues(context, { attribute, contains, limit: LOOKED_THROUGH }),
  });
}

/** Opens a form for a rule editor; others are told that they may not. Returns why not, null when it was opened. */
export function openRuleForm(
  surface: Surface,
  asked: Triggered,
  make: () => Promise<ModalView>,
): Promise<string | null> {
  return asked.open('Rules', async () => {
    await surface.access.requireRuleEditor(asked.client, asked.user.id);
    return make();
  });
}
