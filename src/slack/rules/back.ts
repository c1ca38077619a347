import { z } from 'zod';
import { packPayload } from '../kit/payload.js';
import { RuleForm } from './form.js';
import { MoveForm } from './move-view.js';
import { RetireForm } from './retire-view.js';

/** The form that a Back button brings back with everything in it. */
export const Back = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('editor'), form: RuleForm }),
  z.object({ kind: z.literal('retire'), form: RetireForm }),
  z.object({ kind: z.literal('move'), form: MoveForm }),
]);
export type Back = z.infer<typeof Back>;

/** The metadata of a preview: what is committed, and the way back. */
export const PreviewMetadata = z.object({
  draft: z.object({ draftId: z.string(), hash: z.string() }).nullable(),
  back: Back.nullable(),
});
export type PreviewMetadata = z.infer<typeof PreviewMetadata>;

/** Slack keeps 3,000 characters with a view. */
const MAX_METADATA = 3_000;

/** Packs a preview's metadata; a form too large to be kept loses its way back, never its draft. */
export function packPreview(metadata: PreviewMetadata): {
  readonly packed: string;
  readonly hasBack: boolean;
} {
  const whole = packPayload(metadata);
  if (metadata.back !== null && whole.length <= MAX_METADATA) return { packed: whole, hasBack: true };
  return { packed: packPayload({ ...metadata, back: null }), hasBack: false };
}
