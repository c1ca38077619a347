import type { SlackInstallation } from '../../store/contract/settings.js';
import type { Context } from '../context.js';

/** Keeps that a workspace has installed the app, and writes down who did; the token comes sealed. */
export async function saveInstallation(
  { store, clock }: Context,
  installation: Omit<SlackInstallation, 'installedAtMs'>,
): Promise<void> {
  await store.saveInstallation({ ...installation, installedAtMs: clock() });
  const { id, name, installedBy } = installation;
  const actor = { kind: 'slack', userId: installedBy, name: installedBy } as const;
  await store.appendAudit({
    actor,
    action: 'slack.installed',
    subject: id,
    detail: { name },
    atMs: clock(),
  });
}

/** The installation of a workspace or organisation; null when it has none. */
export async function findInstallation({ store }: Context, id: string): Promise<SlackInstallation | null> {
  return store.findInstallation(id);
}

/** All installations, the oldest first. */
export async function listInstallations({ store }: Context): Promise<readonly SlackInstallation[]> {
  return store.listInstallations();
}

/** Forgets a workspace's installation and token. */
export async function removeInstallation({ store, actor, clock }: Context, id: string): Promise<void> {
  await store.removeInstallation(id);
  await store.appendAudit({ actor, action: 'slack.removed', subject: id, detail: {}, atMs: clock() });
}
