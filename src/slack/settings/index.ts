import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { dayIn } from '../../core/base/time.js';
import { SettingsArea } from '../../core/settings/settings.js';
import type { SettingsInForce } from '../../usecases/settings/read-settings.js';
import { actions, button, context, plain, section, titled } from '../kit/blocks.js';
import { formView } from '../kit/inputs.js';
import { packPayload } from '../kit/payload.js';
import { authorName, formatDay } from '../kit/text.js';
import { alertForm } from './alert-form.js';
import { channelsForm, subscriptionsForm } from './channel-forms.js';
import type { AreaForm, FormHelp } from './form.js';
import { approvalForm, currencyForm, materialityForm, pullsForm } from './money-forms.js';
import { rolesForm, visibilityForm } from './people-forms.js';
import { scheduleForm } from './schedule-form.js';

/** The button that opens the settings, on App Home and in the help. */
export const OPEN_SETTINGS_ID = 'help.settings';
/** Callback and action ids of the settings. */
export const SETTINGS_VIEW = { menu: 'settings.menu', form: 'settings.form' } as const;
export const SETTINGS_ACTION = { change: 'settings.change', reset: 'settings.reset' } as const;

/** The form of each area, in the order of the menu. */
export const FORMS: Readonly<Record<SettingsArea, AreaForm>> = {
  channels: channelsForm,
  subscriptions: subscriptionsForm,
  digest: scheduleForm,
  alerts: alertForm,
  materiality: materialityForm,
  pulls: pullsForm,
  approval: approvalForm,
  roles: rolesForm,
  visibility: visibilityForm,
  currency: currencyForm,
};

/** What the buttons of the menu and the metadata of a form carry; `base`: the edition that was shown. */
export const AreaPayload = z.object({ area: SettingsArea, base: z.number().int().nullable() });
export type AreaPayload = z.infer<typeof AreaPayload>;

/** Who changed an area last, or that nobody has. */
function lastChange({ changed }: SettingsInForce, area: SettingsArea, timeZone: string): string {
  const last = changed[area];
  if (last === undefined) return 'Nobody has changed this: it is what the configuration says.';
  return `Last changed by ${authorName(last.author)} on ${formatDay(dayIn(timeZone, last.recordedAtMs))}.`;
}

/** All areas with their values of now, each with a button that opens its form. */
export function settingsMenuView(inForce: SettingsInForce, timeZone: string): ModalView {
  const blocks = SettingsArea.options.flatMap((area): KnownBlock[] => {
    const form = FORMS[area];
    return [
      {
        type: 'section',
        text: titled(form.title, form.summary(inForce.settings)),
        accessory: button({
          id: SETTINGS_ACTION.change,
          label: 'Change',
          spoken: `Change ${form.title}`,
          value: packPayload({ area, base: inForce.changed[area]?.number ?? null }),
        }),
      },
      ...(inForce.changed[area] === undefined ? [] : [context(lastChange(inForce, area, timeZone))]),
    ];
  });
  return {
    type: 'modal',
    callback_id: SETTINGS_VIEW.menu,
    title: plain('Settings', 24),
    close: plain('Done', 24),
    blocks: [...blocks, context('What nobody has changed here is what the configuration says.')],
  };
}

/** The form of one area. */
export function areaFormView(inForce: SettingsInForce, area: SettingsArea, help: FormHelp): ModalView {
  const form = FORMS[area];
  const payload: AreaPayload = { area, base: inForce.changed[area]?.number ?? null };
  const isSet = inForce.changed[area] !== undefined;
  const reset = {
    ...button({
      id: SETTINGS_ACTION.reset,
      label: 'Back to the configuration',
      value: packPayload(payload),
    }),
    confirm: {
      title: plain('Back to the configuration?', 100),
      text: plain('What was set here is no longer used. It stays in the audit log.', 300),
      confirm: plain('Go back', 30),
      deny: plain('Cancel', 30),
    },
  };
  return formView({
    id: SETTINGS_VIEW.form,
    metadata: packPayload(payload),
    title: form.title,
    submit: 'Save',
    blocks: [
      section(form.explanation),
      ...form.blocks(inForce.settings, help),
      context(lastChange(inForce, area, help.timeZone)),
      ...(isSet ? [actions(reset)] : []),
    ],
  });
}
