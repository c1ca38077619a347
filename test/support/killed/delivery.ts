// Delivers what waits in the ledger file to the Slack at the given address; dies by SIGKILL when Slack has taken the
// n-th message and before anybody wrote that down. 0: lives.

import { WebClient } from '@slack/web-api';
import { createDeliver } from '../../../src/slack/deliver/deliver.js';
import { slackContext } from '../../../src/slack/kit/context.js';
import { deliveryClientOptions } from '../../../src/slack/transport/client-options.js';
import { createTestContext } from '../context.js';
import { BOT_TOKEN } from '../slack/second.js';

const [path = '', slackApiUrl = '', finopsChannel = '', dieAt = '0'] = process.argv.slice(2);
const context = await createTestContext({ path });
// As after a pause: what a death left counts as due.
context.testClock.advance(3_600_000);
let posts = 0;
const client = new WebClient(BOT_TOKEN, {
  ...deliveryClientOptions(),
  slackApiUrl,
  fetch: async (url, init) => {
    const response = await fetch(url, init);
    if (String(url).endsWith('chat.postMessage')) posts += 1;
    if (posts > 0 && posts === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
    return response;
  },
});
const delivery = createDeliver({
  context: slackContext(context),
  client,
  settings: { finopsUsers: [], finopsUserGroup: null, finopsChannel, defaultChannel: null },
  drawChart: () => Promise.reject(new Error('no charts here')),
  pause: async () => undefined,
});
await delivery.deliver();
await delivery.stop();
await context.store.close();
process.disconnect?.();
