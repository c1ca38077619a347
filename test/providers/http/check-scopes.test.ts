import { afterEach, describe, expect, it } from 'vitest';
import { startAnthropicServer } from '../../../src/sandbox/vendors/anthropic-server.js';
import type { Misbehave, VendorServer } from '../../../src/sandbox/vendors/listen.js';
import { startOpenAiServer } from '../../../src/sandbox/vendors/openai-server.js';
import { anthropicDataset, clock, connect, impatientHttp, openAiDataset } from '../../support/vendors/all.js';

const servers: VendorServer[] = [];
afterEach(async () => {
  const closing = servers.splice(0);
  await Promise.all(closing.map((server) => server.close()));
  const unexpected = closing.flatMap((server) => server.unexpected);
  if (unexpected.length > 0) throw new Error(`The vendor has no ${unexpected.join(', ')}.`);
});

/** The vendor refuses the endpoints that end so. */
function without(...endings: readonly string[]): Misbehave {
  return ({ endpoint }) =>
    endings.some((ending) => endpoint.endsWith(ending)) ? { kind: 'status', status: 403 } : null;
}

async function anthropic(misbehave: Misbehave, adminKey?: string) {
  const dataset = anthropicDataset();
  const server = await startAnthropicServer(dataset, { clock, misbehave });
  servers.push(server);
  const { http } = impatientHttp();
  const key = adminKey ?? dataset.adminKey;
  return connect('anthropic', { source: 'claude', baseUrl: server.url, adminKey: key, clock, http });
}

async function openai(misbehave: Misbehave) {
  const dataset = openAiDataset();
  const server = await startOpenAiServer(dataset, { misbehave });
  servers.push(server);
  const { http } = impatientHttp();
  return connect('openai', {
    source: 'gpt',
    baseUrl: server.url,
    adminKey: dataset.adminKey,
    clock,
    http,
  });
}

describe('the check of a credential', () => {
  it('finds nothing missing where the key may do all', async () => {
    expect(await (await anthropic(() => null)).check?.()).toEqual([]);
    expect(await (await openai(() => null)).check?.()).toEqual([]);
  });

  it('names what is missing, what that costs and what to do, where the rest would work', async () => {
    const missing = await (await anthropic(without('/users', '/workspaces'))).check?.();
    expect(missing?.map(({ needed }) => needed)).toEqual(['leave to list users', 'leave to list workspaces']);
    expect(missing?.[1]?.sentence).toBe(
      'Without it workspaces have no names and tags: an Admin API key of the organisation may.',
    );
  });

  it('fails where nothing would come, naming the scope', async () => {
    const blind = await anthropic(without('/analytics/cost'));
    await expect(blind.check?.()).rejects.toThrow('the credential lacks the scope read:analytics');
    const gpt = await openai(without('/costs'));
    await expect(gpt.check?.()).rejects.toThrow('the credential lacks api.usage.read');
  });

  it('never repeats a key that is not accepted', async () => {
    const stranger = await anthropic(() => null, 'sk-ant-admin01-Wrong');
    const refusal = await stranger.check?.().catch((error: unknown) => error);
    expect(String(refusal)).toContain('Anthropic');
    expect(String(refusal)).not.toContain('sk-ant-admin01-Wrong');
  });
});
