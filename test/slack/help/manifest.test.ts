import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Day } from '../../../src/core/base/time.js';
import { APPORTION_WORDS, readApportion, SLASH_COMMANDS } from '../../../src/core/spend/commands.js';
import { readSpendQuestion } from '../../../src/core/spend/question.js';
import type { SpendVocabulary } from '../../../src/core/spend/vocabulary.js';
import { createSandboxSlack } from '../../../src/sandbox/slack/index.js';
import { SHORTCUT } from '../../../src/slack/help/listen-shortcuts.js';
import { EXPLAIN_SHORTCUT_ID } from '../../../src/slack/lineage/listen.js';
import { BOT_SCOPES } from '../../../src/slack/transport/oauth.js';

// Limits of the app manifest: docs.slack.dev/reference/app-manifest, schema v0.5.0.
const SCOPES = new Set(
  [
    'app_mentions:read assistant:write channels:history channels:read chat:write chat:write.public commands files:read files:write',
    'groups:history groups:read im:history im:read im:write usergroups:read users:read users:read.email',
  ].flatMap((line) => line.split(' ')),
);
const SlackManifest = z.strictObject({
  display_information: z.strictObject({
    name: z.string().max(35),
    description: z.string().max(140),
    long_description: z.string().min(175).max(4000),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.literal(true),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({ display_name: z.string().max(80), always_online: z.boolean() }),
    agent_view: z.strictObject({
      agent_description: z.string().max(300),
      suggested_prompts: z
        .array(z.strictObject({ title: z.string().min(1).max(80), message: z.string().min(1).max(300) }))
        .max(4),
    }),
    shortcuts: z
      .array(
        z.strictObject({
          name: z.string().max(24),
          type: z.enum(['message', 'global']),
          callback_id: z.string().max(255),
          description: z.string().max(150),
        }),
      )
      .max(10),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^\/[a-z]{1,31}$/),
          description: z.string().max(2000),
          usage_hint: z.string().max(1000),
          should_escape: z.literal(true),
        }),
      )
      .max(50),
  }),
  oauth_config: z.strictObject({
    scopes: z.strictObject({ bot: z.array(z.string().refine((scope) => SCOPES.has(scope))).max(255) }),
  }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ bot_events: z.array(z.string()).max(100) }),
    interactivity: z.strictObject({ is_enabled: z.literal(true) }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.literal(true),
    token_rotation_enabled: z.literal(false),
  }),
});

const VOCABULARY: SpendVocabulary = {
  today: '2026-11-18' as Day,
  askedBy: 'ana@larkspur.test',
  dimensions: [{ id: 'team', owners: ['Search'] }],
  values: {},
};

const text: unknown = parse(readFileSync('manifest.yml', 'utf8'));
const manifest = SlackManifest.parse(text);

describe('manifest.yml', () => {
  it('is one that Slack takes', () => {
    expect(SlackManifest.safeParse(text).error).toBeUndefined();
  });

  it('declares the commands that the code knows and the sandbox offers, word by word', () => {
    const declared = manifest.features.slash_commands.map(
      ({ command, description, usage_hint: usageHint }) => ({ command, description, usageHint }),
    );
    expect(declared).toEqual(SLASH_COMMANDS);
    const ana = { id: 'U0ANA00001', name: 'Ana Ruiz', email: 'ana@larkspur.test' };
    const sandbox = createSandboxSlack({
      teamName: 'Larkspur',
      appName: 'Apportion',
      people: [ana],
      channels: [],
      userGroups: [],
      clock: () => 0,
    });
    expect(sandbox.see(ana.id).commands).toEqual(SLASH_COMMANDS);
  });

  it('hints at every word that /apportion knows, and at nothing else', () => {
    const { usage_hint: hint = '' } =
      manifest.features.slash_commands.find(({ command }) => command === '/apportion') ?? {};
    const hinted = hint.slice(1, -1).split(' | ');
    expect(hinted.map((each) => each.split(' ')[0])).toEqual([...APPORTION_WORDS]);
    for (const each of hinted) expect(readApportion(each)).toMatchObject({ kind: 'word' });
  });

  it('declares the events that the app listens to', () => {
    const { bot_events: events } = manifest.settings.event_subscriptions;
    expect(events.toSorted().join(' ')).toBe(
      'app_home_opened app_mention app_uninstalled message.channels message.groups message.im team_join ' +
        'tokens_revoked user_change',
    );
  });

  it('declares the shortcuts that the app answers', () => {
    const declared = manifest.features.shortcuts.map(({ type, callback_id: id }) => [type, id]);
    expect(declared).toEqual([
      ['global', SHORTCUT.newRule],
      ['global', SHORTCUT.ask],
      ['message', SHORTCUT.newRuleFromMessage],
      ['message', EXPLAIN_SHORTCUT_ID],
    ]);
  });

  it('suggests only questions that the app understands', () => {
    for (const { message } of manifest.features.agent_view.suggested_prompts)
      expect(readSpendQuestion(message, VOCABULARY)).toMatchObject({ ok: true });
  });

  it('asks for the scopes that what it listens to and calls needs, each once', () => {
    const { bot } = manifest.oauth_config.scopes;
    expect(new Set(bot).size).toBe(bot.length);
    expect(bot.toSorted()).toEqual([...SCOPES].toSorted());
    expect([...BOT_SCOPES].toSorted()).toEqual(bot.toSorted());
  });
});
