import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { OPENAI_CONTRACT } from '../../../src/sandbox/vendors/openai-contract.js';

const Facts = z.object({ facts: z.record(z.string(), z.record(z.string(), z.unknown())) });
const { facts } = Facts.parse(
  JSON.parse(readFileSync(new URL('../../contracts/openai.json', import.meta.url), 'utf8')),
);

it.each(Object.entries(OPENAI_CONTRACT))(
  'the fake takes for %s what the contract of the vendor’s SDK lists, and no more',
  (endpoint, { parameters, groups = [] }) => {
    const path = endpoint.replace('projects/', 'projects/{id}/');
    const listed = facts[`GET /organization/${path} params`] ?? {};
    const names = Object.keys(listed).map((name) => name.replace('?', ''));
    // `before` of a listing is inherited by the SDK's type and not in the facts of every endpoint.
    expect(parameters.filter((name) => name !== 'before').toSorted()).toEqual(
      names.filter((name) => name !== 'before').toSorted(),
    );
    const values = JSON.stringify(listed['group_by?'] ?? []).match(/'(\w+)'/g) ?? [];
    expect([...groups].toSorted()).toEqual(values.map((value) => value.slice(1, -1)).toSorted());
  },
);
