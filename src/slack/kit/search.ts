import type { App } from '@slack/bolt';
import type { SlackContext } from './context.js';
import type { Asker, On } from './listener.js';
import { type Choice, choiceOption } from './option-value.js';
import { contextOf, logFailure, type Surface, userOf } from './request.js';
import { unescapeMrkdwn } from './text.js';

/** What a select is asked for. */
export interface Search extends Asker {
  readonly context: SlackContext;
  /** What has been typed so far, in plain words. */
  readonly typed: string;
  readonly blockId: string;
  /** What the form around it remembers. */
  readonly metadata: string | undefined;
}

/** Slack takes a hundred options. */
export const MAX_OPTIONS = 100;

/** A select whose options are searched for; a failure offers none. */
export function onSearch(
  app: App,
  surface: Surface,
  on: On<undefined>,
  find: (search: Search) => Promise<readonly Choice[]>,
): void {
  app.options(on.id, async ({ ack, body, client }) => {
    const user = userOf(body.user);
    let found: readonly Choice[] = [];
    try {
      found = await find({
        client,
        user,
        context: contextOf(surface, user),
        typed: unescapeMrkdwn(body.value).trim(),
        blockId: body.block_id,
        metadata: body.view?.private_metadata,
      });
    } catch (error) {
      logFailure(surface.context.log, error, on.doing);
    }
    await ack({ options: found.slice(0, MAX_OPTIONS).map(choiceOption) });
  });
}
