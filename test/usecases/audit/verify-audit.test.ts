import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/base/errors.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { type Database, openDatabase } from '../../../src/store/sqlite/base/database.js';
import type { Store } from '../../../src/store/store.js';
import { verifyAudit } from '../../../src/usecases/audit/verify-audit.js';
import { ANA } from '../../store/contract/support.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const RULES: Ruleset = {
  version: 1,
  dimensions: [
    {
      id: 'team',
      rules: [
        {
          id: 'search',
          name: 'Search',
          when: { attribute: 'apiKeyId', is: 'k' },
          allocateTo: { value: 'Search' },
        },
      ],
    },
  ],
};

describe('the proof that nothing was changed', () => {
  let folder: string;
  let store: Store;
  let db: Database;
  let context: TestContext;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'apportion-audit-'));
    const path = join(folder, 'a.db');
    context = await createTestContext({ path });
    store = context.store;
    for (const [baseVersion, note] of ['first', 'second'].entries())
      await store.commitRuleset({
        baseVersion,
        ruleset: RULES,
        actor: ANA,
        note,
        atMs: 1,
        draftId: null,
        notices: [],
      });
    db = openDatabase(path);
    db.handle.exec('drop trigger audit_no_update; drop trigger audit_no_delete');
  });
  afterEach(async () => {
    db.handle.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('finds that the last entries were cut off, were replaced, or that all are gone', async () => {
    await store.appendAudit({ actor: ANA, action: 'digest.send', subject: 's', detail: null, atMs: 2 });
    expect(await verifyAudit(context)).toMatchObject({ entries: 3 });
    db.handle.exec('delete from audit where id = 3');
    await expect(verifyAudit(context)).rejects.toThrow('names entry 3, and the log does not have it so');
    // Another entry in its place chains as well; the kept head does not.
    await store.appendAudit({ actor: ANA, action: 'digest.send', subject: 'other', detail: null, atMs: 2 });
    await expect(verifyAudit(context)).rejects.toThrow('names entry 3');
    db.handle.exec('delete from audit');
    await expect(verifyAudit(context)).rejects.toThrow('is not in the audit log');
  });

  it('keeps no head of a change that was refused', async () => {
    const bad = { area: 'currency', value: 'EUR', base: 99, actor: ANA, atMs: 3 } as const;
    await expect(store.changeSettings(bad)).rejects.toThrow('Somebody else has changed');
    await expect(
      store.commitRuleset({
        baseVersion: 0,
        ruleset: RULES,
        actor: ANA,
        note: null,
        atMs: 1,
        draftId: null,
        notices: [],
      }),
    ).rejects.toThrow(AppError);
    expect(await verifyAudit(context)).toMatchObject({ entries: 2 });
    const mode = statSync(join(folder, 'a.db.audit-heads')).mode & 0o777;
    expect(mode).toBe(0o600);
  });

  it('finds nothing in a database that nobody has tampered with', async () => {
    expect(await verifyAudit(context)).toEqual({ entries: 2, lockedMonths: [] });
  });

  it.each([
    ['delete from audit', 'Version 2 of the rules is not in the audit log: entries were cut off.'],
    [
      'delete from audit where id = 2',
      'Version 2 of the rules is not in the audit log: entries were cut off.',
    ],
    [
      "update ruleset_version set author = 'slack:U9 (Eve)' where number = 1",
      'Version 1 of the rules names another author or approver than the audit log.',
    ],
    [
      "update ruleset_version set approver = 'slack:U9 (Eve)' where number = 2",
      'Version 2 of the rules names another author or approver than the audit log.',
    ],
    [
      "update ruleset_version set hash = 'beef' where number = 2",
      'Version 2 of the rules is not the one that the audit log says was committed.',
    ],
    [
      'update rule set body = replace(body, \'"Search"}\', \'"Mine"}\')',
      'The rules of version 1 were changed after they were committed.',
    ],
    [
      'update rule set rule_id = rule_id, to_version = 2',
      'The rules of version 2 were changed after they were committed.',
    ],
    [
      `update ruleset_version set dimensions = '["team","x"]' where number = 2`,
      'The rules of version 2 were changed after they were committed.',
    ],
  ])('fails after %s', async (statement, sentence) => {
    expect(db.handle.prepare(statement).run().changes).toBeGreaterThan(0);
    await expect(verifyAudit(context)).rejects.toThrow(sentence);
  });
});
