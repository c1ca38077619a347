import { z } from 'zod';
import type { MissingScope } from '../provider.js';
import { type HttpClient, type Query, VendorRefusal } from './http.js';

/** An endpoint that a pull needs, with the cheapest question that shows whether it may be used. */
export interface NeededEndpoint extends MissingScope {
  readonly endpoint: string;
  readonly query: Query;
  /** Whether a pull fails without it; the rest merely lacks something. */
  readonly isVital: boolean;
}

/**
 * Asks each endpoint once. Answers what the credential may not use though the rest would work.
 * @throws VendorRefusal for a credential that is not accepted at all, or that may not use what is vital (the sentence
 * names the scope); what `get` throws for other trouble.
 */
export async function checkScopes(
  client: HttpClient,
  endpoints: readonly NeededEndpoint[],
): Promise<readonly MissingScope[]> {
  const missing: MissingScope[] = [];
  for (const { endpoint, query, needed, sentence, isVital } of endpoints) {
    try {
      await client.get({ endpoint, query, schema: z.unknown() });
    } catch (error) {
      if (!(error instanceof VendorRefusal) || error.status !== 403) throw error;
      if (isVital)
        throw new VendorRefusal(403, `${client.vendor}: the credential lacks ${needed}. ${sentence}`);
      missing.push({ needed, sentence });
    }
  }
  return missing;
}
