import { describe, expect, it } from 'vitest';
import { createProvider } from '../../src/providers/catalog.js';
import { clock } from '../support/vendors.js';

const entry = { name: 'main', credential: 'secret', baseUrl: null, path: '/tmp/bill.csv', options: {} };

describe('the catalog of sources', () => {
  it.each([
    'anthropic',
    'anthropic-legacy',
    'anthropic-claude-code',
    'anthropic-console-csv',
    'claude-enterprise',
    'openai',
    'focus-file',
  ])('makes a provider of kind %s under its name', (kind) => {
    expect(createProvider({ ...entry, kind }, { clock })).toMatchObject({ source: 'main', kind });
  });

  it('refuses an unknown kind with the kinds it knows', () => {
    expect(() => createProvider({ ...entry, kind: 'antropic' }, { clock })).toThrow(
      /^Source "main" is of kind "antropic"; Apportion knows anthropic, .*openai, .*focus-file/,
    );
  });

  it('asks for what the kind needs', () => {
    expect(() => createProvider({ ...entry, kind: 'openai', credential: null }, { clock })).toThrow(
      'Source "main" of kind openai needs a credential, for instance env:OPENAI_ADMIN_KEY.',
    );
    expect(() => createProvider({ ...entry, kind: 'focus-file', path: null }, { clock })).toThrow(
      'Source "main" of kind focus-file needs a path.',
    );
  });
});
