import { emptyRow, MAX_PASTES, MAX_ROWS, pasteAreas, type RuleForm } from './form.js';

/** One more, empty condition, as far as there is room. */
export function withRow(form: RuleForm): RuleForm {
  const rows = form.rows ?? [];
  if (form.rows === null || rows.length >= MAX_ROWS) return form;
  return { ...form, rows: [...rows, emptyRow(Math.max(-1, ...rows.map(({ id }) => id)) + 1)] };
}

/** One more text area for the pasted list of a condition, as far as there is room. */
export function withPaste(form: RuleForm, id: number): RuleForm {
  const rows = form.rows ?? [];
  const areas = rows.reduce((sum, row) => sum + pasteAreas(row), 0);
  if (form.rows === null || areas >= MAX_PASTES) return form;
  return {
    ...form,
    rows: rows.map((row) => (row.id === id ? { ...row, pastes: [...row.pastes, ''] } : row)),
  };
}

/** Without a condition; the last one stays. */
export function withoutRow(form: RuleForm, id: number): RuleForm {
  const rows = form.rows?.filter((row) => row.id !== id) ?? null;
  return rows?.length === 0 ? form : { ...form, rows };
}
