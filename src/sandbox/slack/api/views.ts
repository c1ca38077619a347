import { AnyView, type HomeView, type ModalView } from '../block-kit/blocks.js';
import type { OpenView } from '../model.js';
import { type Json, viewPayload } from '../payloads.js';
import type { Trigger } from '../tickets.js';
import { validateView } from '../validate.js';
import type { ViewShelf } from '../view-shelf.js';
import type { Workspace } from '../workspace.js';
import { type Args, type Desk, type Method, Refusal } from './call.js';
import { refuseBlocks, refuseUnreadyFiles } from './content.js';

const open: Method = {
  required: ['view'],
  run(args, desk) {
    const view = modal(args.json('view'), desk.workspace);
    refuseTakenExternalId(desk.views, view, null);
    return answer(desk.views.open(exchange(args, desk).userId, view));
  },
};

const push: Method = {
  required: ['view'],
  run(args, desk) {
    const view = modal(args.json('view'), desk.workspace);
    refuseTakenExternalId(desk.views, view, null);
    const trigger = exchange(args, desk);
    const below = trigger.viewId === null ? undefined : desk.views.find(trigger.viewId);
    if (!below) throw new Refusal('not_found');
    const pushed = desk.views.push(trigger.userId, view);
    if (!pushed) throw new Refusal('push_limit_reached');
    return answer(pushed);
  },
};

const update: Method = {
  required: ['view'],
  run(args, { views, workspace }) {
    const view = checkedView(args.json('view'), workspace);
    const found = args.has('view_id')
      ? views.find(args.text('view_id'))
      : views.findExternal(args.text('external_id'));
    if (!found || found.view.type !== view.type) throw new Refusal('not_found');
    refuseTakenExternalId(views, view, found);
    if (args.has('hash') && args.text('hash') !== found.hash) throw new Refusal('hash_conflict');
    return answer(views.update(found, view));
  },
};

const publish: Method = {
  required: ['user_id', 'view'],
  run(args, { views, workspace }) {
    const view = checkedView(args.json('view'), workspace);
    if (view.type !== 'home')
      refuseBlocks('invalid_arguments', [{ pointer: '/view/type', message: 'must be home' }]);
    const userId = args.text('user_id');
    if (!workspace.person(userId)) throw new Refusal('user_not_found');
    const home = views.home(userId);
    if (args.has('hash') && home && args.text('hash') !== home.hash) throw new Refusal('hash_conflict');
    return answer(views.publish(userId, view));
  },
};

/** A view that Slack would accept. @throws Refusal with JSON pointers otherwise. */
export function checkedView(value: unknown, workspace: Workspace): ModalView | HomeView {
  const problems = validateView(value);
  if (problems.some((problem) => problem.message === 'view is too large'))
    throw new Refusal('view_too_large');
  if (problems.length > 0) refuseBlocks('invalid_arguments', problems);
  const view = AnyView.parse(value);
  refuseUnreadyFiles(workspace, view.blocks, 'invalid_arguments');
  return view;
}

function modal(value: unknown, workspace: Workspace): ModalView {
  const view = checkedView(value, workspace);
  if (view.type === 'modal') return view;
  return refuseBlocks('invalid_arguments', [{ pointer: '/view/type', message: 'must be modal' }]);
}

function exchange(args: Args, { tickets }: Desk): Trigger {
  if (!args.has('trigger_id') && !args.has('interactivity_pointer')) {
    refuseBlocks('invalid_arguments', [
      { pointer: '/trigger_id', message: 'missing required field: trigger_id' },
    ]);
  }
  const trigger = tickets.exchange(args.text('trigger_id') || args.text('interactivity_pointer'));
  if (typeof trigger === 'string') throw new Refusal(trigger);
  return trigger;
}

function refuseTakenExternalId(views: ViewShelf, view: ModalView | HomeView, own: OpenView | null): void {
  const holder = view.external_id ? views.findExternal(view.external_id) : undefined;
  if (holder && holder.id !== own?.id) throw new Refusal('duplicate_external_id');
}

function answer(opened: OpenView): Json {
  return { view: viewPayload(opened) };
}

/** `views.*`. */
export const viewMethods: Readonly<Record<string, Method>> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};
