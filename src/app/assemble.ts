import type { Actor } from '../core/base/actor.js';
import { createProvider } from '../providers/catalog.js';
import { readBundledPrices } from '../providers/prices/genai.js';
import { openSqliteStore } from '../store/sqlite/open.js';
import type { Context, Log } from '../usecases/context.js';
import { createSourceCatalog } from './assemble-sources.js';
import type { Config } from './config.js';
import { MACHINE } from './machine.js';

/** The part of the configuration that a thread needs to run use cases; it can be handed to a worker. */
export type ContextConfig = Pick<Config, 'dbPath' | 'company' | 'sources' | 'lent'>;

/** Plugs store and providers together. The caller closes `context.store`. @throws AppError naming a bad setting. */
export async function assembleContext(
  config: ContextConfig,
  parts: { actor: Actor; log: Log; clock: () => number },
): Promise<Context> {
  const providers = config.sources.map((source) => createProvider(source, { clock: parts.clock }));
  const store = await openSqliteStore(config.dbPath);
  const sources = createSourceCatalog({ config, fixed: providers, store, clock: parts.clock });
  return {
    ...parts,
    machine: MACHINE,
    store,
    company: config.company,
    providers,
    sources,
    bundledPrices: readBundledPrices,
  };
}
