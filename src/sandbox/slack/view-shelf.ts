import { type Answer, answersFor } from './answers.js';
import type { HomeView, ModalView } from './block-kit/blocks.js';
import { withIds } from './block-kit/walk.js';
import type { OpenView } from './model.js';
import type { Workspace } from './workspace.js';

const MAX_STACK = 3;

/** Modals stacked per person and the home tab of each, with Slack's rules for hashes and kept answers. */
export class ViewShelf {
  readonly #workspace: Workspace;
  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  find(viewId: string): OpenView | undefined {
    return this.#workspace.openViews().find((open) => open.id === viewId);
  }

  findExternal(externalId: string): OpenView | undefined {
    return this.#workspace.openViews().find((open) => open.view.external_id === externalId);
  }

  stack(userId: string): readonly OpenView[] {
    return this.#workspace.stacks.get(userId) ?? [];
  }

  home(userId: string): OpenView | undefined {
    return this.#workspace.homes.get(userId);
  }

  /** Opens a modal in place of whatever the person had open. */
  open(userId: string, view: ModalView): OpenView {
    const opened = this.#fresh(userId, view, null);
    this.#setStack(userId, [opened]);
    return opened;
  }

  /** Puts a modal on top; null when three are open already. */
  push(userId: string, view: ModalView): OpenView | null {
    const stack = this.stack(userId);
    if (stack.length >= MAX_STACK) return null;
    const pushed = this.#fresh(userId, view, stack.at(-1) ?? null);
    this.#setStack(userId, [...stack, pushed]);
    return pushed;
  }

  /**
   * Replaces the content of an open view under a new hash. An input that keeps its block_id and action_id keeps
   * what the person typed (and ignores a new `initial_*`); a changed id starts afresh.
   */
  update(open: OpenView, view: ModalView | HomeView): OpenView {
    const blocks = [...withIds(view.blocks, () => this.#workspace.newId('b'))];
    const updated: OpenView = {
      ...open,
      hash: this.#newHash(),
      view: { ...view, blocks },
      answers: answersFor(blocks, open.answers),
    };
    this.#put(updated);
    return updated;
  }

  publish(userId: string, view: HomeView): OpenView {
    const home = this.home(userId) ?? this.#fresh(userId, view, null);
    return this.update(home, view);
  }

  /** Stores what a person has typed; the view's hash stays. */
  answer(open: OpenView, answers: ReadonlyMap<string, Answer>): OpenView {
    const answered = { ...open, answers };
    this.#put(answered);
    return answered;
  }

  /** Closes a view and what lies above it. */
  close(open: OpenView): void {
    const stack = this.stack(open.userId);
    const index = stack.findIndex((one) => one.id === open.id);
    if (index >= 0) this.#setStack(open.userId, stack.slice(0, index));
  }

  clear(userId: string): void {
    this.#setStack(userId, []);
  }

  #fresh(userId: string, view: ModalView | HomeView, below: OpenView | null): OpenView {
    const id = this.#workspace.newId('V');
    const blocks = [...withIds(view.blocks, () => this.#workspace.newId('b'))];
    return {
      id,
      userId,
      rootId: below?.rootId ?? id,
      previousId: below?.id ?? null,
      hash: this.#newHash(),
      view: { ...view, blocks },
      answers: answersFor(blocks),
    };
  }

  #newHash(): string {
    return `${this.#workspace.newTs()}.${this.#workspace.newId('h')}`;
  }

  #put(open: OpenView): void {
    if (open.view.type === 'home') {
      this.#workspace.homes.set(open.userId, open);
      this.#workspace.changed();
      return;
    }
    const stack = this.stack(open.userId).map((one) => (one.id === open.id ? open : one));
    this.#setStack(open.userId, stack);
  }

  #setStack(userId: string, stack: readonly OpenView[]): void {
    this.#workspace.stacks.set(userId, stack);
    this.#workspace.changed();
  }
}
