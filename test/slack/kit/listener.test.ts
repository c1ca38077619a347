import { type App, RespondError } from '@slack/bolt';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { invalid } from '../../../src/core/base/errors.js';
import { sentenceMessage } from '../../../src/slack/kit/blocks.js';
import { slackContext } from '../../../src/slack/kit/context.js';
import { onClick, onForm } from '../../../src/slack/kit/listener.js';
import type { Surface } from '../../../src/slack/kit/request.js';
import { createTestContext } from '../../support/context.js';

/** An app that keeps its listeners, and a Slack that keeps what it was told, in order. */
async function createStage() {
  const told: string[] = [];
  const listeners = new Map<string, (args: object) => Promise<void>>();
  const keep = (on: string | { callback_id: string }, listener: (args: object) => Promise<void>) =>
    listeners.set(typeof on === 'string' ? on : on.callback_id, listener);
  const app = { action: keep, view: keep } as unknown as App;
  const context = await createTestContext();
  const surface = { context: slackContext(context), claimed: new Set<string>() } as unknown as Surface;
  const note =
    (what: string) =>
    async ({ text, view }: { text?: string; view?: { title: { text: string }; blocks: unknown[] } } = {}) => {
      told.push(
        view === undefined ? `${what} ${text ?? ''}`.trim() : `${what} ${JSON.stringify(view.blocks)}`,
      );
    };
  const client = { chat: { postMessage: note('direct') }, views: { update: note('form') } };
  const run = (id: string, args: object): Promise<void> =>
    listeners.get(id)?.({ ack: note('ack'), client, ...args }) ?? Promise.reject(new Error(`no ${id}`));
  return { app, surface, told, run, respond: note('beside') };
}

const body = { user: { id: 'U1', name: 'ana' }, trigger_id: 't' };
const payload = z.object({ month: z.string() });

test('a click is acked before its work, and its failure is told beside the message', async () => {
  const { app, surface, told, run, respond } = await createStage();
  onClick(app, surface, { id: 'x', doing: 'trying', payload }, async ({ payload: { month }, user }) => {
    told.push(`work of ${user.name} on ${month}`);
    invalid('That month is locked.');
  });
  expect(surface.claimed.has('x')).toBe(true);
  await run('x', { action: { value: '{"month":"2026-10"}' }, body, respond });
  expect(told).toEqual(['ack', 'work of ana on 2026-10', 'beside That month is locked.']);
});

test('a click where there is no message to answer beside is answered in a direct message', async () => {
  const { app, surface, told, run } = await createStage();
  onClick(app, surface, { id: 'x', doing: 'trying', payload }, async () => invalid('No.'));
  await run('x', { action: { value: '{"month":"2026-10"}' }, body });
  expect(told).toEqual(['ack', 'direct No.']);
});

test('a button of an older version does no work and says so', async () => {
  const { app, surface, told, run, respond } = await createStage();
  onClick(app, surface, { id: 'x', doing: 'trying', payload }, async () => {
    told.push('work');
  });
  await run('x', { action: { value: '{"week":1}' }, body, respond });
  expect(told).toEqual(['ack', 'beside This button is from an older message; please ask again.']);
});

test('a form shows that it is being saved, then what came of it or why not', async () => {
  for (const fails of [false, true]) {
    const { app, surface, told, run } = await createStage();
    const working = { title: 'Budgets', sentence: 'Saving …' };
    onForm(app, surface, { id: 'f', doing: 'saving', working }, async () =>
      fails ? invalid('Choose a team.') : 'Saved.',
    );
    await run('f', { body, view: { id: 'V1', private_metadata: '' } });
    expect(told[0]).toMatch(/^ack .*Saving …/);
    expect(told[1]).toMatch(fails ? /^form .*Choose a team\./ : /^form .*Saved\./);
    expect(told).toHaveLength(2);
  }
});

test('a form with a wrong field stays open and does no work', async () => {
  const { app, surface, told, run } = await createStage();
  const read = () => ({ ok: false as const, errors: { amount: 'Say how much.' } });
  onForm(app, surface, { id: 'f', doing: 'saving', read }, async () => {
    told.push('work');
  });
  const acks: unknown[] = [];
  const ack = async (said: unknown) => void acks.push(said);
  await run('f', { body, ack, view: { id: 'V1', private_metadata: '' } });
  expect(acks).toEqual([{ response_action: 'errors', errors: { amount: 'Say how much.' } }]);
  expect(told).toEqual([]);
});

test.each([
  ['tried again while Slack is busy, and seen once it is not', [503, 429, null], ['beside figures']],
  ['tried again after a cut connection', [0, null], ['beside figures']],
  ['a direct message where Slack takes nothing at that address any more', [404], ['direct figures']],
  ['a direct message after four tries', [500, 500, 500, 500], ['direct figures']],
  ['a failure that is told where Slack refuses its blocks', [400], ['beside Something']],
] as const)('an answer is %s', async (_what, statuses, expected) => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const { app, surface, told, run, respond } = await createStage();
    const left: (number | null)[] = [...statuses];
    const flaky = async (message: { text?: string }) => {
      const status = left.shift() ?? null;
      if (status === 0) throw new TypeError('fetch failed');
      if (status !== null) throw new RespondError(`${status}`, status);
      await respond(message);
    };
    onClick(app, surface, { id: 'x', doing: 'trying' }, async ({ tell }) => tell(sentenceMessage('figures')));
    const done = run('x', { action: {}, body, respond: flaky });
    await vi.runAllTimersAsync();
    await done;
    expect(told.slice(1).map((line) => line.slice(0, expected[0].length))).toEqual(expected);
    expect(left).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});
