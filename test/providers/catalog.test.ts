import { describe, expect, it } from 'vitest';
import { createProvider, SOURCE_KINDS } from '../../src/providers/catalog.js';
import { clock } from '../support/vendors/all.js';

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

  it('asks for a file, and for no credential, where a kind reads one: it brings what it brings', () => {
    const files = SOURCE_KINDS.filter(({ needsPath }) => needsPath);
    expect(files.map(({ kind }) => kind).toSorted()).toEqual([
      'anthropic-console-csv',
      'cursor-csv',
      'focus-file',
      'github-copilot-csv',
      'token-records',
    ]);
    for (const { kind, credential } of files) {
      expect(credential).toBeNull();
      const provider = createProvider({ ...entry, kind, credential: null }, { clock });
      if (kind !== 'token-records') expect(provider.usualLagDays).toBeNull();
    }
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
