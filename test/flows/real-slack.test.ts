import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { freshFolder, startOnSlack } from '../support/product/product.js';
import { startResponseUrl } from '../support/slack/second.js';
import { startSocketSlack } from '../support/slack/socket.js';

// The built product with Slack credentials, over sockets, as it runs in a company.
let slack: Awaited<ReturnType<typeof startSocketSlack>>;
let answers: Awaited<ReturnType<typeof startResponseUrl>>;
beforeEach(async () => {
  slack = await startSocketSlack();
  answers = await startResponseUrl();
});
afterEach(async () => {
  await slack.close();
  await answers.close();
});

const WHERE = { team: { id: 'T1', domain: 'x' }, user: { id: 'U0ANA', name: 'ana', team_id: 'T1' } };

it('acks commands, old buttons and forms that it cannot read, and stops cleanly when it is told to', async () => {
  const folder = freshFolder();
  const app = await startOnSlack(folder, {
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: 'xoxb-test',
    SLACK_APP_TOKEN: 'xapp-test',
    APPORTION_DB: join(folder, 'apportion.db'),
  });
  const command = {
    command: '/spend',
    text: 'help',
    user_id: 'U0ANA',
    user_name: 'ana',
    channel_id: 'C1',
    team_id: 'T1',
    trigger_id: '1.1',
    response_url: answers.url,
  };
  slack.send({ envelope_id: 'command', type: 'slash_commands', payload: command });
  const button = { type: 'button', action_id: 'of.an-older-version', block_id: 'b', value: '{}' };
  const click = { type: 'block_actions', ...WHERE, container: { type: 'message' }, actions: [button] };
  slack.send({ envelope_id: 'click', type: 'interactive', payload: click });
  const view = {
    id: 'V1',
    type: 'modal',
    callback_id: 'budgets.one',
    private_metadata: '',
    blocks: [],
    state: { values: {} },
  };
  const form = { type: 'view_submission', ...WHERE, view };
  slack.send({ envelope_id: 'form', type: 'interactive', payload: form });
  await vi.waitFor(() => expect(slack.acks).toHaveLength(3), 2_900);
  expect(slack.acks.find(({ envelope_id: id }) => id === 'form')).toMatchObject({
    payload: { response_action: 'update' },
  });
  await answers.wait(1);
  expect(JSON.stringify(answers.bodies[0])).toContain('/apportion');
  const before = Date.now();
  expect(await app.stop()).toBe(0);
  expect(Date.now() - before).toBeLessThan(9_000);
  expect(app.log()).not.toMatch(/"level":"error"|\[ERROR\]/);
});
