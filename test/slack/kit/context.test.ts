import { expect, test } from 'vitest';
import { slackContext } from '../../../src/slack/kit/context.js';
import { readSettings } from '../../../src/usecases/settings/read-settings.js';
import { createTestContext } from '../../support/context.js';

test('a listener hands its context to use cases, and the types refuse it the store and the connectors', async () => {
  const given = await createTestContext();
  const context = slackContext(given);
  // @ts-expect-error: Slack reads no store, not through the context either.
  expect(context.store.listFeeds).toBeDefined();
  // @ts-expect-error: Slack pulls no bill.
  expect(context.providers.length).toBe(0);
  await expect(readSettings(context)).resolves.toEqual(await readSettings(given));
});
