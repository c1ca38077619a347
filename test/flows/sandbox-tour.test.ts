import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/product/browser.js';
import { freshFolder, type RunningProduct, startProduct } from '../support/product/product.js';

// The newcomer's tour of the README, on the built product, in a real browser. A Wednesday in mid-month unless
// TOUR_AT says otherwise, so that the tour is the same on every day on which it is run.
const TOUR_AT = process.env['TOUR_AT'] ?? '2026-11-18T09:30:00Z';
let browser: Browser;
let product: RunningProduct;
let page: Page;
const troubles: string[] = [];

beforeAll(async () => {
  [browser, product] = await Promise.all([launchBrowser(), startProduct(freshFolder(), TOUR_AT)]);
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(0); // The suite's limits hold.
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  await page.goto(product.address);
  await page.getByRole('heading', { name: /All spend: week/ }).waitFor();
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

async function type(text: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: 'Message', exact: true });
  await composer.fill(text);
  await composer.press('Enter');
}

async function open(channel: string): Promise<void> {
  await page
    .getByRole('button', { name: new RegExp(`^${channel}\\b`) })
    .first()
    .click();
  await page
    .getByRole('heading', { name: `#${channel}`, exact: true })
    .first()
    .waitFor();
}

async function actAs(name: string): Promise<void> {
  const people = page.getByLabel('Acting as');
  const label = (await people.locator('option').allTextContents()).find((text) => text.startsWith(name));
  const [id] = await people.selectOption({ label: label ?? name });
  // What is clicked before the workspace is shown as this person is clicked as the one before.
  await page.waitForFunction((start) => window.location.hash.startsWith(start), `#${id}/`);
}

/** All amounts of money in a text, in cents. */
function centsIn(text: string): readonly number[] {
  return [...text.matchAll(/\$([\d,]+\.\d\d)/g)].map(([, amount]) =>
    Math.round(Number(amount?.replaceAll(',', '')) * 100),
  );
}

/** The first figure of a row, in cents, so that sums can be compared. */
async function costOf(answer: Locator, label: string): Promise<number> {
  const cells = answer.getByRole('row').filter({ hasText: label }).getByRole('cell');
  return Math.round(Number((await cells.nth(1).innerText()).replaceAll(/[$,]/g, '')) * 100);
}

async function ask(text: string): Promise<Locator> {
  const before = await page.getByRole('table').count();
  await type(text);
  const answer = page.getByRole('table').nth(before);
  await answer.waitFor();
  return answer;
}

describe('the sandbox', () => {
  it('answers a bare /spend by team, a team by model, and nonsense with suggestions that work', async () => {
    await open('general');
    // Month to date: on the first of a month no day of it is over yet.
    const isFirst = new Date(TOUR_AT).getUTCDate() === 1;
    expect((await costOf(await ask('/spend'), 'Platform')) > 0).toBe(!isFirst);
    const byModel = await ask('/spend platform by model 30d');
    expect(await costOf(byModel, 'claude-sonnet-5')).toBeGreaterThan(0);
    await type('/spend bananas');
    await page.getByText('I do not know "bananas"').waitFor();
    const tables = await page.getByRole('table').count();
    await page.getByRole('button', { name: '/spend by model 30d' }).click();
    await page.getByRole('table').nth(tables).waitFor();
  });

  it('moves the figures when FinOps adds a rule through the form, by exactly what the preview said', async () => {
    await open('general');
    const before = await ask('/spend last month');
    const [platform, unallocated] = [await costOf(before, 'Platform'), await costOf(before, 'Unallocated')];
    await type('/rules add');
    const form = page.getByRole('dialog', { name: 'New rule' });
    await form.getByRole('textbox', { name: 'Name of the rule' }).fill('Migration scratch key');
    await choose(form, 'When', 'API key name');
    await choose(form, 'Value', 'tmp-migration-2');
    await choose(form, 'Owner', 'Platform');
    await form.getByRole('button', { name: 'Preview' }).click();
    const preview = page.getByRole('dialog', { name: 'Preview' });
    await preview.getByText('Unallocated → Platform').first().waitFor();
    const promised = centsIn(await preview.innerText());
    const untouched = await ask('/spend last month');
    expect(await costOf(untouched, 'Platform')).toBe(platform);
    await preview.getByRole('button', { name: 'Commit' }).click();
    await page.getByText(/All months are allocated again/).waitFor();
    await page.getByRole('button', { name: 'Close' }).last().click();
    const after = await ask('/spend last month');
    const moved = (await costOf(after, 'Platform')) - platform;
    expect(moved).toBeGreaterThan(0);
    const fell = unallocated - (await costOf(after, 'Unallocated'));
    // The preview rounds what moves; the table rounds each figure, so two of them may differ from it by a cent.
    const isPromised = (cents: number) => promised.some((one) => Math.abs(one - cents) <= 1);
    expect({ moved, fell, promised }).toSatisfy(() => isPromised(moved) && isPromised(fell));
    await open('finops');
    await page
      .getByText(/Migration scratch key/)
      .first()
      .waitFor();
  });

  it('asks a second person before a large change counts, and the author is not one', async () => {
    await open('general');
    await type('/rules add');
    const form = page.getByRole('dialog', { name: 'New rule' });
    await form.getByRole('textbox', { name: 'Name of the rule' }).fill('All of one model to Search');
    await choose(form, 'When', 'model');
    await choose(form, 'Value', 'claude-sonnet-5');
    await choose(form, 'Owner', 'Search');
    await choose(form, 'Goes before', 'What carries a team tag');
    await form.getByRole('button', { name: 'Preview' }).click();
    await page
      .getByRole('dialog', { name: 'Preview' })
      .getByRole('button', { name: 'Ask for approval' })
      .click();
    await page.getByText(/anyone of FinOps but you may approve/).waitFor();
    await page.getByRole('button', { name: 'Close' }).last().click();
    await open('finops');
    await approve();
    await page
      .getByText('You made this change yourself, so somebody else must approve it.')
      .first()
      .waitFor();
    expect(await page.getByRole('heading', { name: /Approved/ }).count()).toBe(0);
    await actAs('Grace Lindqvist');
    await open('finops');
    await approve();
    await page.getByRole('heading', { name: /Approved: version 3/ }).waitFor();
  });

  it('tells a person without rights why not', async () => {
    await actAs('Ben Okoye');
    await open('general');
    await type('/rules add');
    await page
      .getByText(/Only FinOps may change the rules/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: 'Preview' }).count()).toBe(0);
    await page.keyboard.press('Escape');
  });

  it('edits the alert when the team lead acknowledges it', async () => {
    await actAs('Priya Raman');
    await open('team-platform');
    await page.getByRole('heading', { name: /Unusual spend/ }).waitFor();
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('textbox').first().fill('A loop in the flaky-test agent; stopped.');
    await form.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('heading', { name: /Acknowledged/ }).waitFor();
    expect(await page.getByRole('heading', { name: /Unusual spend/ }).count()).toBe(0);
    await page
      .getByRole('button', { name: /replies/ })
      .first()
      .click();
    await page.getByRole('complementary', { name: 'Thread' }).getByText('stopped').waitFor();
  });

  it('travels to next Monday, where a runaway of the days between has raised an alert', async () => {
    await actAs('Ana Ruiz');
    await open('team-growth');
    expect(await page.getByText('growth-experiments').count()).toBe(0);
    await page.getByTitle('Travel on in time').click();
    await page.getByRole('menuitem', { name: /Next Monday/ }).click();
    await page.getByTitle('Travel on in time').filter({ hasText: /^Mon/ }).waitFor();
    // The alert itself: a digest of that morning names the key too.
    await page.getByRole('heading', { name: /Unusual spend: key growth-experiments/ }).waitFor();
  });

  it('showed no error in the browser, and ends cleanly', async () => {
    expect(troubles).toEqual([]);
    expect(await product.stop()).toBe(0);
  });
});

async function approve(): Promise<void> {
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
}

/** Chooses as a person does: when the form is drawn again in between, the menu is opened once more. */
async function choose(form: Locator, label: string, option: string): Promise<void> {
  const menu = form.getByRole('combobox', { name: label });
  const search = page.getByRole('searchbox', { name: `Search ${label}` });
  const wanted = page.getByRole('listbox').getByRole('option', { name: new RegExp(`^${option}`) });
  for (;;) {
    try {
      await menu.click({ timeout: 5_000 });
      if ((await search.count()) > 0) await search.fill(option, { timeout: 5_000 });
      await wanted.first().click({ timeout: 5_000 });
      await menu.filter({ hasText: option }).waitFor({ timeout: 5_000 });
      return;
    } catch (error) {
      if (page.isClosed()) throw error;
      await search.press('Escape', { timeout: 1_000 }).catch(() => undefined);
    }
  }
}
