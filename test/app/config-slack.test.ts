import { describe, expect, it } from 'vitest';
import { slackConnection } from '../../src/app/config-slack.js';

const OAUTH = {
  SLACK_SIGNING_SECRET: 's',
  SLACK_CLIENT_ID: '1.2',
  SLACK_CLIENT_SECRET: 'c',
  SLACK_STATE_SECRET: 'a-state-secret-of-24-characters',
  SLACK_ALLOWED_TEAMS: 'T1, E2',
  APPORTION_ENCRYPTION_KEY: '07'.repeat(32),
};

describe('the Slack part of the environment', () => {
  it('is the sandbox when nothing is set', () => {
    expect(slackConnection({})).toEqual({ mode: 'sandbox', port: 3131 });
  });

  it('takes a socket where there is an app token, HTTP where there is a signing secret', () => {
    const token = { SLACK_BOT_TOKEN: 'xoxb-1' };
    expect(slackConnection({ ...token, SLACK_APP_TOKEN: 'xapp-1' })).toMatchObject({ mode: 'socket' });
    expect(slackConnection({ ...token, SLACK_SIGNING_SECRET: 's', HOST: '127.0.0.1' })).toMatchObject({
      mode: 'http',
      port: 3000,
      host: '127.0.0.1',
      credentials: { kind: 'token', botToken: 'xoxb-1' },
    });
  });

  it('finishes the address of another Slack with a slash', () => {
    const env = {
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-1',
      SLACK_API_URL: 'http://127.0.0.1:9/api',
    };
    expect(slackConnection(env)).toMatchObject({ apiUrl: 'http://127.0.0.1:9/api/' });
  });

  it('reads who may install by OAuth', () => {
    expect(slackConnection(OAUTH)).toMatchObject({
      mode: 'http',
      credentials: { kind: 'oauth', allowedTeams: ['T1', 'E2'], redirectUri: null },
    });
  });

  it.each([
    [{ SLACK_APP_TOKEN: 'xapp-1' }, 'SLACK_BOT_TOKEN is missing'],
    [{ SLACK_BOT_TOKEN: 'xoxp-1' }, 'must be a bot token'],
    [{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xoxb-1' }, 'starts with xapp-'],
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, 'SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET'],
    [{ ...OAUTH, SLACK_BOT_TOKEN: 'xoxb-1' }, 'not both'],
    [{ ...OAUTH, SLACK_ALLOWED_TEAMS: '' }, 'so SLACK_ALLOWED_TEAMS must be too'],
    [{ ...OAUTH, SLACK_ALLOWED_TEAMS: 'larkspur' }, 'ids begin with T or E'],
    [{ ...OAUTH, SLACK_STATE_SECRET: 'short' }, 'at least 24'],
    [{ ...OAUTH, APPORTION_ENCRYPTION_KEY: 'short' }, '32 bytes in hex or base64'],
    [{ ...OAUTH, SLACK_API_URL: 'nowhere' }, 'SLACK_API_URL must be a web address'],
    [{ ...OAUTH, PORT: 'x' }, 'PORT must be a number'],
  ])('says what is wrong with %o', (env, sentence) => {
    expect(() => slackConnection(env)).toThrow(sentence);
  });
});
