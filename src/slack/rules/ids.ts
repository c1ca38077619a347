/** The button that opens the list of rules from App Home and from the help. */
export const MANAGE_RULES_ID = 'home.manage-rules';

/** Callback, action and block ids of the rule forms, each exact and its own. */
export const VIEW = {
  editor: 'rules.editor',
  retire: 'rules.retire',
  move: 'rules.move',
  preview: 'rules.preview',
  list: 'rules.list',
} as const;

export const ACTION = {
  dimension: 'rules.form-dimension',
  name: 'rules.form-name',
  join: 'rules.form-join',
  ignoreCase: 'rules.form-case',
  attribute: 'rules.form-attribute',
  operator: 'rules.form-operator',
  choice: 'rules.form-choice',
  choices: 'rules.form-choices',
  text: 'rules.form-text',
  addRow: 'rules.form-add-row',
  removeRow: 'rules.form-remove-row',
  targetKind: 'rules.form-target-kind',
  targetOwner: 'rules.form-target-owner',
  targetAttribute: 'rules.form-target-attribute',
  targetTemplate: 'rules.form-target-template',
  targetDirectory: 'rules.form-target-directory',
  paste: 'rules.form-paste',
  pasteMore: 'rules.form-paste-more',
  splitMethod: 'rules.form-split-method',
  among: 'rules.form-among',
  shares: 'rules.form-shares',
  measure: 'rules.form-measure',
  fallback: 'rules.form-fallback',
  from: 'rules.form-from',
  to: 'rules.form-to',
  before: 'rules.form-before',
  note: 'rules.form-note',
} as const;

/** Block ids. A generation in the id makes Slack forget what was typed there and take the new default. */
export const BLOCK = {
  dimension: 'dimension',
  name: 'name',
  join: 'join',
  ignoreCase: 'case',
  attribute: (row: number) => `attribute.${row}`,
  operator: (row: number) => `operator.${row}`,
  value: (row: number, generation: number) => `value.${row}.${generation}`,
  paste: (row: number, generation: number, area: number) => `paste.${row}.${generation}.${area}`,
  pasteMore: (row: number) => `paste-more.${row}`,
  remove: (row: number) => `remove.${row}`,
  targetKind: 'target-kind',
  target: (generation: number) => `target.${generation}`,
  template: (generation: number) => `template.${generation}`,
  splitMethod: (generation: number) => `split-method.${generation}`,
  among: (generation: number) => `among.${generation}`,
  shares: (generation: number) => `shares.${generation}`,
  measure: (generation: number) => `measure.${generation}`,
  fallback: (generation: number) => `fallback.${generation}`,
  before: (generation: number) => `before.${generation}`,
  from: 'from',
  to: 'to',
  note: 'note',
} as const;

/** The row a block id of a condition row belongs to; null for any other block. */
export function rowOfBlock(blockId: string): number | null {
  const match = /^(?:attribute|operator|value|remove)\.(\d+)(?:\.\d+)?$/.exec(blockId);
  return match === null ? null : Number(match[1]);
}
