import type { Viewer } from '../../core/access/visibility.js';
import type { Nanos } from '../../core/base/money.js';
import { covers, type Day, type DayRange } from '../../core/base/time.js';
import type { IdentifierKind } from '../../core/people/data.js';
import type { Seat } from '../../core/seats/seat.js';
import type { Context } from '../context.js';

/** A key or the like that is linked to the viewer, by the name its vendor has for it. */
interface OwnIdentifier {
  readonly kind: IdentifierKind;
  readonly label: string;
}

/** What is the viewer's own. */
export interface OwnThings {
  /** Effective cost of their own use, by whatever address, in the range. */
  readonly spent: Nanos;
  readonly identifiers: readonly OwnIdentifier[];
  readonly seats: readonly Seat[];
}

/** Collects what is the viewer's own: their use, the keys linked to them, their seats. Null: HR does not know them. */
export async function readOwnThings(
  { store, company }: Context,
  input: {
    readonly viewer: Viewer;
    readonly range: DayRange;
    readonly today: Day;
    readonly currency?: string;
  },
): Promise<OwnThings | null> {
  const { email } = input.viewer;
  if (email === null) return null;
  const data = await store.directory();
  const person = data.people.find((each) => each.email === email);
  const addresses = [email, ...(person?.aliases ?? [])];
  const own = new Set(addresses);
  const { total } = await store.querySpend({
    by: [],
    range: input.range,
    where: [{ key: 'person', values: addresses }],
    currency: input.currency ?? company.currency,
  });
  const links = data.links.filter(
    (link) => 'person' in link.owner && own.has(link.owner.person) && covers(link, input.today),
  );
  const named =
    links.length === 0
      ? new Map<string, string | null>()
      : new Map((await store.listIdentities()).map(({ id, name }) => [id, name]));
  const seats = (await store.listSeats()).filter(
    ({ holder, assignedTo }) =>
      (assignedTo === null || assignedTo > input.today) &&
      holder?.email !== null &&
      holder?.email !== undefined &&
      own.has(holder.email),
  );
  return {
    spent: total,
    identifiers: links.map(({ kind, value }) => ({ kind, label: named.get(value) ?? value })),
    seats,
  };
}
