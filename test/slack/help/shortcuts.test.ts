import { beforeEach, describe, expect, it } from 'vitest';
import { raiseClaims } from '../../../src/usecases/claims/raise-claims.js';
import { ANA, BEN, createWorld, FINOPS, SEARCH, textOf, type World } from '../../support/slack/world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const modal = (who = ANA) => {
  const view = world.slack.see(who).modals.at(-1);
  if (view === undefined) throw new Error('no modal');
  return view;
};
async function run(who: string, id: string, on?: { channel: string; ts: string }) {
  expect(await world.slack.runShortcut(who, id, on)).toEqual({ ok: true });
  await world.slack.idle();
}
/** What the fields of the open form hold, as Slack would send it. */
const initials = () => JSON.stringify(modal().view.blocks);

describe('the shortcut for a new rule', () => {
  it('opens an empty editor for FinOps, and tells everybody else why not', async () => {
    await run(ANA, 'new_rule');
    expect(textOf(modal().view.blocks)).toContain('Decides the');
    await run(BEN, 'new_rule');
    expect(textOf(modal(BEN).view.blocks)).toContain('Only FinOps may change the rules');
  });

  it('is filled in with what one of our messages is about: a report on a key', async () => {
    await world.slack.runCommand(ANA, SEARCH, '/spend key stray');
    await world.slack.idle();
    const { ts } = world.lastMessage(ANA, SEARCH);
    await run(ANA, 'new_rule_from_message', { channel: SEARCH, ts });
    expect(initials()).toContain('"value":"apiKeyName"');
    expect(initials()).toContain('"value":"stray"');
    expect(initials()).toContain('"initial_value":"stray"');
  });

  it('takes a team’s report for who gets the money, and a claim for the identifier itself', async () => {
    await world.slack.runCommand(ANA, SEARCH, '/spend team search');
    await world.slack.idle();
    await run(ANA, 'new_rule_from_message', { channel: SEARCH, ts: world.lastMessage(ANA, SEARCH).ts });
    expect(initials()).toContain('"value":"Search"');
    await raiseClaims(world.context);
    world.context.testClock.set('2026-12-01');
    await raiseClaims(world.context);
    await world.deliver();
    const { ts } = world.lastMessage(ANA, FINOPS);
    await run(ANA, 'new_rule_from_message', { channel: FINOPS, ts });
    expect(initials()).toContain('"value":"apiKeyId"');
    expect(initials()).toContain('"value":"id-');
    expect(world.slack.troubles).toEqual([]);
  });

  it('opens an empty editor on a message that is not ours', async () => {
    const { ts } = await world.slack.sendMessage(BEN, SEARCH, 'who pays for this?');
    await run(ANA, 'new_rule_from_message', { channel: SEARCH, ts });
    expect(textOf(modal().view.blocks)).toContain('Decides the');
    expect(initials()).not.toContain('apiKey');
  });
});

describe('the shortcut that asks about spend', () => {
  const ask = async (fields: Readonly<Record<string, unknown>>) => {
    await run(BEN, 'ask_spend');
    const outcome = await world.slack.submitView(BEN, modal(BEN).id, fields as never);
    await world.slack.idle();
    expect(outcome).toEqual({ outcome: 'closed' });
  };

  it('answers in the chosen conversation, for the asker’s eyes only', async () => {
    await ask({ question: { 'spend.question': 'team search by model' }, place: { 'spend.place': SEARCH } });
    const answer = world.lastMessage(BEN, SEARCH);
    expect(answer.isEphemeral).toBe(true);
    expect(textOf(answer.blocks)).toContain('claude-sonnet-4-5');
  });

  it('answers in a direct message where none was chosen', async () => {
    await ask({ question: { 'spend.question': 'team search' }, place: { 'spend.place': null } });
    const im = world.slack.see(BEN).conversations.find(({ kind }) => kind === 'im')?.id ?? '';
    expect(textOf(world.lastMessage(BEN, im).blocks)).toContain('$1,700.00');
    expect(world.slack.troubles).toEqual([]);
  });
});

describe('a form that cannot be read', () => {
  it('is answered in words all the same, for silence would look like a failure of Slack', async () => {
    for (const callbackId of ['budgets.one', 'source.add-form']) {
      const acks: unknown[] = [];
      const view = { id: 'V1', type: 'modal', hash: 'h', blocks: [], state: { values: {} } };
      await world.app.processEvent({
        body: {
          type: 'view_submission',
          team: { id: 'T0SANDBOX1', domain: 'sandbox' },
          user: { id: ANA, name: 'ana', team_id: 'T0SANDBOX1' },
          view: { ...view, callback_id: callbackId, private_metadata: '' },
        },
        ack: async (response) => void acks.push(response),
      });
      expect(acks).toEqual([expect.objectContaining({ response_action: 'update' })]);
    }
    expect(world.context.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
