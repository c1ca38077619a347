import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createSourceCatalog } from '../../../src/app/assemble-sources.js';
import { readSourceForm } from '../../../src/slack/sources/forms.js';
import { sourcesMessage } from '../../../src/slack/sources/message.js';
import { listSources } from '../../../src/usecases/sources/list-sources.js';
import { day, month } from '../../support/build/charges.js';
import { chargesOf, createTestProvider } from '../../support/company/company.js';
import { ANA, BEN, createWorld, FINOPS, KEYS, textOf, type World } from '../../support/slack/world.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-slack-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));
const BILL = `BillingAccountId,BillingPeriodStart,BillingPeriodEnd,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BilledCost,EffectiveCost,ListCost,ContractedCost,InvoiceIssuerName,ServiceProviderName,ServiceName
org-1,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,USD,2026-10-05T00:00:00Z,2026-10-06T00:00:00Z,Usage,5,5,5,5,Mistral,Mistral,API
`;
writeFileSync(join(folder, 'mistral.csv'), BILL);

const credentials = [
  { name: 'console', kind: 'anthropic', reference: 'env:APPORTION_TEST_UNSET', baseUrl: null },
  { name: 'gateway-key', kind: 'litellm', reference: 'env:HOME', baseUrl: 'https://litellm.larkspur.test' },
];

let world: World;
beforeEach(async () => {
  const provider = createTestProvider((range) => ({
    charges: chargesOf(KEYS, range),
    completeThrough: day('2026-11-17'),
    remarks: ['A key called <!channel> has no owner.'],
  }));
  world = await createWorld({
    extend: ({ store, clock }) => ({
      providers: [provider],
      sources: createSourceCatalog({
        config: { lent: { folder, credentials } },
        fixed: [provider],
        store,
        clock,
      }),
    }),
  });
});

/** What a person sees after `/apportion sources`. */
async function ask(who: string) {
  await world.slack.runCommand(who, FINOPS, '/apportion sources');
  await world.slack.idle();
  return world.lastMessage(who, FINOPS);
}

/** Clicks a button of source `claude` in the list the person has just asked for. */
async function click(who: string, actionId: string, ts: string) {
  await world.slack.clickAction(who, { kind: 'message', channel: FINOPS, ts }, { actionId });
  await world.slack.idle();
}

function openForm(who: string) {
  const open = world.slack.see(who).modals.at(-1);
  if (open === undefined) throw new Error('no form is open');
  return open;
}

const last = (who: string) => textOf(world.lastMessage(who, FINOPS).blocks);

describe('/apportion sources', () => {
  it('shows FinOps every source with money and buttons, and others only how far it is', async () => {
    const finops = await ask(ANA);
    expect(textOf(finops.blocks)).toContain('complete through 17 Nov 2026');
    await click(ANA, 'source.pull', finops.ts);
    expect(last(ANA)).toMatch(/^claude: .*charges.*complete through 2026-11-17/);
    const again = textOf((await ask(ANA)).blocks);
    for (const shown of [
      '1 source, all well',
      'billed',
      '$',
      'Next pull 18 Nov 2026 09:10',
      'Remarks',
      'Add a source',
    ])
      expect(again).toContain(shown);
    const others = textOf((await ask(BEN)).blocks);
    expect(others).toContain('complete through 17 Nov 2026');
    for (const hidden of ['$', 'Pull now', 'Add a source']) expect(others).not.toContain(hidden);
  });

  it('refuses a click of somebody who may not, whatever message they click in', async () => {
    const { ts } = await ask(ANA);
    await world.slack.clickAction(
      ANA,
      { kind: 'message', channel: FINOPS, ts },
      { actionId: 'source.pause' },
    );
    await world.slack.idle();
    expect(await world.context.store.listPausedSources()).toHaveLength(1);
    expect(last(ANA)).toContain('claude is paused');
    const shared = await world.app.client.chat.postMessage({
      channel: FINOPS,
      text: 'old',
      blocks: [
        ...sourcesMessage(await listSources(world.context), { manages: true, timeZone: 'UTC' }).blocks,
      ],
    });
    await click(BEN, 'source.resume', shared.ts ?? '');
    expect(last(BEN)).toContain('Only FinOps may manage sources');
    expect(await world.context.store.listPausedSources()).toHaveLength(1);
  });

  it('accepts a first pull that is held back, with the figures above the button, and for FinOps alone', async () => {
    const { store, clock } = world.context;
    const held = [
      {
        because: 'price',
        vendor: 'OpenAI',
        month: month('2026-10'),
        billed: 2_000_000_000_000n,
        list: 20_000_000_000n,
      },
    ] as const;
    await store.forgetSource('claude', world.context.actor, clock());
    await store.recordFeedFailure({
      source: 'claude',
      kind: 'test',
      atMs: clock(),
      sentence: 'the first pull was not published: OpenAI billed 2000 USD.',
    });
    await store.holdPull({ source: 'claude', reasons: held, atMs: clock() });
    const others = textOf((await ask(BEN)).blocks);
    expect(others).toContain('its first pull is held back');
    for (const hidden of ['2,000', '2000', 'Accept']) expect(others).not.toContain(hidden);
    const finops = await ask(ANA);
    expect(textOf(finops.blocks)).toMatch(
      /billed \$2,000.*at list price \$20.*100\.00 times.*Accept this pull/s,
    );
    const shared = await world.app.client.chat.postMessage({
      channel: FINOPS,
      text: 'old',
      blocks: [
        ...sourcesMessage(await listSources(world.context), { manages: true, timeZone: 'UTC' }).blocks,
      ],
    });
    await click(BEN, 'source.accept-first', shared.ts ?? '');
    expect(last(BEN)).toContain('Only FinOps may manage sources');
    expect(await store.findPullHold('claude')).toMatchObject({ acceptedAtMs: null });
    await click(ANA, 'source.accept-first', finops.ts);
    expect(last(ANA)).toMatch(/^claude is accepted\. claude: .*charges/);
    expect((await store.findPullHold('claude'))?.acceptedBy).toContain('ana.ruiz');
    expect(textOf((await ask(ANA)).blocks)).not.toContain('Accept this pull');
    // A click on an old message accepts nothing twice and says so.
    await click(ANA, 'source.accept-first', shared.ts ?? '');
    expect(last(ANA)).toContain('claude is accepted');
  });

  it('shows remarks with nothing in them live', async () => {
    const { ts } = await ask(ANA);
    await click(ANA, 'source.pull', ts);
    await click(ANA, 'source.remarks', (await ask(ANA)).ts);
    const message = world.lastMessage(ANA, FINOPS);
    expect(textOf(message.blocks)).toContain('A key called <!channel> has no owner.');
    expect(JSON.stringify(message.text)).not.toContain('<!channel>');
  });

  it('adds a source by a form: a credential is chosen from those lent to its kind, a bill is checked first, then pulled', async () => {
    await click(ANA, 'source.add', (await ask(ANA)).ts);
    const shown = JSON.stringify(openForm(ANA).view.blocks);
    expect(shown).toContain('console');
    for (const other of ['gateway-key', 'env:', 'litellm.larkspur.test']) expect(shown).not.toContain(other);
    await world.slack.submitView(ANA, openForm(ANA).id, {
      name: { value: 'claude-console' },
      credential: { value: 'console' },
    });
    await world.slack.idle();
    expect(textOf(openForm(ANA).view.blocks)).toContain('credential console in apportion.yml is not set');
    expect(await world.context.store.listAddedSources()).toEqual([]);
    await click(ANA, 'source.add', (await ask(ANA)).ts);
    expect(openForm(ANA).view.callback_id).toBe('source.add-form');
    await world.slack.clickAction(
      ANA,
      { kind: 'view', viewId: openForm(ANA).id },
      { actionId: 'source.kind', value: 'focus-file' },
    );
    await world.slack.idle();
    await world.slack.submitView(ANA, openForm(ANA).id, {
      name: { value: 'mistral' },
      path: { value: 'nowhere.csv' },
    });
    await world.slack.idle();
    expect(textOf(openForm(ANA).view.blocks)).toContain('nowhere.csv');
    await click(ANA, 'source.add', (await ask(ANA)).ts);
    await world.slack.clickAction(
      ANA,
      { kind: 'view', viewId: openForm(ANA).id },
      { actionId: 'source.kind', value: 'focus-file' },
    );
    await world.slack.idle();
    await world.slack.submitView(ANA, openForm(ANA).id, {
      name: { value: 'mistral' },
      path: { value: 'mistral.csv' },
    });
    await world.slack.idle();
    expect(textOf(openForm(ANA).view.blocks)).toContain('mistral is added');
    expect(textOf((await ask(ANA)).blocks)).toContain('mistral');
  });

  it('reads no address and no reference out of a crafted form', () => {
    const typed = (value: string) => ({ value: { type: 'plain_text_input', value } });
    const values = {
      name: typed('stolen'),
      credential: typed('env:ANTHROPIC_ADMIN_KEY'),
      baseUrl: typed('https://evil.test'),
    };
    const form = readSourceForm({ private_metadata: '{"kind":"litellm"}', state: { values } });
    expect(form).toMatchObject({ ok: true, source: { credential: null, baseUrl: null } });
  });

  it('fills a window in and shows how far it is in one message that is edited', async () => {
    await click(ANA, 'source.backfill', (await ask(ANA)).ts);
    await world.slack.submitView(ANA, openForm(ANA).id, {
      from: { value: '2026-08-01' },
      to: { value: '2026-10-01' },
    });
    await world.slack.idle();
    await expect.poll(async () => (await world.context.store.listBackfills())[0]?.state).toBe('done');
    await world.deliver();
    const shared = world.messages(ANA, FINOPS).filter(({ isEphemeral }) => !isEphemeral);
    expect(shared.filter(({ blocks }) => textOf(blocks).includes('Filling in claude'))).toHaveLength(1);
    expect(textOf(shared.at(-1)?.blocks)).toContain('Done: 61 of 61 days');
  });
});
