import { afterEach, describe, expect, it, vi } from 'vitest';
import { downloadFromSlack } from '../../../src/slack/kit/download.js';

const FILE = { url: 'https://files.slack.com/files-pri/T1-F1/bill.csv', token: 'xoxb-1' };
const answering = (response: Response) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => response),
  );

describe('a file that was uploaded', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is fetched with the bot’s token, from Slack and nowhere else', async () => {
    answering(new Response('a,b\n1,2\n', { headers: { 'content-type': 'text/csv' } }));
    expect(await downloadFromSlack(FILE, 100)).toBe('a,b\n1,2\n');
    expect(vi.mocked(fetch).mock.calls[0]?.[1]).toMatchObject({
      headers: { authorization: 'Bearer xoxb-1' },
      redirect: 'error',
    });
    for (const url of [
      'http://files.slack.com/x',
      'https://slack.com.evil.test/x',
      'https://evilslack.com/x',
      'https://127.0.0.1/x',
    ])
      await expect(downloadFromSlack({ ...FILE, url }, 100)).rejects.toThrow('does not lie at Slack');
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('is refused when it is too large, also when Slack does not say so before', async () => {
    answering(new Response('x'.repeat(101)));
    await expect(downloadFromSlack(FILE, 100)).rejects.toThrow('larger than 1 MB');
  });

  it('says that a scope is missing when Slack answers with its sign-in page', async () => {
    answering(new Response('<html>', { headers: { 'content-type': 'text/html; charset=utf-8' } }));
    await expect(downloadFromSlack(FILE, 100)).rejects.toThrow('files:read');
  });
});
