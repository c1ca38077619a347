import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../src/core/notices/notice.js';
import { applyEdit } from '../../../src/core/rules/edit.js';
import type { Pool, Rule, Ruleset } from '../../../src/core/rules/rule.js';
import type { RuleDraft } from '../../../src/store/contract/rules.js';
import type { Store } from '../../../src/store/store.js';
import { ANA, chargeOn, ingest, settle } from './support.js';

function ruleNamed(id: string, value = id): Rule {
  return { id, name: `Rule ${id}`, when: { attribute: 'apiKeyId', is: id }, allocateTo: { value } };
}

function teamRules(...rules: Rule[]): Ruleset {
  return { version: 1, dimensions: [{ id: 'team', rules }] };
}

/** A change that was previewed on edition 0. */
function draftOf(id: string, createdAtMs = 5): RuleDraft {
  return {
    id,
    baseVersion: 0,
    edit: null,
    ruleset: teamRules(ruleNamed('a')),
    note: 'why',
    author: ANA,
    diff: {
      moved: [],
      unallocated: [{ dimension: 'team', currency: 'USD', before: 12_345_678_901_234_567n, after: -1n }],
      shadowedRuleIds: [],
      deadRuleIds: ['a'],
      lockedMonths: [],
    },
    hash: 'h',
    createdAtMs,
    state: 'previewed' as const,
    need: { currency: 'USD', moved: 5n, limit: 4n },
    refusal: null,
    committedVersion: null,
  };
}

async function commit(
  store: Store,
  ruleset: Ruleset,
  extra: { draftId?: string; atMs?: number; notices?: readonly Notice[] } = {},
) {
  const { version } = await store.currentRuleset();
  return store.commitRuleset({
    baseVersion: version.number,
    ruleset,
    actor: ANA,
    note: null,
    atMs: extra.atMs ?? 1000,
    draftId: extra.draftId ?? null,
    notices: extra.notices ?? [],
  });
}

/** What every rule store promises; `open` gives a fresh, empty store. */
export function ruleStoreContract(open: () => Promise<Store>): void {
  describe('a rule store', () => {
    it('starts with edition 0: the default dimensions without rules', async () => {
      const store = await open();
      const { version, ruleset } = await store.currentRuleset();
      expect(version.number).toBe(0);
      expect(ruleset.dimensions.map(({ id }) => id)).toContain('team');
      expect(ruleset.dimensions.every(({ rules }) => rules.length === 0)).toBe(true);
      expect(await store.listRulesetVersions(10)).toEqual([]);
    });

    it('gives back each edition as it was committed, by number and by instant', async () => {
      const store = await open();
      const first = teamRules(ruleNamed('a'), ruleNamed('b'));
      const second = teamRules(ruleNamed('b'), ruleNamed('c'), ruleNamed('a', 'other'));
      const third: Ruleset = { version: 1, dimensions: [{ id: 'product', rules: [] }, ...second.dimensions] };
      await commit(store, first, { atMs: 1000 });
      await commit(store, second, { atMs: 2000 });
      await commit(store, third, { atMs: 3000 });
      expect((await store.rulesetAt({ number: 1 })).ruleset).toEqual(first);
      expect((await store.rulesetAt({ instantMs: 2999 })).ruleset).toEqual(second);
      expect((await store.currentRuleset()).ruleset).toEqual(third);
      expect((await store.rulesetAt({ instantMs: 999 })).version.number).toBe(0);
      expect((await store.listRulesetVersions(2)).map(({ number }) => number)).toEqual([3, 2]);
    });

    it('keeps the shared costs of each edition, in their order', async () => {
      const store = await open();
      const pool = (id: string): Pool => {
        return { id, name: id, owner: id, split: { method: 'even', among: ['A'] } };
      };
      const [dimension] = teamRules(ruleNamed('a')).dimensions;
      const withPools = (...shared: Pool[]): Ruleset => {
        return {
          version: 1,
          dimensions: [
            { ...dimension!, shared },
            { id: 'product', rules: [] },
          ],
        };
      };
      await commit(store, withPools(pool('it'), pool('hr')));
      await commit(store, withPools(pool('hr'), pool('it')));
      await commit(store, withPools());
      expect((await store.rulesetAt({ number: 1 })).ruleset).toEqual(withPools(pool('it'), pool('hr')));
      expect((await store.rulesetAt({ number: 2 })).ruleset).toEqual(withPools(pool('hr'), pool('it')));
      expect((await store.currentRuleset()).ruleset).toEqual(withPools());
    });

    it('gives equal rulesets equal hashes, whatever the order of their keys', async () => {
      const store = await open();
      const rule = ruleNamed('a');
      const { hash } = await commit(store, teamRules(rule));
      const turned = Object.fromEntries(Object.entries(rule).toReversed()) as Rule;
      expect((await commit(store, teamRules(turned))).hash).toBe(hash);
      expect((await commit(store, teamRules(ruleNamed('a', 'x')))).hash).not.toBe(hash);
    });

    it('refuses a number that was never recorded', async () => {
      const store = await open();
      await expect(store.rulesetAt({ number: 7 })).rejects.toMatchObject({ code: 'not-found' });
    });

    it('refuses a commit that was made from another edition, and changes nothing', async () => {
      const store = await open();
      await commit(store, teamRules(ruleNamed('a')));
      const late = {
        baseVersion: 0,
        ruleset: teamRules(),
        actor: ANA,
        note: null,
        atMs: 1,
        draftId: null,
        notices: [],
      };
      await expect(store.commitRuleset(late)).rejects.toMatchObject({ code: 'conflict' });
      expect((await store.currentRuleset()).ruleset).toEqual(teamRules(ruleNamed('a')));
    });

    it('refuses a rule or dimension that stands twice, and changes nothing', async () => {
      const store = await open();
      await expect(commit(store, teamRules(ruleNamed('a'), ruleNamed('a')))).rejects.toThrow(/"a".*twice/);
      const twice: Ruleset = {
        version: 1,
        dimensions: [...teamRules().dimensions, ...teamRules().dimensions],
      };
      await expect(commit(store, twice)).rejects.toThrow(/"team".*twice/);
      expect((await store.currentRuleset()).version.number).toBe(0);
    });

    it('marks every month with charges stale and says why', async () => {
      const store = await open();
      await ingest(store, [chargeOn('2026-09-30'), chargeOn('2026-11-02')]);
      await settle(store);
      expect(await store.listStaleMonths()).toEqual([]);
      await commit(store, teamRules(ruleNamed('a')));
      const stale = await store.listStaleMonths();
      expect(stale.map(({ month, reasons }) => [month, reasons])).toEqual([
        ['2026-09', ['rules: version 1']],
        ['2026-11', ['rules: version 1']],
      ]);
    });

    it('audits who changed which rule from what to what', async () => {
      const store = await open();
      await commit(store, teamRules(ruleNamed('a'), ruleNamed('b')));
      await commit(store, teamRules(ruleNamed('a', 'other')));
      const [entry] = await store.listAudit(1);
      expect(entry).toMatchObject({
        actor: 'slack:U1 (Ana Ruiz)',
        action: 'rules.commit',
        subject: 'rules: version 2',
        detail: {
          changed: 2,
          rules: [
            { rule: 'a', before: ruleNamed('a'), after: ruleNamed('a', 'other') },
            { rule: 'b', before: ruleNamed('b'), after: null },
          ],
        },
      });
    });

    it('tells of an edition when it is in force, and of a refused one never', async () => {
      const store = await open();
      const body = { kind: 'feed-trouble', source: 'rules', sentence: 'Told.', since: 'now' } as const;
      const told = (key: string): readonly Notice[] => [
        { key, audience: { kind: 'finops' }, parentKey: null, body },
      ];
      await commit(store, teamRules(ruleNamed('a')), { notices: told('rules:v1') });
      expect(await store.findNotice('rules:v1')).toMatchObject({ state: 'pending', revision: 1 });
      const lost = commit(store, teamRules(), { draftId: 'no such draft', notices: told('rules:v2') });
      await expect(lost).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.findNotice('rules:v2')).toBeNull();
    });

    it('keeps a draft with its figures until it is committed, once', async () => {
      const store = await open();
      const base = await store.currentRuleset();
      const draft = draftOf('draft-1');
      await store.saveDraft(draft);
      expect(await store.findDraft('draft-1')).toEqual(draft);
      const edit = { kind: 'add', dimension: 'team', rule: ruleNamed('a'), beforeRuleId: null } as const;
      const edited = { ...draft, id: 'draft-3', edit, ruleset: applyEdit(base.ruleset, edit) };
      await store.saveDraft(edited);
      expect(await store.findDraft('draft-3')).toEqual(edited);
      expect(await store.findDraft('draft-2')).toBeNull();
      await commit(store, draft.ruleset, { draftId: 'draft-1' });
      expect(await store.findDraft('draft-1')).toEqual({ ...draft, state: 'committed', committedVersion: 1 });
      await expect(commit(store, teamRules(), { draftId: 'draft-1' })).rejects.toMatchObject({
        code: 'conflict',
      });
      expect((await store.currentRuleset()).version.number).toBe(1);
    });

    it('drops drafts that nobody committed in thirty days when a new one is saved', async () => {
      const store = await open();
      const days = 86_400_000;
      await store.saveDraft(draftOf('committed', 0));
      await commit(store, teamRules(ruleNamed('a')), { draftId: 'committed' });
      await store.saveDraft(draftOf('old', 0));
      await store.saveDraft(draftOf('young', 1));
      await store.saveDraft(draftOf('new', 30 * days + 1));
      const kept = await Promise.all(['committed', 'old', 'young', 'new'].map((id) => store.findDraft(id)));
      expect(kept.map((draft) => draft?.id)).toEqual(['committed', undefined, 'young', 'new']);
    });

    it('changes a draft only from the state it is expected in, and audits who did', async () => {
      const store = await open();
      const draft = draftOf('draft-1');
      await store.saveDraft(draft);
      const waiting = { ...draft, state: 'waiting', hash: 'h2' } as const;
      await store.changeDraft({ draft: waiting, from: 'previewed', actor: ANA, atMs: 7 });
      expect(await store.findDraft('draft-1')).toEqual(waiting);
      expect(await store.listDrafts('waiting', 5)).toEqual([waiting]);
      expect(await store.listDrafts('rejected', 5)).toEqual([]);
      expect(await store.listDrafts('waiting', 0)).toEqual([]);
      const [entry] = await store.listAudit(1);
      expect(entry).toMatchObject({ action: 'rules.waiting', actor: 'slack:U1 (Ana Ruiz)', atMs: 7 });
      const late = store.changeDraft({
        draft: { ...draft, state: 'rejected' },
        from: 'previewed',
        actor: ANA,
        atMs: 8,
      });
      await expect(late).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.findDraft('draft-1')).toEqual(waiting);
      expect(await store.listAudit(9)).toHaveLength(1);
    });

    it('commits a waiting draft with author and approver, but never one that was rejected or is outdated', async () => {
      const store = await open();
      const grace = { kind: 'slack', userId: 'U2', name: 'Grace' } as const;
      for (const state of ['rejected', 'outdated'] as const) {
        await store.saveDraft({ ...draftOf(state), state });
        await expect(commit(store, teamRules(ruleNamed('a')), { draftId: state })).rejects.toMatchObject({
          code: 'conflict',
        });
      }
      await store.saveDraft({ ...draftOf('w'), state: 'waiting' });
      const version = await store.commitRuleset({
        baseVersion: 0,
        ruleset: teamRules(ruleNamed('a')),
        actor: ANA,
        approver: grace,
        note: null,
        atMs: 9,
        draftId: 'w',
        notices: [],
      });
      expect(version).toMatchObject({
        number: 1,
        author: 'slack:U1 (Ana Ruiz)',
        approver: 'slack:U2 (Grace)',
      });
      expect((await store.currentRuleset()).version).toEqual(version);
      expect(await store.findDraft('w')).toMatchObject({ state: 'committed', committedVersion: 1 });
      const [entry] = await store.listAudit(1);
      expect(entry).toMatchObject({
        actor: 'slack:U2 (Grace)',
        detail: { author: 'slack:U1 (Ana Ruiz)', approver: 'slack:U2 (Grace)' },
      });
    });
  });
}
