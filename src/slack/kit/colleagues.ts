import { setTimeout as pause } from 'node:timers/promises';
import type { AllMiddlewareArgs, AnyMiddlewareArgs, App } from '@slack/bolt';
import { z } from 'zod';
import { assertNever } from '../../core/base/errors.js';
import { readSettings } from '../../usecases/settings/read-settings.js';
import { section } from './blocks.js';
import type { SlackContext } from './context.js';
import type { People, Standing } from './people.js';
import { logFailure } from './request.js';
import { statusView } from './status-view.js';

/** A request must be acked within three seconds; past this Slack is taken not to have said who asks. */
const LOOKUP_MS = 2_000;

const Asked = z.object({
  type: z.string().optional(),
  command: z.string().optional(),
  user: z.object({ id: z.string() }).optional(),
  user_id: z.string().optional(),
  response_url: z.string().optional(),
  event: z
    .object({
      type: z.string(),
      user: z.string(),
      channel: z.string().optional(),
      channel_type: z.string().optional(),
    })
    .optional()
    .catch(undefined),
});
type Asked = z.infer<typeof Asked>;

/**
 * Lets only colleagues ask: guests and people of other workspaces (Slack Connect) are refused with a sentence before
 * any listener sees their request, unless the settings admit guests. Who Slack cannot name is refused too.
 */
export function admitColleagues(
  app: App,
  { context, people }: { context: SlackContext; people: People },
): void {
  app.use(async (args) => {
    const asked = Asked.safeParse(args.body).data;
    const userId = asked?.user?.id ?? asked?.user_id ?? asked?.event?.user;
    if (asked === undefined || userId === undefined) return args.next();
    const standing = await standingInTime(people, args, userId);
    const sentence = await refusalOf(context, standing);
    if (sentence === null) return args.next();
    context.log.info('Refused: a request of no colleague.', { userId, standing });
    try {
      await refuse(args, { asked, userId, sentence });
    } catch (error) {
      logFailure(context.log, error, 'refusing a request of no colleague');
    }
  });
}

async function standingInTime(
  people: People,
  { client, context }: AllMiddlewareArgs,
  userId: string,
): Promise<Standing> {
  const timer = new AbortController();
  const late = pause(LOOKUP_MS, 'unknown' as const, { signal: timer.signal, ref: false });
  late.catch(() => undefined);
  const home = { teamId: context.teamId ?? null, enterpriseId: context.enterpriseId ?? null };
  try {
    return await Promise.race([people.standingOf(client, userId, home), late]);
  } finally {
    timer.abort();
  }
}

async function refusalOf(context: SlackContext, standing: Standing): Promise<string | null> {
  switch (standing) {
    case 'colleague':
      return null;
    case 'guest':
      return (await readSettings(context)).settings.visibility.guests === 'admitted'
        ? null
        : 'Apportion answers members of this workspace, and guests only where FinOps has admitted them in /apportion settings.';
    case 'foreign':
      return 'Apportion answers members of this workspace only.';
    case 'unknown':
      return 'Slack did not say who you are, so nothing was done. Please try again in a minute.';
    default:
      return assertNever(standing);
  }
}

async function refuse(
  args: AllMiddlewareArgs & AnyMiddlewareArgs,
  { asked, userId, sentence }: { asked: Asked; userId: string; sentence: string },
): Promise<void> {
  const { client } = args;
  if (asked.event !== undefined) return refuseEvent(client, { event: asked.event, userId, sentence });
  const ack = async (...reply: readonly unknown[]): Promise<void> => {
    if ('ack' in args && typeof args.ack === 'function') await Reflect.apply(args.ack, undefined, [...reply]);
  };
  if (asked.command !== undefined) return ack({ response_type: 'ephemeral', text: sentence });
  if (asked.type === 'view_submission')
    return ack({
      response_action: 'update',
      view: statusView({ title: 'Not done', sentence, isLast: true }),
    });
  if (asked.type === 'block_suggestion') return ack({ options: [] });
  await ack();
  if ('respond' in args && asked.response_url !== undefined)
    await args.respond({ response_type: 'ephemeral', replace_original: false, text: sentence });
}

async function refuseEvent(
  client: AllMiddlewareArgs['client'],
  told: {
    readonly event: NonNullable<Asked['event']>;
    readonly userId: string;
    readonly sentence: string;
  },
): Promise<void> {
  const { event, userId, sentence } = told;
  if (event.type === 'app_home_opened') {
    await client.views.publish({ user_id: userId, view: { type: 'home', blocks: [section(sentence)] } });
  } else if (event.channel !== undefined && event.channel_type === 'im') {
    await client.chat.postMessage({ channel: event.channel, text: sentence });
  } else if (event.channel !== undefined && event.type === 'app_mention') {
    await client.chat.postEphemeral({ channel: event.channel, user: userId, text: sentence });
  }
}
