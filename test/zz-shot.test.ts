import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { launchBrowser } from '/work/wt/settings/test/support/browser.js';
import { freshFolder, startProduct } from '/work/wt/settings/test/support/product.js';

it('shoots', async () => {
  const [browser, product] = await Promise.all([launchBrowser(), startProduct(freshFolder())]);
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  page.setDefaultTimeout(15_000);
  const notes: string[] = [];
  page.on('pageerror', (e) => notes.push(String(e)));
  page.on('console', (m) => { if (m.type() === 'error') notes.push(m.text()); });
  const shot = async (name: string) => { await page.waitForTimeout(700); await page.screenshot({ path: `/tmp/shots/${name}.png` }); };
  try {
    await page.goto(product.address);
    await page.getByRole('heading', { name: /All teams: week/ }).waitFor({ timeout: 90_000 });
    const type = async (text: string) => {
      const composer = page.getByRole('textbox', { name: 'Message', exact: true });
      await composer.fill(text); await composer.press('Enter');
    };
    const step = async (name: string, run: () => Promise<void>) => { try { await run(); } catch (e) { notes.push(name + ': ' + String(e).slice(0, 300)); } if (!name.startsWith('02-')) await shot(name); };
    await step('01-menu', async () => { await type('/apportion settings'); await page.getByRole('dialog').getByText('Team channels').waitFor(); });
    for (const [i, area] of ['Team channels', 'Subscriptions', 'Digests', 'Alerts', 'Materiality', 'Approval', 'Roles', 'Visibility', 'Currency'].entries())
      await step(`02-${i}-${area}`, async () => {
        await page.getByRole('button', { name: `Change ${area}` }).click();
        await page.getByRole('dialog').last().getByRole('button', { name: 'Save' }).waitFor();
        await page.waitForTimeout(400);
        await page.screenshot({ path: `/tmp/shots/02-${i}-${area}.png` });
        await page.getByRole('dialog').last().getByRole('button', { name: 'Cancel' }).click();
      });
    await step('03-done', async () => { await page.getByRole('button', { name: 'Done' }).click(); });
    await step('04-budgets', async () => { await type('/apportion budgets'); await page.getByText('Budgets,').first().waitFor(); });
    await step('05-budget-form', async () => { await page.getByRole('button', { name: 'Set a budget' }).last().click(); await page.getByRole('dialog').getByText('Budget a month').waitFor(); });
    await step('06-close', async () => { await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click(); });
    await step('07-people', async () => { await type('/apportion people'); await page.waitForTimeout(1500); });
    await step('08-claims', async () => { await type('/apportion claims'); await page.waitForTimeout(1500); });
    await step('09-help', async () => { await type('/apportion'); await page.waitForTimeout(1500); });
    await step('10-home-finops', async () => { await page.getByRole('button', { name: /^Apportion/ }).first().click(); await page.waitForTimeout(1500); await page.getByRole('tab', { name: 'Home' }).click().catch(() => undefined); await page.waitForTimeout(2500); });
    const actAs = async (name: string) => { const people = page.getByLabel('Acting as'); const label = (await people.locator('option').allTextContents()).find((t) => t.startsWith(name)); notes.push('acting ' + label); await people.selectOption({ label: label ?? name }); };
    notes.push((await page.getByLabel('Acting as').locator('option').allTextContents()).join(' | '));
    await step('11-home-lead', async () => { await actAs('Priya Raman'); await page.waitForTimeout(1000); await page.getByRole('button', { name: /^Apportion/ }).first().click().catch(() => undefined); await page.waitForTimeout(500); await page.getByRole('tab', { name: 'Home' }).click().catch(() => undefined); await page.waitForTimeout(2500); });
  } finally {
    writeFileSync('/tmp/shots/notes.txt', notes.join('\n'));
    await browser.close();
    await product.stop();
  }
}, 240_000);
