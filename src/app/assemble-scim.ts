import { type ScimServer, startScimServer } from '../hr/scim/server.js';
import type { Context } from '../usecases/context.js';
import { endScimResource, saveScimGroup, saveScimUser } from '../usecases/people/apply-scim.js';
import type { ScimConfig } from './config.js';

/** Opens the port to which an identity provider pushes people, and plugs the use cases in behind it. */
export async function startScim(context: Context, config: ScimConfig): Promise<ScimServer> {
  const { store, log } = context;
  const scim: Context = { ...context, actor: { kind: 'system', name: 'scim' } };
  const server = await startScimServer({
    ...config,
    backend: {
      find: (kind, id) => store.findProvisioned(kind, id),
      list: (query) => store.listProvisioned(query),
      saveUser: (push) => saveScimUser(scim, config, push),
      saveGroup: (push) => saveScimGroup(scim, config, push),
      end: (held) => endScimResource(scim, config, held),
    },
    onTrouble: (error) => log.error('A SCIM request failed.', { error }),
  });
  log.info('SCIM is open for the identity provider.', { url: server.url });
  return server;
}
