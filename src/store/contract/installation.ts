/** A Slack workspace (`T…`) or organisation (`E…`) that has installed the app; its token sealed by whoever hands it in. */
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
