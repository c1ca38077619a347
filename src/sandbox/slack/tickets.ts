import { IDS } from './model.js';
import type { Workspace } from './workspace.js';

const TRIGGER_LIFE_MS = 3000;
const RESPONSE_LIFE_MS = 30 * 60 * 1000;
const RESPONSE_USES = 5;

/** What a trigger id stands for once it is exchanged. */
export interface Trigger {
  readonly userId: string;
  /** The modal in which the person acted, if any. */
  readonly viewId: string | null;
}

/** Where a response URL leads. */
export interface ResponseTarget {
  readonly userId: string;
  readonly channel: string;
  readonly threadTs: string | null;
  /** The message whose element was used; null for a slash command. */
  readonly messageTs: string | null;
}

/** Trigger ids (3 s, single use) and response URLs (5 uses, 30 minutes), as Slack hands them out. */
export class Tickets {
  readonly #workspace: Workspace;
  readonly #triggers = new Map<string, Trigger & { readonly bornAt: number; isUsed: boolean }>();
  readonly #responses = new Map<string, ResponseTarget & { readonly bornAt: number; uses: number }>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  issueTrigger(userId: string, viewId: string | null = null): string {
    const id = `${this.#workspace.newTs()}.${this.#workspace.newId('t')}`;
    this.#triggers.set(id, { userId, viewId, bornAt: this.#workspace.now(), isUsed: false });
    return id;
  }

  /** The trigger, or the error code Slack answers; a good one is used up. */
  exchange(id: string): Trigger | 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' {
    const trigger = this.#triggers.get(id);
    if (!trigger) return 'invalid_trigger_id';
    if (trigger.isUsed) return 'exchanged_trigger_id';
    if (this.#workspace.now() - trigger.bornAt > TRIGGER_LIFE_MS) return 'expired_trigger_id';
    trigger.isUsed = true;
    return trigger;
  }

  issueResponseUrl(target: ResponseTarget): string {
    const url = `https://hooks.slack.com/actions/${IDS.team}/${this.#workspace.newId('r')}`;
    this.#responses.set(url, { ...target, bornAt: this.#workspace.now(), uses: 0 });
    return url;
  }

  /** The target of a response URL, or the text of Slack's 404; a good one counts one use. */
  useResponseUrl(url: string): ResponseTarget | 'no_such_url' | 'expired_url' | 'used_url' {
    const response = this.#responses.get(url);
    if (!response) return 'no_such_url';
    if (this.#workspace.now() - response.bornAt > RESPONSE_LIFE_MS) return 'expired_url';
    if (response.uses >= RESPONSE_USES) return 'used_url';
    response.uses += 1;
    return response;
  }
}
