import { beforeEach, describe, expect, it } from 'vitest';
import type { Day } from '../../../src/core/base/time.js';
import type { Settings } from '../../../src/core/settings/settings.js';
import { NO_READERS, writeDigests } from '../../../src/usecases/digests/write-digests.js';
import { readSettings } from '../../../src/usecases/settings/read-settings.js';
import { member, person } from '../../support/build/directory.js';
import { keyRule } from '../../support/company/company.js';
import {
  ANA,
  BEN,
  createWorld,
  FINOPS,
  KEYS,
  RULES,
  SEARCH,
  textOf,
  type World,
} from '../../support/slack/world.js';

const HOSTILE = '<!channel> *Search* & `rm`';
const SECRET = 'C0SECRET01';
const PARTNERS = 'C0PARTNER1';
const INVITED = 'C0INVITED1';

let world: World;
beforeEach(async () => {
  world = await createWorld({
    keys: [
      ...KEYS.map((key) =>
        key.key === 'search-prod'
          ? { ...key, cents: (day: Day) => (day < '2026-11-09' ? 10_000 : 30_000) }
          : key,
      ),
      { key: HOSTILE, model: '<@U0BEN00002> _opus_', cents: (day) => (day < '2026-11-09' ? 0 : 9_000) },
    ],
    rules: {
      ...RULES,
      dimensions: [
        {
          id: 'team',
          rules: [
            ...(RULES.dimensions[0]?.rules ?? []),
            { ...keyRule('hostile', HOSTILE), when: { attribute: 'apiKeyName', is: HOSTILE } },
          ],
        },
      ],
    },
    slack: {
      channels: [
        { id: FINOPS, name: 'finops', members: [ANA, BEN] },
        { id: SEARCH, name: 'search', members: [ANA, BEN] },
        { id: SECRET, name: 'secret', members: [ANA, BEN], isPrivate: true, withoutApp: true },
        { id: PARTNERS, name: 'partners', members: [ANA, BEN], shared: 'connected' },
        { id: INVITED, name: 'invited', members: [ANA, BEN], isPrivate: true, shared: 'pending' },
      ],
    },
  });
});

const top = (who: string) => {
  const view = world.slack.see(who).modals.at(-1);
  if (view === undefined) throw new Error('no modal');
  return view;
};
const shown = (who: string) => textOf(top(who).view.blocks);

async function open(who: string, words = ''): Promise<void> {
  await world.slack.runCommand(who, SEARCH, `/apportion digest ${words}`.trim());
  await world.slack.idle();
}

async function press(who: string, actionId: string, answers: Record<string, Record<string, string>> = {}) {
  const outcome = await world.slack.clickAction(
    who,
    { kind: 'view', viewId: top(who).id },
    {
      actionId,
      answers,
    },
  );
  await world.slack.idle();
  return outcome;
}

/** Into the channel in which the form was asked for, unless another one is chosen. */
async function send(who: string, channel?: string) {
  const answers = channel === undefined ? {} : { 'digest-channel': { 'digest.channel': channel } };
  const outcome = await world.slack.submitView(who, top(who).id, answers);
  await world.slack.idle();
  return outcome;
}

async function limitTo(policy: Settings['visibility']): Promise<void> {
  const { actor } = world.context;
  await world.context.store.changeSettings({ area: 'visibility', value: policy, base: null, actor, atMs: 1 });
}

const subscriptions = async () => (await readSettings(world.context)).settings.subscriptions;

describe('/apportion digest', () => {
  it('previews what would be sent: the lines that matter and the thread below them', async () => {
    await open(ANA, 'search');
    const text = shown(ANA);
    expect(text).toContain('Search: week 46');
    expect(text).toContain('$2,100.00');
    expect(text).toContain('▲ $1,400 (+200%)');
    expect(text).toContain('Biggest cause: ');
    expect(text).toContain('search-prod');
    expect(world.slack.troubles).toEqual([]);
  });

  it('sends it to a channel now, once, with its details in the thread, and audits who did', async () => {
    await open(BEN, 'search');
    expect(await send(BEN)).toMatchObject({ outcome: 'updated' });
    expect(shown(BEN)).toBe('Sent. The chart follows in a moment.');
    await world.deliver();
    const posted = world
      .messages(ANA, SEARCH)
      .filter(({ blocks }) => textOf(blocks).includes('Search: week 46'));
    expect(posted).toHaveLength(1);
    expect(textOf(world.messages(ANA, SEARCH))).toContain('Moved most');
    const [audit] = await world.context.store.listAudit(1);
    expect(audit).toMatchObject({ action: 'digest.send', subject: 'team=Search:2026-W46' });
    expect(audit?.actor).toContain(BEN);
  });

  it('names nobody in a channel, even where FinOps sends it', async () => {
    await open(ANA, 'support');
    await send(ANA);
    await world.deliver();
    expect(textOf(world.messages(BEN, SEARCH))).toContain('Support: week 46');
    expect(JSON.stringify(world.messages(BEN, SEARCH))).not.toContain('ben@larkspur.test');
  });

  it('says how to let the app in where it cannot post, and sends nothing anywhere', async () => {
    await open(ANA, 'search');
    await send(ANA, SECRET);
    expect(shown(ANA)).toBe(
      'Not sent. Apportion is not in that channel: type /invite @Apportion there, then try again.',
    );
    await world.deliver();
    expect(textOf(world.messages(ANA, FINOPS))).not.toContain('Search: week 46');
  });

  it.each([PARTNERS, INVITED])(
    'neither sends to nor subscribes a channel that another workspace reads or was invited to (%s)',
    async (place) => {
      const refusal = 'That channel is shared with another workspace, so company figures are not sent there';
      await open(ANA, 'search');
      await press(ANA, 'digest.subscribe', { 'digest-channel': { 'digest.channel': place } });
      expect(shown(ANA)).toContain(refusal);
      expect(await subscriptions()).toEqual([]);
      await send(ANA, place);
      expect(shown(ANA)).toContain(`Not sent. ${refusal}`);
      await world.deliver();
      expect(world.messages(ANA, place)).toEqual([]);
    },
  );

  it('keeps figures from whoever may not see them, in the form and in its search', async () => {
    await limitTo({ teams: 'own-team', people: 'finops', guests: 'refused' });
    await open(BEN);
    expect(shown(BEN)).toBe('There are no figures here that you may see; ask FinOps.');
    await open(BEN, 'search');
    expect(shown(BEN)).toBe('Nothing that you may see is called "search".');
  });

  it('asks again who may when a button is pressed', async () => {
    await open(BEN, 'search');
    await limitTo({ teams: 'own-team', people: 'finops', guests: 'refused' });
    await send(BEN);
    expect(shown(BEN)).toContain(
      'Not sent. The figures of team Search are for FinOps, finance and leaders here',
    );
    await world.deliver();
    expect(textOf(world.messages(ANA, SEARCH))).not.toContain('week 46');
  });

  it('tells no channel, now or every week, what not everybody in it may see', async () => {
    await world.context.store.importPeople({
      people: [person('ben', { name: 'Ben Osei' })],
      memberships: [member('ben', 'Search', '2026-01-01')],
      teams: [],
      actor: world.context.actor,
      atMs: 1,
    });
    await limitTo({ teams: 'own-team', people: 'finops', guests: 'refused' });
    await open(BEN, 'search');
    await press(BEN, 'digest.subscribe', { 'digest-channel': { 'digest.channel': FINOPS } });
    expect(shown(BEN)).toContain('Not everybody in a channel may see these figures');
    expect(await subscriptions()).toEqual([]);
    await send(BEN);
    expect(shown(BEN)).toContain('Not sent. Not everybody in a channel may see these figures');
    await open(ANA, 'search');
    await send(ANA);
    expect(shown(ANA)).toContain('Sent.');
  });

  it('subscribes a channel and ends it again, for anybody who may see the figures', async () => {
    await open(BEN, 'search');
    const channel = { 'digest-channel': { 'digest.channel': FINOPS } };
    await press(BEN, 'digest.subscribe', channel);
    expect(shown(BEN)).toContain('Subscribed: the channel gets the digest of Search every week');
    expect(await subscriptions()).toEqual([
      {
        channel: FINOPS,
        scope: { dimension: 'team', owner: 'Search' },
        cadence: { kind: 'weekly', on: 1 },
        hour: 9,
      },
    ]);
    await writeDigests(world.context, { readers: NO_READERS });
    await world.deliver();
    expect(textOf(world.messages(ANA, FINOPS))).toContain('Search: week 46');
    await press(BEN, 'digest.subscribe', channel);
    expect(await subscriptions()).toHaveLength(1);
    await press(BEN, 'digest.unsubscribe', channel);
    expect(shown(BEN)).toContain('The channel no longer gets the digest of Search.');
    expect(await subscriptions()).toEqual([]);
    await press(BEN, 'digest.unsubscribe', channel);
    expect(shown(BEN)).toContain('The channel is not subscribed to Search.');
  });

  it('shows hostile names as they are, in form, message and thread: nothing in them is live', async () => {
    await open(ANA, HOSTILE);
    expect(shown(ANA)).toContain(HOSTILE);
    await send(ANA);
    await world.deliver();
    const json = JSON.stringify(world.messages(BEN, SEARCH));
    expect(json).toContain('<!channel>');
    // Live markup only exists in mrkdwn and in the notification's text, where it must be escaped.
    for (const { text } of world.messages(BEN, SEARCH)) expect(text).not.toContain('<!channel>');
    expect(json).not.toContain('"type":"mrkdwn"');
    expect(world.slack.troubles).toEqual([]);
  });
});
