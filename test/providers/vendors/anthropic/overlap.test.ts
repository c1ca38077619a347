import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { sumNanos } from '../../../../src/core/base/money.js';
import { createProvider } from '../../../../src/providers/catalog.js';
import { ingest } from '../../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../../../support/context.js';
import { clock, impatientHttp, range } from '../../../support/vendors/all.js';
import {
  ADMIN_KEY,
  answerAnalytics,
  answerLegacy,
  claudeOrganization,
  microCentsOf,
} from '../../../support/vendors/anthropic.js';
import { closeFakes, type FakeCall, startFake } from '../../../support/vendors/server.js';

const window = range('2026-11-14', '2026-11-16');
const organization = claudeOrganization(window.from, 2);
const TRUTH =
  10n *
  sumNanos([
    ...organization.uses.map(microCentsOf),
    ...organization.bare.map(({ microCents }) => microCents),
  ]);

/** Every report of one Console organisation. */
function answer(call: FakeCall): unknown {
  if (call.endpoint.endsWith('/claude_code')) return { data: [], has_more: false, next_page: null };
  return call.endpoint.includes('/analytics/')
    ? answerAnalytics(organization, call)
    : answerLegacy(organization, call);
}

describe('several sources of one Anthropic organisation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await closeFakes();
  });

  it('are counted once, by the best of them, whichever order they come in', async () => {
    const fake = await startFake(answer);
    const path = join(folder, 'cost.csv');
    writeFileSync(
      path,
      'usage_date_utc,model,workspace,token_type,cost_usd\n2026-11-14,Claude Sonnet 5,web,output,99.99\n',
    );
    const make = (name: string, kind: string, options = {}) =>
      createProvider(
        { name, kind, credential: ADMIN_KEY, baseUrl: fake.url, path, options },
        { clock, http: impatientHttp().http },
      );
    const providers = [
      make('export', 'anthropic-console-csv', { organizationId: 'org_Larkspur' }),
      make('legacy', 'anthropic-legacy'),
      make('report', 'anthropic-claude-code'),
      make('main', 'anthropic'),
    ];
    for (const order of [providers, providers.toReversed()]) {
      const context = await createTestContext({ now: '2026-11-23', providers: order });
      const reports = await ingest(context, { source: null, window });
      expect(reports.map(({ ok }) => ok)).toEqual([true, true, true, true]);
      const { total, rows } = await context.store.querySpend({
        by: ['source'],
        range: window,
        where: [],
        currency: 'USD',
      });
      expect(total).toBe(TRUTH);
      expect(rows).toHaveLength(1);
    }
  });
});
