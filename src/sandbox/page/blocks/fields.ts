import { useEffect, useRef } from 'preact/hooks';
import { plain } from '../chat/text.js';
import { html, type View } from '../shell/html.js';
import type { ElementOf, ElementProps } from './element-props.js';
import { answerIn, asText, fieldId, usePanel } from './panel.js';

type TextElement =
  | ElementOf<'plain_text_input'>
  | ElementOf<'number_input'>
  | ElementOf<'email_text_input'>
  | ElementOf<'url_text_input'>;

/** How long typing rests before `on_character_entered` tells the app. */
const REST_MS = 400;

/** A text, number, e-mail or URL input. */
export function TextField({ blockId, element, label, isSilent }: ElementProps<TextElement>): View {
  const panel = usePanel();
  const name = { blockId, actionId: element.action_id ?? '' };
  const value = asText(answerIn(panel, name));
  const rest = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(rest.current), []);
  const actsOn = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const onInput = (event: { currentTarget: HTMLInputElement | HTMLTextAreaElement }): void => {
    const typed = event.currentTarget.value;
    panel.change(name, typed, false);
    clearTimeout(rest.current);
    if (isSilent || !actsOn.includes('on_character_entered')) return;
    rest.current = setTimeout(() => panel.change(name, typed, true), REST_MS);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isSilent || event.key !== 'Enter' || !actsOn.includes('on_enter_pressed')) return;
    event.preventDefault();
    panel.change(name, value, true);
  };
  const common = {
    id: fieldId(name, true),
    class: 'field-input',
    value,
    placeholder: element.placeholder ? plain(element.placeholder.text) : '',
    'aria-label': label,
    'aria-invalid': panel.errors[blockId] !== undefined,
    'aria-describedby': panel.errors[blockId] === undefined ? undefined : `error-${blockId}`,
    'data-autofocus': element.focus_on_load ? 'true' : undefined,
    onInput,
    onKeyDown,
  };
  if (element.type === 'plain_text_input') {
    return element.multiline
      ? html`<textarea ...${common} rows="4" maxlength=${element.max_length}></textarea>`
      : html`<input ...${common} type="text" maxlength=${element.max_length} autocomplete="off" />`;
  }
  if (element.type === 'number_input') {
    const mode = element.is_decimal_allowed ? 'decimal' : 'numeric';
    return html`<input ...${common} type="text" inputmode=${mode} autocomplete="off" />`;
  }
  const type = element.type === 'email_text_input' ? 'email' : 'url';
  return html`<input ...${common} type=${type} autocomplete="off" />`;
}

/** A date or time picker: the browser's own. */
export function PickerField(props: ElementProps<ElementOf<'datepicker'> | ElementOf<'timepicker'>>): View {
  const { blockId, element, label, isInput, isSilent } = props;
  const panel = usePanel();
  const name = { blockId, actionId: element.action_id ?? '' };
  const placeholder = element.placeholder ? plain(element.placeholder.text) : null;
  return html`<input
    id=${fieldId(name, isInput)}
    class="field-input picker"
    type=${element.type === 'datepicker' ? 'date' : 'time'}
    aria-label=${label ?? placeholder ?? (element.type === 'datepicker' ? 'Date' : 'Time')}
    value=${asText(answerIn(panel, name))}
    onChange=${(event: { currentTarget: HTMLInputElement }) => {
      panel.change(name, event.currentTarget.value || null, !isSilent);
    }}
  />`;
}
