import Papa from 'papaparse';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatNanos, parseNanos, sumNanos } from '../../../src/core/base/money.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { keyRule } from '../../support/company/company.js';
import { alertFigures, digestFigures } from '../../support/slack/figures.js';
import { ANA, BEN, createWorld, FINOPS, SEARCH, textOf, type World } from '../../support/slack/world.js';

let world: World;
beforeEach(async () => {
  const stray = {
    ...keyRule('stray', 'Search'),
    allocateTo: { split: { method: 'fixed' as const, shares: { Search: 75, Support: 25 } } },
  };
  const rules = [keyRule('search-prod', 'Search'), keyRule('support-bot', 'Support'), stray];
  world = await createWorld({ rules: { version: 1, dimensions: [{ id: 'team', rules }] } });
});

const modals = (who = BEN) => world.slack.see(who).modals;

function topModal(who = BEN) {
  const top = modals(who).at(-1);
  if (top === undefined) throw new Error(`${who} has no modal open`);
  return top;
}

async function ask(text: string) {
  await world.slack.runCommand(BEN, SEARCH, text);
  await world.slack.idle();
  const { ts } = world.lastMessage(BEN, SEARCH);
  await world.slack.clickAction(BEN, { kind: 'message', channel: SEARCH, ts }, { actionId: 'lineage.open' });
  await world.slack.idle();
  return textOf(topModal().view.blocks);
}

/** Presses the nth button of an action in the top modal, or chooses in a menu. */
async function use(actionId: string, { nth = 0, value }: { nth?: number; value?: string } = {}) {
  const top = topModal();
  const blocks = top.view.blocks.filter(
    (block) => 'elements' in block && JSON.stringify(block.elements).includes(`"${actionId}"`),
  );
  const blockId = blocks[nth]?.block_id;
  await world.slack.clickAction(BEN, { kind: 'view', viewId: top.id }, { actionId, blockId, value });
  await world.slack.idle();
  return textOf(topModal().view.blocks);
}

describe('Why?', () => {
  it('leads from a report to its bills, their rules, how each owner came about, and single charges', async () => {
    const figure = await ask('/spend team search'); // 17 days of 100 dollars, and of 75 % of 10
    expect(figure).toContain('$1,827.50');
    expect(figure).toContain('what team Search cost in 1–18 Nov 2026');
    expect(figure).toContain('34 charges · billed 100.0%');
    expect(figure).toContain('claude, invoice INV-2026-11, 2026-11');
    const rules = await use('lineage.bill');
    expect(modals()).toHaveLength(2);
    expect(rules).toContain('Rule "Key search-prod" (key-search-prod), version 1');
    expect(rules).toContain('The rule names Search as the owner.');
    expect(rules).toContain("Search's share: 3/4 = 75.00 % (percent: Search 75, Support 25).");
    const charges = await use('lineage.how', { nth: 1 });
    expect(modals()).toHaveLength(3);
    expect(charges).toContain('$127.50');
    expect(charges).toContain(' of $170.00');
    expect(charges).toContain(' of $10.00, 1 Nov 2026: stray · gpt-5.1');
    expect(charges).toContain('1,000 Tokens at 0.01 USD · billed');
    expect(world.slack.troubles).toEqual([]);
  });

  it('lets a line of the report be chosen', async () => {
    expect(await ask('/spend by model')).toContain('what the company cost');
    const line = await use('lineage.line', { value: 'gpt-5.1' });
    expect(line).toContain('what model gpt-5.1 cost in 1–18 Nov 2026');
    expect(line).toContain('$170.00');
    expect(modals()).toHaveLength(1);
    expect(await use('lineage.line', { value: '~total' })).toContain('what the company cost');
  });

  it('says so when what is looked at has changed meanwhile', async () => {
    await ask('/spend team search');
    const { context } = world;
    const { version } = await context.store.currentRuleset();
    const ruleset = {
      version: 1 as const,
      dimensions: [{ id: 'team', rules: [keyRule('search-prod', 'Search')] }],
    };
    const { actor } = context;
    const commit = {
      baseVersion: version.number,
      ruleset,
      actor,
      note: null,
      atMs: 1,
      draftId: null,
      notices: [],
    };
    await context.store.commitRuleset(commit);
    await reallocate(context);
    expect(await use('lineage.bill')).toContain('The figures have changed meanwhile');
  });

  it('sends all charges as a file to the person alone', async () => {
    await ask('/spend team search');
    expect(await use('lineage.export')).toContain('in your direct messages with Apportion');
    const dm = world.slack.see(BEN).conversations.find(({ kind }) => kind === 'im');
    const [file] = dm?.messages.at(-1)?.files ?? [];
    const { bytes, name } = world.slack.file(file?.id ?? '') ?? {};
    expect(name).toBe('apportion-2026-11-01-team.csv');
    const text = bytes?.toString('utf8') ?? '';
    const { data: rows } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
    const costs = rows.map(({ cost }) => parseNanos(cost ?? ''));
    expect(rows).toHaveLength(34);
    expect(formatNanos(sumNanos(costs))).toBe('1827.5');
    expect(rows[0]).toMatchObject({ source: 'claude', rule_id: 'key-search-prod', owner: 'Search' });
  });

  it('is not offered where figures are not kept', async () => {
    await world.slack.runCommand(BEN, SEARCH, '/spend as-is');
    await world.slack.idle();
    expect(JSON.stringify(world.lastMessage(BEN, SEARCH).blocks)).not.toContain('lineage.open');
  });
});

describe('the shortcut on a message', () => {
  async function tell(body: Parameters<World['context']['store']['putNotices']>[0][number]['body']) {
    const audience = { kind: 'finops' as const };
    await world.context.store.putNotices([{ key: 'k', audience, parentKey: null, body }], 1);
    await world.deliver();
    const posted = world.messages(ANA, FINOPS).find(({ threadTs }) => threadTs === null);
    return posted ?? world.lastMessage(ANA, FINOPS);
  }

  async function shortcut(ts: string, channel = FINOPS) {
    const outcome = await world.slack.runShortcut(BEN, 'explain_number', { channel, ts });
    await world.slack.idle();
    expect(outcome).toEqual({ ok: true });
    return textOf(topModal().view.blocks);
  }

  it('explains a digest’s week', async () => {
    const { ts } = await tell({ kind: 'digest', figures: digestFigures() });
    const text = await shortcut(ts);
    expect(text).toContain('what team Search cost in 9–15 Nov 2026');
    expect(text).toContain('$752.50');
  });

  it('explains an alert’s days', async () => {
    const { ts } = await tell({ kind: 'alert', figures: alertFigures() });
    expect(await shortcut(ts)).toContain('what team Search cost in 12–14 Nov 2026');
  });

  it('explains a report that was shared', async () => {
    await world.slack.runCommand(BEN, SEARCH, '/spend team support');
    await world.slack.idle();
    const own = world.lastMessage(BEN, SEARCH);
    await world.slack.clickAction(
      BEN,
      { kind: 'message', channel: SEARCH, ts: own.ts },
      { actionId: 'spend.share' },
    );
    await world.slack.idle();
    // Its picture hangs in the thread below it.
    const shared = world.messages(ANA, SEARCH).findLast(({ threadTs }) => threadTs === null);
    expect(await shortcut(shared?.ts ?? '', SEARCH)).toContain('what team Support cost');
  });

  it('says what it is for on any other message', async () => {
    const said = await world.slack.sendMessage(ANA, SEARCH, 'hello');
    expect(await shortcut(said.ts, SEARCH)).toContain('There is no figure here');
  });
});
