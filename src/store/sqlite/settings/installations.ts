import { asc, eq } from 'drizzle-orm';
import type { InstallationStore } from '../../contract/settings.js';
import type { Methods } from '../base/database.js';
import { slackInstallation } from '../schema/settings.js';

/** Slack installations in SQLite. */
export const installationMethods: Methods<InstallationStore> = {
  saveInstallation(db, installation) {
    const row = { ...installation, sealed: Buffer.from(installation.sealed) };
    db.orm
      .insert(slackInstallation)
      .values(row)
      .onConflictDoUpdate({ target: slackInstallation.id, set: row })
      .run();
  },
  findInstallation: (db, id) =>
    db.orm.select().from(slackInstallation).where(eq(slackInstallation.id, id)).get() ?? null,
  listInstallations: (db) =>
    db.orm
      .select()
      .from(slackInstallation)
      .orderBy(asc(slackInstallation.installedAtMs), asc(slackInstallation.id))
      .all(),
  removeInstallation(db, id) {
    db.orm.delete(slackInstallation).where(eq(slackInstallation.id, id)).run();
  },
};
