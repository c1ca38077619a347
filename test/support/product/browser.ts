import { setTimeout as wait } from 'node:timers/promises';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

const ATTEMPTS = 10;

/**
 * A headless Chromium (unpacked to the temp folder on first use) driven by Playwright; close it when done. Not with
 * the package's own arguments: `--single-process` dies with the first page that is closed, and
 * `--disable-web-security` would hide mistakes. Test files run in parallel and may unpack at the same moment, so a
 * browser that is half written is tried again.
 */
export async function launchBrowser(): Promise<Browser> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const executablePath = await chromium.executablePath();
      const args = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'];
      return await playwright.launch({ executablePath, args, headless: true });
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await wait(500);
    }
  }
}
