import type { Block, BlockOf } from '../../slack/block-kit/blocks.js';
import { ChartView } from '../charts/chart.js';
import { Mrkdwn, plain, RichText, Text } from '../chat/text.js';
import { html, type View } from '../shell/html.js';
import { Elements, ElementView } from './elements.js';
import { usePanel } from './panel.js';
import { DataTable } from './table.js';

/** A list of blocks. */
export function Blocks({ blocks }: { blocks: readonly Block[] }): View {
  return html`<div class="blocks">
    ${blocks.map((block) => html`<${BlockView} key=${`${block.type} ${block.block_id}`} block=${block} />`)}
  </div>`;
}

function BlockView({ block }: { block: Block }): View {
  switch (block.type) {
    case 'section':
      return html`<${Section} block=${block} />`;
    case 'header':
      return html`<h3 class="block-header">${plain(block.text.text)}</h3>`;
    case 'divider':
      return html`<hr />`;
    case 'context':
      return html`<${Context} block=${block} />`;
    case 'actions':
      return html`<div class="block-actions">
        <${Elements} blockId=${block.block_id ?? ''} elements=${block.elements} />
      </div>`;
    case 'image':
      return html`<${Figure} block=${block} />`;
    case 'input':
      return html`<${Input} block=${block} />`;
    case 'table':
    case 'data_table':
      return html`<${DataTable} block=${block} />`;
    case 'rich_text':
      return html`<${RichText} block=${block} />`;
    case 'alert':
      return html`<div class=${`block-alert ${block.level ?? 'default'}`} role="note">
        <${Text} text=${block.text} />
      </div>`;
    case 'markdown':
      return html`<${Mrkdwn} text=${block.text} />`;
    case 'data_visualization':
      return html`<${ChartView} block=${block} />`;
    case 'card':
    case 'carousel':
    case 'container':
    case 'context_actions':
    case 'plan':
    case 'task_card':
    case 'video':
    default:
      return html`<p class="unknown">A “${block.type}” block, which this sandbox does not draw.</p>`;
  }
}

function Section({ block }: { block: BlockOf<'section'> }): View {
  const { accessory } = block;
  return html`<div class=${accessory ? 'block-section with-accessory' : 'block-section'}>
    <div class="section-text">
      ${block.text ? html`<${Text} text=${block.text} />` : null}
      ${
        block.fields
          ? html`<div class="fields">
            ${block.fields.map((field) => html`<div class="field"><${Text} text=${field} /></div>`)}
          </div>`
          : null
      }
    </div>
    ${accessory ? html`<div class="accessory">${accessoryView(block)}</div>` : null}
  </div>`;
}

function accessoryView({ accessory, block_id: blockId = '' }: BlockOf<'section'>): View {
  if (!accessory) return null;
  if (accessory.type === 'image') {
    return html`<img class="accessory-image" src=${sourceOf(accessory)} alt=${accessory.alt_text} />`;
  }
  return html`<${ElementView} blockId=${blockId} element=${accessory} />`;
}

function Context({ block }: { block: BlockOf<'context'> }): View {
  return html`<div class="block-context">
    ${block.elements.map((element) =>
      element.type === 'image'
        ? html`<img src=${sourceOf(element)} alt=${element.alt_text} />`
        : html`<span><${Text} text=${element} /></span>`,
    )}
  </div>`;
}

function Figure({ block }: { block: BlockOf<'image'> }): View {
  return html`<figure class="block-image">
    ${block.title ? html`<figcaption>${plain(block.title.text)}</figcaption>` : null}
    <img src=${sourceOf(block)} alt=${block.alt_text} title=${block.alt_text} />
  </figure>`;
}

function sourceOf(image: {
  image_url?: string | undefined;
  slack_file?: { id?: string | undefined } | undefined;
}): string {
  return image.slack_file?.id === undefined ? (image.image_url ?? '') : `/files/${image.slack_file.id}`;
}

function Input({ block }: { block: BlockOf<'input'> }): View {
  const { errors } = usePanel();
  const blockId = block.block_id ?? '';
  const error = errors[blockId];
  const isGroup = block.element.type === 'radio_buttons' || block.element.type === 'checkboxes';
  const label = html`${plain(block.label.text)} ${block.optional ? html`<small>(optional)</small>` : null}`;
  return html`<div class=${error ? 'block-input invalid' : 'block-input'}>
    ${isGroup ? html`<div class="label">${label}</div>` : html`<label for=${`field-${blockId}`}>${label}</label>`}
    <${ElementView}
      blockId=${blockId}
      element=${block.element}
      label=${plain(block.label.text)}
      isInput=${true}
      isSilent=${!block.dispatch_action}
    />
    ${error ? html`<p class="error" role="alert" id=${`error-${blockId}`}>${error}</p>` : null}
    ${block.hint ? html`<p class="hint">${plain(block.hint.text)}</p>` : null}
  </div>`;
}
