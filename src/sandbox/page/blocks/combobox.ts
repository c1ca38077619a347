import { useEffect, useRef, useState } from 'preact/hooks';
import { html, type View } from '../shell/html.js';
import { placeAt } from '../shell/place.js';

/** One thing to choose. */
export interface Choice {
  readonly value: string;
  readonly title: string;
  readonly note: string;
  readonly group: string;
}

/** All choices at once, or asked of the app for a query of at least `least` characters. */
export type ChoiceSource =
  | { readonly kind: 'fixed'; readonly choices: readonly Choice[] }
  | {
      readonly kind: 'asked';
      readonly least: number;
      readonly load: (query: string) => Promise<readonly Choice[]>;
    };

interface Props {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
  readonly source: ChoiceSource;
  readonly chosen: readonly string[];
  /** What the closed box says. */
  readonly shown: string;
  readonly isMany?: boolean;
  readonly isFocused?: boolean;
  readonly onChoose: (choice: Choice) => void;
}

const ASK_AFTER_MS = 150;
const SHOWN_CHOICES = 100;

/** A box that opens a searchable list; arrow keys, Enter and Escape work as people expect. */
export function Combobox(props: Props): View {
  const { id, label, placeholder, shown } = props;
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    box.current?.focus();
  };
  const open = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    setOpen(true);
  };
  return html`<div class="combobox">
    <button
      type="button"
      role="combobox"
      id=${id}
      ref=${box}
      class=${shown === '' ? 'box empty' : 'box'}
      aria-label=${label}
      aria-haspopup="listbox"
      aria-expanded=${isOpen}
      aria-controls=${`${id}-list`}
      data-autofocus=${props.isFocused ? 'true' : undefined}
      onClick=${() => setOpen(!isOpen)}
      onKeyDown=${open}
    >
      <span>${shown === '' ? placeholder : shown}</span>
      <span class="arrow" aria-hidden="true"></span>
    </button>
    ${isOpen ? html`<${Choices} ...${props} box=${box.current} onClose=${close} onLeave=${() => setOpen(false)} />` : null}
  </div>`;
}

type ListProps = Props & {
  readonly box: HTMLElement | null;
  readonly onClose: () => void;
  readonly onLeave: () => void;
};

function Choices(props: ListProps): View {
  const { id, label, chosen, isMany, box, onChoose, onClose, onLeave } = props;
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const { choices, note } = useFound(props.source, query);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => root.current?.querySelector('input')?.focus(), []);
  useEffect(() => root.current?.querySelector('.active')?.scrollIntoView({ block: 'nearest' }), [active]);
  const choose = (choice: Choice): void => {
    onChoose(choice);
    if (!isMany) onClose();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && choices.length > 0) setActive((active + step + choices.length) % choices.length);
    if (step !== 0 || event.key === 'Enter') event.preventDefault();
    const picked = choices[active];
    if (event.key === 'Enter' && picked) choose(picked);
  };
  return html`<div
    class="popover choices-list"
    ref=${root}
    style=${placeAt(box)}
    onKeyDown=${onKeyDown}
    onFocusOut=${(event: FocusEvent) => {
      if (!(event.relatedTarget instanceof Node && root.current?.contains(event.relatedTarget))) onLeave();
    }}
  >
    <input
      type="search"
      aria-label=${`Search ${label}`}
      aria-controls=${`${id}-list`}
      aria-activedescendant=${choices.length > 0 ? `${id}-${active}` : undefined}
      placeholder="Type to search"
      autocomplete="off"
      value=${query}
      onInput=${(event: { currentTarget: HTMLInputElement }) => {
        setQuery(event.currentTarget.value);
        setActive(0);
      }}
    />
    <${Rows} id=${id} label=${label} choices=${choices} chosen=${chosen} active=${active} isMany=${isMany} onPoint=${setActive} onChoose=${choose} />
    ${note ? html`<p class="note" role="status">${note}</p>` : null}
  </div>`;
}

function Rows(props: {
  id: string;
  label: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  active: number;
  isMany?: boolean;
  onPoint: (index: number) => void;
  onChoose: (choice: Choice) => void;
}): View {
  const { id, label, choices, chosen, active, isMany, onPoint, onChoose } = props;
  return html`<div
    role="listbox"
    id=${`${id}-list`}
    aria-label=${label}
    aria-multiselectable=${isMany ? 'true' : undefined}
    tabindex="-1"
  >
    ${choices.map((choice, index) => {
      const isNewGroup = choice.group !== '' && choice.group !== choices[index - 1]?.group;
      const isChosen = chosen.includes(choice.value);
      return html`${isNewGroup ? html`<div class="group" role="presentation">${choice.group}</div>` : null}
        <div
          role="option"
          id=${`${id}-${index}`}
          key=${choice.value}
          class=${index === active ? 'option active' : 'option'}
          aria-selected=${isChosen}
          onMouseDown=${(event: MouseEvent) => event.preventDefault()}
          onMouseMove=${() => onPoint(index)}
          onClick=${() => onChoose(choice)}
        >
          <span>${choice.title}${choice.note ? html`<small>${choice.note}</small>` : null}</span>
          ${isChosen ? html`<span class="tick" aria-hidden="true">✓</span>` : null}
        </div>`;
    })}
  </div>`;
}

/** The choices for a query, and what to say when there are none (yet). */
function useFound(source: ChoiceSource, query: string): { choices: readonly Choice[]; note: string | null } {
  const [asked, setAsked] = useState<readonly Choice[]>([]);
  const [note, setNote] = useState<string | null>(null);
  useEffect(() => {
    if (source.kind === 'fixed') return undefined;
    if (query.length < source.least) {
      setAsked([]);
      setNote(`Type ${source.least} or more characters.`);
      return undefined;
    }
    let isStale = false;
    setNote('Searching…');
    const ask = async (): Promise<void> => {
      try {
        const found = await source.load(query);
        if (isStale) return;
        setAsked(found);
        setNote(found.length === 0 ? 'No results.' : null);
      } catch (error) {
        if (!isStale) setNote(error instanceof Error ? error.message : 'No answer.');
      }
    };
    const timer = setTimeout(() => void ask(), ASK_AFTER_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [query]);
  if (source.kind === 'asked') return { choices: asked, note };
  const wanted = query.toLowerCase();
  const found = source.choices.filter((one) => `${one.title} ${one.note}`.toLowerCase().includes(wanted));
  return { choices: found.slice(0, SHOWN_CHOICES), note: found.length === 0 ? 'No results.' : null };
}
