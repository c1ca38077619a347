import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../../src/sandbox/slack/validate.js';
import { ANA, BEN, boltOn, demoSlack, FINOPS } from './demo.js';

const point = (label: string, value: number) => ({ label, value });
const chart = (more: object = {}) => ({
  type: 'data_visualization',
  title: 'Spend',
  chart: {
    type: 'bar',
    series: [{ name: 'Search', data: [point('Mon', 1), point('Tue', -2)] }],
    axis_config: { categories: ['Mon', 'Tue'], y_label: 'USD' },
    ...more,
  },
});
const refusalsOf = (...blocks: readonly object[]) =>
  validateBlocks('message', blocks).map(({ message }) => message);

describe('charts of Slack', () => {
  it('are taken with one point a category, and pies of what is above zero', () => {
    expect(refusalsOf(chart(), chart())).toEqual([]);
    const pie = { ...chart(), chart: { type: 'pie', segments: [point('Search', 3), point('Growth', 0.5)] } };
    expect(refusalsOf(pie)).toEqual([]);
  });

  it('are refused beyond their limits', () => {
    expect(refusalsOf(chart(), chart(), chart())).toEqual([
      'no more than 2 data_visualization blocks allowed',
    ]);
    expect(refusalsOf({ ...chart(), title: 'x'.repeat(51) })).toEqual(['must be less than 51 characters']);
    expect(refusalsOf(chart({ series: [{ name: 'Search', data: [point('Mon', 1)] }] }))).toEqual([
      'series "Search" must have one data point for each category',
    ]);
    const zero = { ...chart(), chart: { type: 'pie', segments: [point('Search', 0)] } };
    expect(refusalsOf(zero)).toHaveLength(1);
    expect(validateBlocks('modal', [chart()])).toHaveLength(1);
  });

  it('are refused whole by a workspace that has none yet', async () => {
    const { slack } = demoSlack({ refusesCharts: true });
    const { client } = await boltOn(slack);
    const posted = client.chat.postMessage({ channel: FINOPS, text: 'x', blocks: [chart()] as never });
    await expect(posted).rejects.toMatchObject({ data: { error: 'invalid_blocks' } });
  });
});

describe('a workspace that changes under the app', () => {
  it('refuses an archived channel, a private one the app was removed from, and a deactivated account', async () => {
    const { slack } = demoSlack({
      channels: [
        { id: FINOPS, name: 'finops', members: [ANA, BEN] },
        { id: 'C0SECRET01', name: 'close', members: [ANA], isPrivate: true },
      ],
    });
    const { client } = await boltOn(slack);
    const errorOf = async (deed: Promise<unknown>) =>
      deed.then(
        () => null,
        (error: { data: { error: string } }) => error.data.error,
      );
    const post = (channel: string) => errorOf(client.chat.postMessage({ channel, text: 'x' }));
    expect([await post(FINOPS), await post('C0SECRET01')]).toEqual([null, null]);
    slack.archive(FINOPS);
    slack.removeApp('C0SECRET01');
    slack.deactivate(BEN);
    expect([await post(FINOPS), await post('C0SECRET01')]).toEqual(['is_archived', 'channel_not_found']);
    expect(await errorOf(client.conversations.open({ users: BEN }))).toBe('user_disabled');
    expect(await errorOf(client.users.lookupByEmail({ email: 'ben@larkspur.test' }))).toBe('users_not_found');
    const { user } = await client.users.info({ user: BEN });
    expect(user?.deleted).toBe(true);
  });
});

describe('a file that a person chooses', () => {
  it('is fetched with the token, and shows a sign-in page without', async () => {
    const { slack } = demoSlack();
    const id = slack.upload({ name: 'bill.csv', bytes: Buffer.from('a,b\n1,2\n') });
    const url = `https://files.slack.com/files-pri/${id}/bill.csv`;
    const known = await slack.fetch(url, { headers: { authorization: 'Bearer xoxb-sandbox' } });
    expect(await known.text()).toBe('a,b\n1,2\n');
    const stranger = await slack.fetch(url, {});
    expect(stranger.headers.get('content-type')).toBe('text/html');
  });
});
