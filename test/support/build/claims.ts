import type { Claim } from '../../../src/core/claims/claim.js';
import { day } from './directory.js';

const DOLLAR = 1_000_000_000n;

/** A claim on an API key that nobody has been asked about yet. */
export function claimOf(more: Partial<Claim> = {}): Claim {
  return {
    id: 1,
    revision: 1,
    subject: { kind: 'apiKey', value: 'id-stray', source: 'claude', label: 'stray' },
    state: 'open',
    currency: 'USD',
    cost: 300n * DOLLAR,
    firstDay: day('2026-09-01'),
    lastDay: day('2026-11-17'),
    candidates: [],
    asks: [],
    resolution: null,
    escalatedAtMs: null,
    openedAtMs: 0,
    updatedAtMs: 0,
    ...more,
  };
}
