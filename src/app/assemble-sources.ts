import { publicMessage } from '../core/base/errors.js';
import type { AddedSource, SourceSettings } from '../core/sources/feed.js';
import { createProvider, SOURCE_KINDS } from '../providers/catalog.js';
import type { Provider } from '../providers/provider.js';
import type { Store } from '../store/store.js';
import type { ConfiguredSource, SourceCatalog } from '../usecases/context.js';
import { type Config, readAddedSource } from './config.js';

/**
 * The sources of the configuration file and those added while running. Every thread and process has its own, and reads
 * what was added again at each call, so that none needs a restart; the file wins where both have a name.
 */
export function createSourceCatalog(parts: {
  readonly config: Pick<Config, 'lent'>;
  readonly fixed: readonly Provider[];
  readonly store: Pick<Store, 'listAddedSources'>;
  readonly clock: () => number;
}): SourceCatalog {
  const { fixed, store, clock } = parts;
  const lent = parts.config.lent ?? { folder: null, credentials: [] };
  const names = new Set(fixed.map(({ source }) => source));
  // A connector stays the same as long as its settings and its secret do.
  const made = new Map<string, { key: string; provider: Provider }>();
  const make = (source: SourceSettings): Provider => {
    const key = JSON.stringify(source);
    const known = made.get(source.name);
    if (known?.key === key) return known.provider;
    const provider = createProvider(source, { clock });
    made.set(source.name, { key, provider });
    return provider;
  };
  const read = (added: AddedSource): ConfiguredSource => {
    const { name, kind } = added;
    try {
      const provider = make(readAddedSource(added, lent));
      return { name, kind, origin: 'added', provider, problem: null };
    } catch (error) {
      return { name, kind, origin: 'added', provider: null, problem: publicMessage(error) };
    }
  };
  return {
    kinds: SOURCE_KINDS,
    credentials: lent.credentials.map(({ name, kind, baseUrl }) => ({ name, kind, baseUrl })),
    async list() {
      const added = (await store.listAddedSources()).filter(({ name }) => !names.has(name));
      return [
        ...fixed.map((provider): ConfiguredSource => {
          const { source: name, kind } = provider;
          return { name, kind, origin: 'file', provider, problem: null };
        }),
        ...added.map(read),
      ];
    },
    create: (source) => createProvider(readAddedSource(source, lent), { clock }),
  };
}
