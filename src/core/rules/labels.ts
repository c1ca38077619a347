import { assertNever } from '../base/errors.js';
import type { AttributeName } from '../ledger/charge.js';
import type { AttributeRef, Operator } from './condition.js';
import type { Reference } from './reference.js';
import { parseReference } from './reference.js';

const ATTRIBUTE_LABELS: Readonly<Record<AttributeName, string>> = {
  serviceProviderName: 'service provider',
  publisherName: 'publisher',
  invoiceIssuerName: 'invoice issuer',
  serviceName: 'service',
  serviceCategory: 'service category',
  billingAccountId: 'billing account',
  subAccountId: 'sub-account ID',
  subAccountName: 'sub-account name',
  resourceId: 'resource ID',
  resourceName: 'resource name',
  resourceType: 'resource type',
  regionId: 'region',
  skuId: 'SKU',
  skuMeter: 'SKU meter',
  chargeCategory: 'charge category',
  source: 'source',
  apiKeyId: 'API key ID',
  apiKeyName: 'API key name',
  principalId: 'principal ID',
  email: 'e-mail',
  seatId: 'seat ID',
  model: 'model',
  customerId: 'customer ID',
};

/** What people call an attribute: `API key name`, `tag env`; a dimension goes by its id. */
export function attributeLabel(ref: AttributeRef): string {
  return referenceLabel(parseReference(ref));
}

export function referenceLabel(reference: Reference): string {
  switch (reference.kind) {
    case 'attribute':
      return ATTRIBUTE_LABELS[reference.name];
    case 'tag':
      return `tag ${reference.key}`;
    case 'dimension':
      return reference.id;
    default:
      return assertNever(reference);
  }
}

const OPERATOR_LABELS: Readonly<Record<Operator, { readonly yes: string; readonly no: string }>> = {
  is: { yes: 'is', no: 'is not' },
  in: { yes: 'is one of', no: 'is none of' },
  startsWith: { yes: 'starts with', no: 'does not start with' },
  endsWith: { yes: 'ends with', no: 'does not end with' },
  contains: { yes: 'contains', no: 'does not contain' },
  matches: { yes: 'matches', no: 'does not match' },
  exists: { yes: 'is set', no: 'is not set' },
};

/** What people call an operator: `starts with`, or where it is negated `does not start with`. */
export function operatorLabel(operator: Operator, negated = false): string {
  return OPERATOR_LABELS[operator][negated ? 'no' : 'yes'];
}
