import { asc, eq } from 'drizzle-orm';
import type { InstallationStore } from '../../contract/installation.js';
import type { Database } from '../base/database.js';
import { slackInstallation } from '../schema/settings.js';

/** Slack installations in SQLite. */
export function createInstallationStore(db: Database): InstallationStore {
  return {
    async saveInstallation(installation) {
      const row = { ...installation, sealed: Buffer.from(installation.sealed) };
      db.orm
        .insert(slackInstallation)
        .values(row)
        .onConflictDoUpdate({ target: slackInstallation.id, set: row })
        .run();
    },
    async findInstallation(id) {
      return db.orm.select().from(slackInstallation).where(eq(slackInstallation.id, id)).get() ?? null;
    },
    async listInstallations() {
      return db.orm
        .select()
        .from(slackInstallation)
        .orderBy(asc(slackInstallation.installedAtMs), asc(slackInstallation.id))
        .all();
    },
    async removeInstallation(id) {
      db.orm.delete(slackInstallation).where(eq(slackInstallation.id, id)).run();
    },
  };
}
