import { useState } from 'preact/hooks';
import type { Option } from '../../slack/block-kit/text.js';
import type { Snapshot } from '../../slack/snapshot.js';
import { plain } from '../chat/text.js';
import { usePage } from '../shell/context.js';
import { html, type View } from '../shell/html.js';
import { toJson } from '../shell/raw.js';
import { suggest } from '../shell/server.js';
import { type Choice, type ChoiceSource, Combobox } from './combobox.js';
import type { ElementOf, ElementProps } from './element-props.js';
import { answerIn, asList, asText, fieldId, type Name, type Panel, usePanel } from './panel.js';

type Single = ElementOf<
  'static_select' | 'external_select' | 'users_select' | 'conversations_select' | 'channels_select'
>;
type Multi = ElementOf<
  | 'multi_static_select'
  | 'multi_external_select'
  | 'multi_users_select'
  | 'multi_conversations_select'
  | 'multi_channels_select'
>;

/** A menu of which one option is chosen. */
export function SingleMenu({ blockId, element, label, isInput, isSilent }: ElementProps<Single>): View {
  const panel = usePanel();
  const name = { blockId, actionId: element.action_id ?? '' };
  const { source, titleOf } = useChoices(element, name);
  const value = asText(answerIn(panel, name));
  const placeholder = element.placeholder ? plain(element.placeholder.text) : 'Choose an option';
  return html`<${Combobox}
    id=${fieldId(name, isInput)}
    label=${label ?? placeholder}
    placeholder=${placeholder}
    source=${source}
    chosen=${value === '' ? [] : [value]}
    shown=${value === '' ? '' : titleOf(value)}
    isFocused=${element.focus_on_load === true}
    onChoose=${(choice: Choice) => panel.change(name, choice.value, !isSilent)}
  />`;
}

/** A menu of which several options are chosen, shown as chips. */
export function MultiMenu({ blockId, element, label, isInput, isSilent }: ElementProps<Multi>): View {
  const panel = usePanel();
  const name = { blockId, actionId: element.action_id ?? '' };
  const { source, titleOf } = useChoices(element, name);
  const chosen = asList(answerIn(panel, name));
  const placeholder = element.placeholder ? plain(element.placeholder.text) : 'Choose options';
  const change = (next: readonly string[]): void => panel.change(name, next, !isSilent);
  return html`<div class="multi">
    ${chosen.map(
      (value) => html`<span class="chip" key=${value}>
        ${titleOf(value)}
        <button type="button" aria-label=${`Remove ${titleOf(value)}`} onClick=${() => change(chosen.filter((one) => one !== value))}>×</button>
      </span>`,
    )}
    <${Combobox}
      id=${fieldId(name, isInput)}
      label=${label ?? placeholder}
      placeholder=${placeholder}
      source=${source}
      chosen=${chosen}
      shown=""
      isMany=${true}
      isFocused=${element.focus_on_load === true}
      onChoose=${({ value }: Choice) => {
        change(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
      }}
    />
  </div>`;
}

/** Where a menu's choices come from, and how a chosen value is called. */
function useChoices(
  element: Single | Multi,
  name: Name,
): { source: ChoiceSource; titleOf: (value: string) => string } {
  const { state } = usePage();
  const panel = usePanel();
  const [seen, setSeen] = useState<ReadonlyMap<string, string>>(new Map());
  const fixed = fixedChoices(element, state);
  const initial = initialChoices(element);
  const titleOf = (value: string): string =>
    [...fixed, ...initial].find((choice) => choice.value === value)?.title ?? seen.get(value) ?? value;
  const isExternal = element.type === 'external_select' || element.type === 'multi_external_select';
  if (!isExternal) return { source: { kind: 'fixed', choices: fixed }, titleOf };
  const load = async (query: string): Promise<readonly Choice[]> => {
    const choices = await loadChoices(panel, { as: state.me.id, name, query });
    setSeen(
      (before) => new Map([...before, ...choices.map((one): [string, string] => [one.value, one.title])]),
    );
    return choices;
  };
  return { source: { kind: 'asked', least: element.min_query_length ?? 3, load }, titleOf };
}

async function loadChoices(
  panel: Panel,
  ask: { as: string; name: Name; query: string },
): Promise<readonly Choice[]> {
  const { as, name, query } = ask;
  const offer = await suggest({
    do: 'suggest',
    as,
    place: panel.place,
    ...name,
    query,
    answers: toJson(panel.unsent),
  });
  return [
    ...offer.options.map((option) => choiceOf(option)),
    ...offer.groups.flatMap((group) => group.options.map((option) => choiceOf(option, plain(group.label)))),
  ];
}

function fixedChoices(element: Single | Multi, state: Snapshot): readonly Choice[] {
  switch (element.type) {
    case 'static_select':
    case 'multi_static_select':
      return [
        ...(element.options ?? []).map((option) => choiceOf(option)),
        ...(element.option_groups ?? []).flatMap((group) =>
          group.options.map((option) => choiceOf(option, plain(group.label.text))),
        ),
      ];
    case 'users_select':
    case 'multi_users_select':
      return state.people.map((person) => ({
        value: person.id,
        title: person.name,
        note: person.title ?? '',
        group: '',
      }));
    case 'conversations_select':
    case 'multi_conversations_select':
    case 'channels_select':
    case 'multi_channels_select':
      return state.conversations
        .filter((one) => one.kind === 'channel' && !one.isArchived)
        .map((one) => ({ value: one.id, title: `#${one.name}`, note: one.purpose, group: '' }));
    case 'external_select':
    case 'multi_external_select':
    default:
      return [];
  }
}

/** Options that an external menu starts with are known by name before it is ever asked. */
function initialChoices(element: Single | Multi): readonly Choice[] {
  if (element.type === 'external_select')
    return element.initial_option ? [choiceOf(element.initial_option)] : [];
  if (element.type !== 'multi_external_select') return [];
  return (element.initial_options ?? []).map((option) => choiceOf(option));
}

function choiceOf(option: Option, group = ''): Choice {
  return {
    value: option.value,
    title: plain(option.text.text),
    note: option.description ? plain(option.description.text) : '',
    group,
  };
}
