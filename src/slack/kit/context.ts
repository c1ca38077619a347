import type { Context, Log, NewSource, SourceCatalog } from '../../usecases/context.js';

export type { Log, NewSource, SourceCatalog };

/**
 * The context as Slack has it: it goes to use cases as it is, but `store` and `providers` are of no use here. A
 * `never` fits wherever a use case asks for the real one, and has no method that could be called.
 */
export type SlackContext = Omit<Context, 'store' | 'providers'> & {
  readonly store: never;
  readonly providers: never;
};

/** The same object, with what Slack must not reach hidden from the types. */
export function slackContext(context: Context): SlackContext;
export function slackContext(context: Context): Context {
  return context;
}
