import { blob, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { SettingsArea } from '../../../core/settings/settings.js';

/** Editions of the settings, append-only; `value` is JSON in which bigints survive, null: the default again. */
export const settingsEdition = sqliteTable(
  'settings_edition',
  {
    number: integer('number').primaryKey({ autoIncrement: true }),
    area: text('area').$type<SettingsArea>().notNull(),
    value: text('value').notNull(),
    author: text('author').notNull(),
    recordedAtMs: integer('recorded_at_ms').notNull(),
  },
  (table) => [index('settings_edition_by_area').on(table.area, table.number)],
);

/** Slack workspaces that installed the app by OAuth. `sealed` is encrypted under a key that is never stored. */
export const slackInstallation = sqliteTable('slack_installation', {
  id: text('id').primaryKey(),
  name: text('name'),
  installedBy: text('installed_by').notNull(),
  installedAtMs: integer('installed_at_ms').notNull(),
  sealed: blob('sealed', { mode: 'buffer' }).notNull(),
});
