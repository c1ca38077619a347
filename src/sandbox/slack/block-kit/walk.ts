import type { Block } from './blocks.js';
import type { Element } from './elements.js';

/** The interactive elements of a block, in reading order. */
export function elementsOf(block: Block): readonly Element[] {
  if (block.type === 'actions') return block.elements;
  if (block.type === 'input') return [block.element];
  if (block.type !== 'section') return [];
  return block.accessory && block.accessory.type !== 'image' ? [block.accessory] : [];
}

/** A copy in which every block has a block_id and every interactive element an action_id, as Slack assigns. */
export function withIds(blocks: readonly Block[], newId: () => string): readonly Block[] {
  return blocks.map((block): Block => {
    const named = { ...block, block_id: block.block_id ?? newId() };
    if (named.type === 'actions') {
      return {
        ...named,
        elements: named.elements.map((one) => ({ ...one, action_id: one.action_id ?? newId() })),
      };
    }
    if (named.type === 'input') {
      return { ...named, element: { ...named.element, action_id: named.element.action_id ?? newId() } };
    }
    if (named.type !== 'section' || !named.accessory || named.accessory.type === 'image') return named;
    return { ...named, accessory: { ...named.accessory, action_id: named.accessory.action_id ?? newId() } };
  });
}

/** Ids of the images that blocks embed by `slack_file`, with the pointer of each. */
export function slackFilesIn(
  blocks: readonly Block[],
): readonly { readonly id: string; readonly pointer: string }[] {
  return blocks.flatMap((block, index) => {
    const images = imagesOf(block);
    return images.flatMap(({ slack_file: file }) =>
      file ? [{ id: file.id ?? file.url ?? '', pointer: `/blocks/${index}/slack_file` }] : [],
    );
  });
}

function imagesOf(block: Block) {
  if (block.type === 'image') return [block];
  if (block.type === 'context') return block.elements.filter((element) => element.type === 'image');
  return block.type === 'section' && block.accessory?.type === 'image' ? [block.accessory] : [];
}
