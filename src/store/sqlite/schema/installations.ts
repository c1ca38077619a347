import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Slack workspaces that installed the app by OAuth. `sealed` is encrypted under a key that is never stored. */
export const slackInstallation = sqliteTable('slack_installation', {
  id: text('id').primaryKey(),
  name: text('name'),
  installedBy: text('installed_by').notNull(),
  installedAtMs: integer('installed_at_ms').notNull(),
  sealed: blob('sealed', { mode: 'buffer' }).notNull(),
});
