import { App, LogLevel } from '@slack/bolt';
import { createSandboxSlack, type SandboxSlack } from '../../../src/sandbox/slack/index.js';
import type { SandboxSlackOptions } from '../../../src/sandbox/slack/model.js';

export const ANA = 'U0ANA00001';
export const BEN = 'U0BEN00002';
export const FINOPS = 'C0FINOPS01';
const SECRET = 'C0SECRET01';

/** A workspace of two people and two channels, and a clock that moves only when told. */
export function demoSlack(extra: Partial<SandboxSlackOptions> = {}): {
  slack: SandboxSlack;
  time: { now: number };
} {
  const time = { now: Date.UTC(2026, 10, 23, 9) };
  const slack = createSandboxSlack({
    teamName: 'Larkspur',
    appName: 'Apportion',
    people: [
      { id: ANA, name: 'Ana Ruiz', email: 'ana@larkspur.test', title: 'FinOps analyst', isAdmin: true },
      { id: BEN, name: 'Ben Osei', email: 'ben@larkspur.test', title: 'Engineering manager, Search' },
    ],
    channels: [
      { id: FINOPS, name: 'finops', purpose: 'Bills, rules and month close', members: [ANA, BEN] },
      { id: SECRET, name: 'close', members: [ANA], isPrivate: true, withoutApp: true },
      { id: 'C0OLD00001', name: 'old', members: [ANA], isArchived: true },
    ],
    userGroups: [{ id: 'S0FINOPS01', handle: 'finops', users: [ANA] }],
    clock: () => time.now,
    ...extra,
  });
  return { slack, time };
}

/** A real Bolt app on the fake workspace; retries off, so that a test sees each refusal at once. */
export async function boltOn(slack: SandboxSlack): Promise<App> {
  const app = new App({
    token: 'xoxb-sandbox',
    receiver: slack.receiver,
    clientOptions: { fetch: slack.fetch, retryConfig: { retries: 0 } },
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
  });
  await app.init();
  await app.start();
  return app;
}
