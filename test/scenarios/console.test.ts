// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../console/test/fake-site.ts';
import { startDemonstration } from '../running-site.ts';

const attackMs = 110_000;
const stepMs = 20_000;

/** A person at the console of the demonstration, from the alarm to the verified proof, by what stands on the screen. */
test('a person sees the attack, consents, sees it stopped, and verifies the evidence in the browser', {
  skip: chromiumPath === undefined ? 'needs Chromium' : false,
  timeout: 240_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shinrai-console-'));
  const site = await startDemonstration(folder);
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({
      executablePath: chromiumPath ?? '',
      args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
    });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', acceptDownloads: true });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));

    await page.goto(site.signInUrl ?? '');
    await page
      .getByRole('button', { name: /sign in/i })
      .first()
      .click();
    await page.waitForURL('**/overview', { timeout: stepMs });
    await page.getByText('Deny 10.20.0.101', { exact: false }).first().waitFor({ timeout: attackMs });

    await page
      .getByRole('button', { name: /^Consent/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Yes, carry it out' }).click();
    await page.getByRole('button', { name: 'Undo now' }).first().waitFor({ timeout: stepMs });
    await page.getByText('The act is stopped; the plant runs on').waitFor({ timeout: stepMs });

    await page.goto(`${site.url}/evidence`);
    await page
      .getByRole('link', { name: /admin consented/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Verify in this browser' }).click();
    await page.getByText('The proof holds').waitFor({ timeout: stepMs });
    const download = page.waitForEvent('download');
    await page.getByText('Download the proof').click();
    const proof = readFileSync(await (await download).path(), 'utf8');
    await refuseAltered(page, site.url, folder, proof);

    await page.goto(`${site.url}/overview`);
    await page.getByText('日本語').first().click();
    await page.getByText('操作を止めました。設備は運転を続けています').waitFor({ timeout: stepMs });
    assert.deepEqual(complaints, []);
  } finally {
    await browser?.close();
    await site.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The same proof with one character of its entry changed is refused by the same page. */
async function refuseAltered(page: Page, url: string, folder: string, proof: string): Promise<void> {
  const { entry, ...rest }: { readonly entry: string } = JSON.parse(proof);
  const middle = Math.floor(entry.length / 2);
  const altered = `${entry.slice(0, middle)}${entry[middle] === 'A' ? 'B' : 'A'}${entry.slice(middle + 1)}`;
  for (const [name, content, verdict] of [
    ['whole.json', proof, 'The proof holds'],
    ['altered.json', JSON.stringify({ entry: altered, ...rest }), 'The proof is refused'],
  ] as const) {
    await page.goto(`${url}/evidence/check`);
    const path = join(folder, name);
    writeFileSync(path, content);
    await page.locator('input[type=file]').setInputFiles(path);
    await page.getByText(verdict).waitFor({ timeout: stepMs });
  }
}
