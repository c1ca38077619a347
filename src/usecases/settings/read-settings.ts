import {
  defaultSettings,
  type Settings,
  type SettingsArea,
  settingsOf,
} from '../../core/settings/settings.js';
import type { Context } from '../context.js';

/** The settings that hold, and when each area was changed last; an area that is not in `changed` is the default. */
export interface SettingsInForce {
  readonly settings: Settings;
  readonly changed: Readonly<
    Partial<
      Record<
        SettingsArea,
        { readonly number: number; readonly author: string; readonly recordedAtMs: number }
      >
    >
  >;
}

/** Reads the settings: what FinOps has set, over the defaults of the configuration. One quick look at the store. */
export async function readSettings({
  store,
  company,
  log,
}: Pick<Context, 'store' | 'company' | 'log'>): Promise<SettingsInForce> {
  const latest = await store.latestSettings();
  const { settings, unreadable } = settingsOf(defaultSettings(company), latest);
  for (const area of unreadable) log.warn('A setting cannot be read; its default holds.', { area });
  return { settings, changed: Object.fromEntries(latest.map(({ area, ...edition }) => [area, edition])) };
}
