import type { Actor } from '../../core/base/actor.js';
import type { Notice } from '../../core/notices/notice.js';
import type { SettingsArea, SettingsEdition } from '../../core/settings/settings.js';

/** Settings that people edit; every change is kept. */
export interface SettingsStore {
  /** The latest edition of each area that was ever changed. */
  latestSettings(): Promise<readonly SettingsEdition[]>;
  /** Editions of all areas, newest first. */
  listSettingsEditions(limit: number): Promise<readonly SettingsEdition[]>;
  /**
   * Appends an edition of one area and audits it with what was before. `base` is the number of the area's edition
   * that the change was made from (null: the default); the same value again changes nothing.
   * @throws AppError `conflict` when the area has another edition by now.
   */
  changeSettings(change: {
    area: SettingsArea;
    value: unknown;
    base: number | null;
    actor: Actor;
    /** The second person, where one was needed; audited beside the author. */
    approver?: Actor;
    /** Written in the same transaction. */
    notices?: readonly Notice[];
    atMs: number;
  }): Promise<SettingsEdition>;
}

/** A Slack workspace (`T…`) or organisation (`E…`) that has installed the app; its token sealed by the caller. */
export interface SlackInstallation {
  readonly id: string;
  readonly name: string | null;
  /** The Slack user who did. */
  readonly installedBy: string;
  readonly installedAtMs: number;
  readonly sealed: Uint8Array;
}

/** Who has installed the app. Only where it is offered to several workspaces. */
export interface InstallationStore {
  /** Keeps or replaces the installation of its id. */
  saveInstallation(installation: SlackInstallation): Promise<void>;
  findInstallation(id: string): Promise<SlackInstallation | null>;
  /** All, the oldest first. */
  listInstallations(): Promise<readonly SlackInstallation[]>;
  removeInstallation(id: string): Promise<void>;
}
