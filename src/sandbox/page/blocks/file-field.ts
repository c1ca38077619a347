import { useState } from 'preact/hooks';
import { usePage } from '../shell/context.js';
import { html, type View } from '../shell/html.js';
import { upload } from '../shell/server.js';
import type { ElementOf, ElementProps } from './element-props.js';
import { answerIn, asList, fieldId, usePanel } from './panel.js';

/** What the sandbox takes, in characters. */
const MOST_CHARACTERS = 200_000;

/** A file input: what is chosen is uploaded at once, and named by chips. Text files, as the app asks for CSV. */
export function FileField({ blockId, element, label, isInput }: ElementProps<ElementOf<'file_input'>>): View {
  const panel = usePanel();
  const name = { blockId, actionId: element.action_id ?? '' };
  const chosen = asList(answerIn(panel, name));
  const most = element.max_files ?? 10;
  const { names, take } = useUploads();
  const keep = (ids: readonly string[]): void => panel.change(name, ids, false);
  const onChange = async (event: { currentTarget: HTMLInputElement }): Promise<void> => {
    const files = [...(event.currentTarget.files ?? [])].slice(0, most - chosen.length);
    keep([...chosen, ...(await take(files))]);
  };
  return html`<div class="multi">
    ${chosen.map(
      (id) => html`<span class="chip" key=${id}>
        ${names[id] ?? 'File'}
        <button type="button" aria-label=${`Remove ${names[id] ?? 'file'}`} onClick=${() => keep(chosen.filter((one) => one !== id))}>×</button>
      </span>`,
    )}
    ${
      chosen.length < most
        ? html`<input
            id=${fieldId(name, isInput)}
            class="file-field"
            type="file"
            aria-label=${label ?? 'File'}
            accept=${(element.filetypes ?? []).map((type) => `.${type}`).join(',')}
            multiple=${most > 1}
            onChange=${onChange}
          />`
        : null
    }
  </div>`;
}

/** Uploads files; `names` tells how each was called. A file that cannot be taken is told as a toast. */
function useUploads(): {
  readonly names: Readonly<Record<string, string>>;
  readonly take: (files: readonly File[]) => Promise<readonly string[]>;
} {
  const { state, toast } = usePage();
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const take = async (files: readonly File[]): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (const file of files) {
      try {
        const content = await file.text();
        if (content === '' || content.length > MOST_CHARACTERS)
          throw new Error(`The sandbox takes files of 1 to ${MOST_CHARACTERS} characters.`);
        const { fileId } = await upload({ do: 'upload', as: state.me.id, name: file.name, content });
        setNames((before) => ({ ...before, [fileId]: file.name }));
        ids.push(fileId);
      } catch (error) {
        toast(error instanceof Error ? error.message : 'The file could not be uploaded.');
      }
    }
    return ids;
  };
  return { names, take };
}
