/** What the Slack surface needs to know of the company's workspace; from the configuration. */
export interface SlackSettings {
  /** Slack user ids that may edit rules. */
  readonly finopsUsers: readonly string[];
  /** A Slack user group (`S…`) whose members may edit rules too. */
  readonly finopsUserGroup: string | null;
  /** Where FinOps hears of rule changes, feed trouble and undeliverable messages: a channel id or `#name`. */
  readonly finopsChannel: string;
  /** Where a team's messages go when the team has no channel; null: to FinOps. */
  readonly defaultChannel: string | null;
}
