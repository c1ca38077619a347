import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import type { PricedAlias } from '../../usecases/people/accept-alias.js';
import { actions, bold, button, header, rich } from '../kit/blocks.js';
import { packPayload } from '../kit/payload.js';
import { displayName, formatMoney } from '../kit/text.js';

/** What the button of a suggestion carries. */
export const AliasPayload = z.object({ email: z.string(), person: z.string() });
export const ACCEPT_ALIAS_ID = 'alias.accept';

const MAX_ALIASES = 8;
/** What Slack keeps with a button, in characters. */
const BUTTON_VALUE = 2_000;

/** Unknown e-mails with whose they may be, each with a button that takes it so; none when there are none. */
export function aliasBlocks(suggestions: readonly PricedAlias[]): KnownBlock[] {
  // What a button cannot carry cannot be accepted by one.
  const offered = suggestions.filter(
    ({ email, person }) => packPayload({ email, person }).length <= BUTTON_VALUE,
  );
  if (offered.length === 0) return [];
  return [
    header('Unknown e-mails'),
    ...offered.slice(0, MAX_ALIASES).flatMap(({ email, person, name, reason, cost, currency }) => [
      rich([
        bold(displayName(email)),
        `: ${formatMoney(cost, currency)} unallocated. Perhaps ${displayName(name)} (${displayName(person)}): ${reason}.`,
      ]),
      actions(
        button({
          id: ACCEPT_ALIAS_ID,
          label: `It is ${displayName(name, 40)}`,
          value: packPayload({ email, person }),
          spoken: `${email} is ${name}`,
        }),
      ),
    ]),
  ];
}
