import { z } from 'zod';
import { CLAIM_ACTION, ClaimPayload } from '../claims/message.js';
import { WHY_ID, WhyPayload } from '../kit/why.js';

const Element = z.looseObject({ action_id: z.string().optional(), value: z.string().optional() });
const Buttons = z.object({
  blocks: z.array(z.looseObject({ elements: z.array(Element).optional().catch(undefined) })),
});

/** What one of our messages is about: a figure or a question about spend, or a claim. */
export type MessageSubject =
  | { readonly kind: 'why'; readonly why: WhyPayload }
  | { readonly kind: 'claim'; readonly claimId: number };

/** Reads it off the buttons of a message; null for a message that is not ours, or is about nothing of the kind. */
export function subjectOfMessage(message: unknown): MessageSubject | null {
  const elements = (Buttons.safeParse(message).data?.blocks ?? []).flatMap((block) => block.elements ?? []);
  const claimActions: readonly string[] = Object.values(CLAIM_ACTION);
  for (const { action_id: id = '', value = '' } of elements) {
    const parsed = parse(value);
    if (id === WHY_ID) {
      const why = WhyPayload.safeParse(parsed);
      if (why.success) return { kind: 'why', why: why.data };
    }
    if (claimActions.includes(id)) {
      const claim = ClaimPayload.safeParse(parsed);
      if (claim.success) return { kind: 'claim', claimId: claim.data.claimId };
    }
  }
  return null;
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}
