import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

const ATTEMPTS = 5;

/**
 * A headless Chromium (unpacked to the temp folder on first use) driven by Playwright; close it when done. Test
 * files run in parallel and may unpack at the same moment, so a browser that is half written is tried again.
 */
export async function launchBrowser(): Promise<Browser> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const executablePath = await chromium.executablePath();
      return await playwright.launch({ executablePath, args: chromium.args, headless: true });
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
