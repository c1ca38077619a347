import type { Element } from '../../slack/block-kit/elements.js';
import { html, type View } from '../shell/html.js';
import { ActionButton, OverflowMenu } from './buttons.js';
import { ChoiceGroup } from './choices.js';
import type { ElementProps } from './element-props.js';
import { PickerField, TextField } from './fields.js';
import { FileField } from './file-field.js';
import { MultiMenu, SingleMenu } from './menus.js';

/** The elements of an actions block. */
export function Elements({ blockId, elements }: { blockId: string; elements: readonly Element[] }): View {
  return elements.map(
    (element) => html`<${ElementView} key=${element.action_id} blockId=${blockId} element=${element} />`,
  );
}

/** Any interactive element. */
export function ElementView(props: ElementProps): View {
  const { element } = props;
  switch (element.type) {
    case 'button':
      return html`<${ActionButton} ...${props} element=${element} />`;
    case 'overflow':
      return html`<${OverflowMenu} ...${props} element=${element} />`;
    case 'static_select':
    case 'external_select':
    case 'users_select':
    case 'conversations_select':
    case 'channels_select':
      return html`<${SingleMenu} ...${props} element=${element} />`;
    case 'multi_static_select':
    case 'multi_external_select':
    case 'multi_users_select':
    case 'multi_conversations_select':
    case 'multi_channels_select':
      return html`<${MultiMenu} ...${props} element=${element} />`;
    case 'datepicker':
    case 'timepicker':
      return html`<${PickerField} ...${props} element=${element} />`;
    case 'radio_buttons':
    case 'checkboxes':
      return html`<${ChoiceGroup} ...${props} element=${element} />`;
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return html`<${TextField} ...${props} element=${element} />`;
    case 'file_input':
      return html`<${FileField} ...${props} element=${element} />`;
    case 'datetimepicker':
    case 'rich_text_input':
    case 'workflow_button':
    default:
      return html`<span class="unknown">A “${element.type}”, which this sandbox does not draw.</span>`;
  }
}
