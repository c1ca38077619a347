import type { ClaimSubject } from '../../core/claims/claim.js';
import type { AttributeName } from '../../core/ledger/charge.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import { NO_VALUE, type SpendFilter, type SpendKey } from '../../core/spend/spend.js';
import { attributeChoice } from '../kit/inputs.js';
import { encodeChoice } from '../kit/option-value.js';
import { displayName } from '../kit/text.js';
import { emptyRow, type FormRow, newForm, type RuleForm } from './form.js';

/** The attribute of a rule that stands for a key of `/spend`; days, months and confidence have none. */
const ATTRIBUTE_OF: Readonly<Partial<Record<SpendKey, AttributeName>>> = {
  provider: 'serviceProviderName',
  service: 'serviceName',
  model: 'model',
  'sub-account': 'subAccountName',
  key: 'apiKeyName',
  person: 'email',
  source: 'source',
};
const CLAIM_ATTRIBUTE: Readonly<Record<ClaimSubject['kind'], AttributeName>> = {
  apiKey: 'apiKeyId',
  principal: 'principalId',
  seat: 'seatId',
};
const MAX_NAME = 80;

function rowFor(id: number, attribute: AttributeName, values: readonly string[]): FormRow {
  const operator = values.length === 1 ? 'is' : 'in';
  return {
    ...emptyRow(id),
    attribute: attributeChoice(attribute),
    operator,
    values: values.map(encodeChoice),
  };
}

/** A new rule about the identifier that nobody owns. */
export function formOfClaim({ kind, value, label }: ClaimSubject): RuleForm {
  return {
    ...newForm('team'),
    name: displayName(label, MAX_NAME),
    rows: [rowFor(0, CLAIM_ATTRIBUTE[kind], [value])],
  };
}

/** A new rule about what a figure is about: its filters become conditions, its owner the one who gets the money. */
export function formOfFigure(dimension: string, where: readonly SpendFilter[]): RuleForm {
  const form = newForm(dimension);
  const attributes = new Map<string, AttributeName>(Object.entries(ATTRIBUTE_OF));
  const rows = where.flatMap(({ key, values }, index) => {
    const attribute = attributes.get(key);
    return attribute === undefined || values.includes(NO_VALUE) ? [] : [rowFor(index, attribute, values)];
  });
  const owner = where.find(({ key }) => key === dimension)?.values[0];
  const named = rows[0]?.values[0]?.text ?? '';
  return {
    ...form,
    name: displayName(named, MAX_NAME) === '(no name)' ? '' : displayName(named, MAX_NAME),
    rows: rows.length === 0 ? form.rows : rows,
    target:
      owner === undefined || owner === UNALLOCATED
        ? form.target
        : { kind: 'value', owner: encodeChoice(owner) },
  };
}
