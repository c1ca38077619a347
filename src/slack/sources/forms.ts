import type { ViewOutput } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { Day, type Day as DayText } from '../../core/base/time.js';
import { type NamedCredential, readOptionLines, type SourceKind } from '../../core/sources/kind.js';
import { option, section } from '../kit/blocks.js';
import type { NewSource, SourceCatalog } from '../kit/context.js';
import { dateInput, formView, input, select, textInput } from '../kit/inputs.js';
import { packPayload, unpackPayload } from '../kit/payload.js';
import { displayName } from '../kit/text.js';

/** The forms of the list of sources. */
export const SOURCE_FORM_IDS = {
  add: 'source.add-form',
  backfill: 'source.backfill-form',
  kind: 'source.kind',
} as const;
const OPTION = 'option:';

/** Asks for a source of a kind; choosing another kind draws the form again. */
export function addSourceView(
  { kinds, credentials }: Pick<SourceCatalog, 'kinds' | 'credentials'>,
  kind: SourceKind,
): ModalView {
  const chosen = option(kind.label, kind.kind);
  return formView({
    id: SOURCE_FORM_IDS.add,
    metadata: packPayload({ kind: kind.kind }),
    title: 'Add a source',
    submit: 'Check and add',
    blocks: [
      input({
        block: 'kind',
        label: 'Whose bill',
        dispatch: true,
        element: select(
          SOURCE_FORM_IDS.kind,
          kinds.slice(0, 100).map((each) => option(each.label, each.kind)),
          chosen,
        ),
      }),
      input({
        block: 'name',
        label: 'Name',
        hint: 'Small letters, digits and hyphens; it stands in every report.',
        element: textInput('value', { max: 60, value: null, placeholder: kind.kind }),
      }),
      ...ownFields(
        kind,
        credentials.filter((each) => each.kind === kind.kind),
      ),
      input({
        block: 'more',
        label: 'Further settings',
        hint: 'One a line, name: value. Text that looks like a number in quotes.',
        optional: true,
        element: { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: 2_000 },
      }),
      section('The vendor is asked once before anything is kept.'),
    ],
  });
}

/** What this kind alone asks for. */
function ownFields(kind: SourceKind, credentials: readonly NamedCredential[]): KnownBlock[] {
  return [
    ...(kind.credential === null ? [] : [credentialField(kind, credentials)]),
    ...(kind.needsPath
      ? [
          input({
            block: 'path',
            label: 'File',
            hint: 'In the folder of apportion.yml or below it.',
            element: textInput('value', { max: 300, value: null, placeholder: 'bills/october.csv' }),
          }),
        ]
      : []),
    ...kind.options.map((each) =>
      input({
        block: `${OPTION}${each.name}`,
        label: each.label,
        hint: each.hint,
        optional: !each.isRequired,
        element: textInput('value', { max: 300, value: null }),
      }),
    ),
  ];
}

/** A choice among what the configuration lends to this kind, each with where it is sent. */
function credentialField(kind: SourceKind, credentials: readonly NamedCredential[]): KnownBlock {
  const offered = credentials.slice(0, 100);
  if (offered.length === 0)
    return section(
      `Credential: ${kind.credential}. None is set for this kind yet: the person who runs Apportion adds one under credentials in apportion.yml.`,
    );
  const options = offered.map(({ name, baseUrl }) =>
    option(baseUrl === null ? name : `${name} at ${new URL(baseUrl).host}`, name),
  );
  return input({
    block: 'credential',
    label: 'Credential',
    hint: `${kind.credential}. These are set in apportion.yml.`,
    element: select('value', options),
  });
}

/** What stands in the form, or which fields are wrong. An address is never read here: it is configuration. */
export function readSourceForm(
  view: Pick<ViewOutput, 'private_metadata' | 'state'>,
):
  | { readonly ok: true; readonly source: NewSource }
  | { readonly ok: false; readonly errors: Record<string, string> } {
  const { kind } = unpackPayload(z.object({ kind: z.string() }), view.private_metadata);
  const field = (block: string): string | null => {
    const text = view.state.values[block]?.['value']?.value?.trim() ?? '';
    return text === '' ? null : text;
  };
  const credential = view.state.values['credential']?.['value']?.selected_option?.value ?? null;
  const more = readOptionLines(field('more') ?? '');
  if (!more.ok) return { ok: false, errors: { more: more.sentence } };
  const named = Object.keys(view.state.values)
    .filter((block) => block.startsWith(OPTION))
    .flatMap((block) => {
      const value = field(block);
      return value === null ? [] : [[block.slice(OPTION.length), value] as const];
    });
  const source = {
    name: field('name') ?? '',
    kind,
    credential,
    baseUrl: null,
    path: field('path'),
    options: { ...Object.fromEntries(named), ...more.options },
  };
  return { ok: true, source };
}

/** Asks which days to fill in. */
export function backfillView(source: string): ModalView {
  return formView({
    id: SOURCE_FORM_IDS.backfill,
    metadata: packPayload({ source }),
    title: 'Backfill',
    submit: 'Start',
    blocks: [
      section(
        `Pulls ${displayName(source, 60)} again, a month at a time. Hourly pulls go on meanwhile, and a restart does not harm.`,
      ),
      dateInput({
        block: 'from',
        action: 'value',
        label: 'From',
        hint: 'Empty: a year back, or as far as the vendor answers.',
        day: null,
      }),
      dateInput({
        block: 'to',
        action: 'value',
        label: 'Up to',
        hint: 'The first day that is no longer pulled. Empty: today.',
        day: null,
      }),
    ],
  });
}

/** The window that a backfill form asks for. */
export function readBackfillForm(view: Pick<ViewOutput, 'private_metadata' | 'state'>): {
  readonly source: string;
  readonly from: DayText | null;
  readonly to: DayText | null;
} {
  const { source } = unpackPayload(z.object({ source: z.string() }), view.private_metadata);
  const dayOf = (block: string) =>
    Day.safeParse(view.state.values[block]?.['value']?.selected_date).data ?? null;
  return { source, from: dayOf('from'), to: dayOf('to') };
}
