import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxSlack } from '../../../src/sandbox/slack/index.js';
import { type SandboxWeb, startSandboxWeb } from '../../../src/sandbox/web.js';
import { launchBrowser } from '../../support/product/browser.js';
import { buildPage } from '../../support/product/built-page.js';
import { ANA, BEN, boltOn, demoSlack, FINOPS } from '../slack/demo.js';
import { postDigest, wireDemo } from '../slack/demo-app.js';

let browser: Browser;
let pageFolder: string;
let slack: SandboxSlack;
let web: SandboxWeb;
let opened: Page;
const troubles: string[] = [];

beforeAll(async () => {
  [browser, pageFolder] = await Promise.all([launchBrowser(), buildPage()]);
});
afterAll(async () => {
  await browser.close();
});
afterEach(async () => {
  await opened.close();
  await web.close();
  const seen = troubles.splice(0);
  if (seen.length > 0) throw new Error(`The page had troubles: ${seen.join('; ')}`);
});

/** The workspace with a digest and an alert in it, opened as Ana at a size. */
async function openPage(size = { width: 1280, height: 800 }): Promise<Page> {
  slack = demoSlack({ clock: Date.now, fileDelayMs: 0 }).slack;
  const app = await boltOn(slack);
  wireDemo(app);
  await postDigest(app);
  web = await startSandboxWeb({ slack: () => slack, port: 0, host: '127.0.0.1', pageFolder });
  const page = await browser.newPage({ viewport: size });
  opened = page;
  page.setDefaultTimeout(0); // The suite's limits hold.
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  await page.goto(`${web.address}#${ANA}/${FINOPS}`);
  await page.getByRole('heading', { name: 'Larkspur' }).waitFor();
  return page;
}

const type = async (page: Page, text: string) => {
  const composer = page.getByRole('textbox', { name: 'Message', exact: true });
  await composer.fill(text);
  await composer.press('Enter');
};

describe('the page', () => {
  it('runs a command and shows its answer to the asking person only', async () => {
    const page = await openPage();
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('/s');
    await page.getByRole('option', { name: /\/spend/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('cell', { name: '$9120.00' }).waitFor();
    await page.getByText('Only visible to you').waitFor();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Export as CSV' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Acting as').selectOption(BEN);
    await page.getByText('Only visible to you').waitFor({ state: 'detached' });
    expect(await page.getByRole('heading', { name: /three times its usual/ }).isVisible()).toBe(true);
  });

  it('fills a modal with the keyboard, shows errors at their inputs, and posts the result', async () => {
    const page = await openPage();
    await type(page, '/rules');
    const dialog = page.getByRole('dialog', { name: 'New rule' });
    await dialog.waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('taken');
    await dialog.getByRole('button', { name: 'Preview' }).click();
    await dialog.getByText('Please complete this required field.').waitFor();
    await dialog.getByRole('radio', { name: 'Split' }).check();
    await dialog.getByRole('textbox', { name: 'Percent' }).fill('40');
    await dialog.getByRole('combobox', { name: 'Team' }).click();
    await page.getByRole('searchbox', { name: 'Search Team' }).fill('sea');
    await page.getByRole('option', { name: 'Search', exact: true }).waitFor();
    expect(await page.getByRole('listbox', { name: 'Team' }).getByRole('option').count()).toBe(2);
    await page.keyboard.press('Enter');
    expect(await dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('taken');
    await dialog.getByRole('button', { name: 'Preview' }).click();
    await dialog.getByText('A rule of this name exists.').waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('CI agents');
    await dialog.getByRole('textbox', { name: 'Name' }).press('Enter');
    await page.getByText('@Ana Ruiz saved CI agents → Search').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('closes a modal with Escape and tells the app nothing was submitted', async () => {
    const page = await openPage();
    await type(page, '/rules');
    await page.getByRole('dialog', { name: 'New rule' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(slack.see(ANA).modals).toEqual([]);
  });

  it('confirms a button, and shows the answer in the thread that it opens', async () => {
    const page = await openPage();
    await page.getByRole('button', { name: 'I look into it' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Take it' }).click();
    await page.getByRole('button', { name: /2 replies/ }).click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('@Ana Ruiz is looking into it.').waitFor();
    await thread.getByRole('textbox', { name: 'Reply in thread' }).fill('Thanks & <3');
    await page.keyboard.press('Enter');
    await thread.getByText('Thanks & <3').waitFor();
    await page.keyboard.press('Escape');
    await thread.waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: /3 replies/ }).isVisible()).toBe(true);
  });

  it('runs a shortcut from the More actions of a message', async () => {
    const page = await openPage();
    const alert = page.getByRole('article').filter({ hasText: 'three times its usual' });
    await alert.hover();
    await alert.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Explain this number' }).click();
    const dialog = page.getByRole('dialog', { name: 'Where it comes from' });
    await dialog.getByText('Alert: Search').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(1);
  });

  it('shows the home tab and direct messages, to each person their own', async () => {
    const page = await openPage();
    await page.getByRole('button', { name: 'Apportion' }).click();
    await page.getByRole('button', { name: 'Open rules' }).waitFor();
    await page.getByRole('tab', { name: 'Messages' }).click();
    await type(page, 'hello');
    await page.getByText('hello', { exact: true }).waitFor();
    await page.getByLabel('Acting as').selectOption(BEN);
    await page.getByRole('button', { name: 'Apportion', exact: true }).click();
    await page.getByRole('tab', { name: 'Messages' }).click();
    await page.getByText('beginning of your direct messages').waitFor();
    expect(await page.getByText('hello', { exact: true }).count()).toBe(0);
  });

  it('fits a phone: the sidebar folds away and nothing overflows', async () => {
    const page = await openPage({ width: 390, height: 844 });
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
    await page.getByRole('button', { name: 'Conversations' }).click();
    await page.getByRole('button', { name: 'Apportion' }).waitFor();
    await page.getByRole('button', { name: 'finops', exact: true }).click();
    await type(page, '/spend');
    await page.getByText('Only visible to you').waitFor();
    await type(page, '/rules');
    await page.getByRole('dialog', { name: 'New rule' }).waitFor();
  });
});

describe('unread messages', () => {
  it('are counted at a channel until it is opened', async () => {
    const page = await openPage();
    await page.getByRole('button', { name: 'Apportion' }).click();
    await slack.sendMessage(BEN, FINOPS, 'Has the bill come in?');
    await page.getByRole('button', { name: 'finops, 1 unread' }).click();
    await page.getByText('Has the bill come in?').waitFor();
    await page.getByRole('button', { name: 'Apportion' }).click();
    await page.getByRole('button', { name: 'finops', exact: true }).waitFor();
    expect(await page.getByRole('button', { name: /unread/ }).count()).toBe(0);
  });
});
