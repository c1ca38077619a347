import type { Provider } from '../../providers/provider.js';
import type { Context } from '../context.js';

/** The connectors of all sources that can be read now, those added a moment ago (in whatever process) included. */
export async function currentProviders(context: Context): Promise<readonly Provider[]> {
  if (context.sources === undefined) return context.providers;
  const sources = await context.sources.list();
  return sources.flatMap(({ provider }) => (provider === null ? [] : [provider]));
}
