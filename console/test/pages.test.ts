// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { fakePassword, fakeSecret } from '../src/fake/accounts.ts';
import type { Scene } from '../src/fake/world.ts';
import { chromiumPath, startFakeSite } from './fake-site.ts';

const skip = chromiumPath === undefined ? 'needs Chromium' : false;
const recommended = 'rsp-5c1n8wd3rj7y2q6f';
const paths = [
  '/overview',
  '/map',
  '/assets',
  '/assets/ast-plc',
  '/findings',
  '/findings/fnd-9k5v1yq8ct3w6p0e',
  '/incidents',
  '/incidents/inc-4m8t2zq6hv0c9k3x',
  '/responses',
  `/responses/${recommended}`,
  '/evidence',
  '/evidence/check',
  '/evidence/evd-0006fake00000000',
  '/evidence/trace/inc-4m8t2zq6hv0c9k3x',
  '/accounts',
  '/settings',
  '/plant',
] as const;
const waitMs = 15_000;

interface Visit {
  readonly scene?: Scene;
  readonly language?: 'ja' | 'en';
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  /** In a browser that no other test uses: for what the browser remembers. */
  readonly isAlone?: boolean;
}

let site: Awaited<ReturnType<typeof startFakeSite>>;
let browser: Browser;
before(async () => {
  if (skip !== false) return;
  site = await startFakeSite();
  browser = await chromium.launch({
    executablePath: chromiumPath ?? '',
    args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
  });
});
after(async () => {
  await browser?.close();
  await site?.close();
});

const contexts = new Map<string, Promise<BrowserContext>>();

/** Opens a page; everything that the browser complains about is collected. */
async function visit(path: string, how: Visit = {}): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  // One browser for all pages of a kind: their code is loaded and compiled once. The fake begins anew with each page.
  const key = JSON.stringify(how);
  const opening = contexts.get(key) ?? openContext(how);
  if (how.isAlone !== true) contexts.set(key, opening);
  const context = await opening;
  const page = await context.newPage();
  page.setDefaultTimeout(waitMs);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${site.url}${path}`);
  await page.waitForSelector('h1');
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
  return { page, complaints };
}

/** A browser of its own with the scene, the language and the colours. */
async function openContext(how: Visit): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: how.width ?? 1440, height: 900 }, timezoneId: 'Asia/Tokyo', reducedMotion: 'reduce' });
  await context.addInitScript(
    (kept: Readonly<Record<string, string>>) => {
      for (const [key, value] of Object.entries(kept)) if (localStorage.getItem(key) === null) localStorage.setItem(key, value);
    },
    { 'shinrai.fake.scene': how.scene ?? 'alarm', 'shinrai.language': how.language ?? 'en', 'shinrai.scheme': how.scheme ?? 'light' },
  );
  return context;
}

async function look(path: string, language: 'ja' | 'en', scheme: 'light' | 'dark'): Promise<void> {
  const { page, complaints } = await visit(path, { language, scheme });
  assert.deepEqual(await faultsOf(page), [], `${path} ${language}`);
  assert.deepEqual(await untranslatedOf(page), [], `${path} ${language}`);
  assert.equal(await page.evaluate(() => document.documentElement.lang), language);
  assert.equal(await page.evaluate(() => document.documentElement.dataset['mantineColorScheme']), scheme);
  assert.deepEqual(complaints, [], `${path} ${language}`);
  await page.close();
}

for (const path of paths) {
  test(`${path} is drawn in both languages without a complaint, and whoever cannot see it can use it`, { skip }, async () => {
    await Promise.all([look(path, 'en', 'light'), look(path, 'ja', 'dark')]);
  });
}

test('no page is wider than a phone', { skip }, async () => {
  for (const path of ['/overview', '/responses', '/incidents/inc-4m8t2zq6hv0c9k3x', '/accounts']) {
    const { page } = await visit(path, { width: 390 });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, path);
    await page.close();
  }
});

test('an operator consents on the overview, and the site is no longer in alarm', { skip }, async () => {
  const { page, complaints } = await visit('/overview');
  await page.getByRole('button', { name: 'Consent' }).first().click();
  await page.getByRole('dialog').getByText('It ends by itself after 15 min.').waitFor();
  await page.getByRole('button', { name: 'Yes, carry it out' }).click();
  await page.getByText('The act is stopped; the plant runs on').waitFor();
  await page.getByRole('timer').waitFor();
  await page.getByRole('button', { name: 'Undo now' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('The plant is being acted upon: a decision is needed now').first().waitFor();
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a response that an interlock forbids cannot be consented to', { skip }, async () => {
  const { page } = await visit('/responses/rsp-1h7q5zc2mb8d4w9k');
  assert.equal(await page.getByRole('button', { name: 'Consent' }).isDisabled(), true);
  await page.getByText('This must not be carried out').waitFor();
  await page.close();
});

test('the trace of a proposal is that of its incident, as the proposal itself is not yet in the chain', { skip }, async () => {
  const { page } = await visit(`/responses/${recommended}`);
  await page.getByRole('link', { name: 'Trace' }).click();
  await page.waitForURL(/\/evidence\/trace\/inc-4m8t2zq6hv0c9k3x$/);
  await page.getByRole('group', { name: 'Records from packets to proof' }).waitFor();
  await page.goto(`${site.url}/evidence/trace/${recommended}`);
  await page.getByText('A proposal enters the chain when it is decided.').waitFor();
  await page.close();
});

test('a viewer sees the proposals without the buttons', { skip }, async () => {
  const { page } = await visit('/responses', { scene: 'viewer' });
  await page.getByText('Your role may look, but not decide.').first().waitFor();
  assert.equal(await page.getByRole('button', { name: 'Consent' }).count(), 0);
  await page.close();
});

test('a finding is said to be normal after a question in words, and the decision stands in the evidence', { skip }, async () => {
  const { page, complaints } = await visit('/findings/fnd-7r2m4kq9wz1c5t8v');
  await page.getByRole('button', { name: 'This is normal' }).click();
  await page.getByRole('dialog').getByText('Do this only when you know who did it and why.').waitFor();
  await page.getByRole('dialog').getByText('10.20.0.101 at 50:c7:bf:66:06:66').waitFor();
  await page.getByLabel('Note (becomes part of the evidence)').fill('laptop of the maintenance firm');
  await page.getByRole('button', { name: 'Yes, this is normal here' }).click();
  await page.getByText('The norm has taken it in').waitFor();
  await page.getByRole('link', { name: 'Said to be normal: the norm holds it' }).click();
  await page.getByText('admin said it is normal: 10.20.0.101 at 50:c7:bf:66:06:66').first().waitFor();
  await page.getByText('laptop of the maintenance firm').waitFor();
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a finding that the sensor has let go of is not taken into the norm, and that is said', { skip }, async () => {
  const { page } = await visit('/findings/fnd-7r2m4kq9wz1c5t8v');
  await page.getByRole('button', { name: 'This is normal' }).click();
  // Somebody else was faster.
  await page.evaluate(() => fetch('/api/findings/fnd-7r2m4kq9wz1c5t8v/accept', { method: 'POST', body: '{}' }));
  await page.getByRole('button', { name: 'Yes, this is normal here' }).click();
  await page.getByText('The sensor no longer holds this finding').waitFor();
  await page.close();
});

test('a viewer cannot say that a finding is normal', { skip }, async () => {
  const { page } = await visit('/findings/fnd-7r2m4kq9wz1c5t8v', { scene: 'viewer' });
  await page.getByText('Seen and normal').waitFor();
  assert.equal(await page.getByRole('button', { name: 'This is normal' }).count(), 0);
  const status = await page.evaluate(() => fetch('/api/findings/fnd-7r2m4kq9wz1c5t8v/accept', { method: 'POST', body: '{}' }).then((answer) => answer.status));
  assert.equal(status, 403);
  await page.close();
});

test('a proof is verified in the browser, and an altered file is refused with the reason', { skip }, async () => {
  const { page } = await visit('/evidence/evd-0004fake00000000');
  await page.getByRole('button', { name: 'Verify in this browser' }).click();
  await page.getByText('The proof holds').waitFor();
  const proof = await page.evaluate(() => fetch('/api/evidence/evd-0004fake00000000/proof').then((answer) => answer.text()));
  await page.getByRole('link', { name: 'Evidence' }).first().click();
  await page.getByRole('link', { name: 'Check a proof file' }).click();
  const at = proof.indexOf('"entry":"') + 60;
  const altered = `${proof.slice(0, at)}${proof[at] === 'A' ? 'B' : 'A'}${proof.slice(at + 1)}`;
  await page.setInputFiles('input[type=file]', { name: 'altered.json', mimeType: 'application/json', buffer: Buffer.from(altered) });
  await page.getByText('The proof is refused').waitFor();
  await page.getByText('The entry is in the log').waitFor();
  await page.setInputFiles('input[type=file]', { name: 'sound.json', mimeType: 'application/json', buffer: Buffer.from(proof) });
  await page.getByText('The proof holds').waitFor();
  await page.close();
});

test('an attack that is started on the calm plant brings the alarm by itself', { skip }, async () => {
  const { page } = await visit('/plant', { scene: 'calm' });
  await page.getByRole('button', { name: /raises the chlorine set point/ }).click();
  await page.getByRole('link', { name: 'Overview', exact: true }).click();
  await page.getByText('Nothing waits for you').waitFor();
  await page.getByText('The plant is being acted upon: a decision is needed now').first().waitFor({ timeout: 30_000 });
  await page.close();
});

test('who is not signed in is asked for the password, told when it is wrong, and then let in', { skip }, async () => {
  const { page } = await visit('/responses', { scene: 'signed-out' });
  await page.waitForURL(/\/sign-in$/);
  await page.getByLabel('Name').fill('admin');
  await page.locator('input[type=password]').fill('wrong');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('Name or password is wrong', { exact: true }).waitFor();
  await page.locator('input[type=password]').fill(fakePassword);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/responses$/);
  await page.close();
});

test('a one-time link signs in by a press of the button, leaves the address bar, and asks for a password', { skip }, async () => {
  const { page } = await visit(`/link#${fakeSecret}`, { scene: 'signed-out' });
  await page.getByRole('button', { name: 'Sign in now' }).click();
  await page.getByText('Set a password or a passkey now').waitFor();
  assert.ok(!page.url().includes(fakeSecret));
  await page.close();
});

test('language and colours are changed in the header and remembered', { skip }, async () => {
  const { page } = await visit('/overview', { isAlone: true });
  await page.getByText('日本語').click();
  await page.getByText('今、判断が必要なこと').waitFor();
  await page.getByRole('button', { name: '暗い配色にする' }).click();
  await page.reload();
  await page.getByText('今、判断が必要なこと').waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.dataset['mantineColorScheme']), 'dark');
  await page.context().close();
});

test('what nothing is known of yet teaches what will be there', { skip }, async () => {
  for (const [path, text] of [
    ['/assets', 'Every device that sends a packet appears here'],
    ['/findings', 'The norm is still being learnt'],
    ['/incidents', 'become one incident'],
    ['/responses', 'Proposals appear here from stage 2'],
    ['/evidence', 'The first finding or decision makes the first entry'],
    ['/map', 'Devices appear with their first packet'],
  ] as const) {
    const { page } = await visit(path, { scene: 'empty' });
    await page.getByText(text).first().waitFor();
    await page.close();
  }
});

test('a refusal is shown with what the server said and the id of the request, and a lost line is said loudly', { skip }, async () => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    localStorage.setItem('shinrai.fake.scene', 'broken');
    localStorage.setItem('shinrai.language', 'en');
  });
  const page = await context.newPage();
  await page.goto(`${site.url}/overview`);
  await page.getByText('req-fake-0001').waitFor({ timeout: waitMs });
  await page.getByText('the store does not respond').waitFor();
  await page.getByText('No connection to the server: what you see is old').waitFor({ timeout: waitMs });
  await context.close();
});

test('on a real site there is no simulated plant to be seen', { skip }, async () => {
  const { page } = await visit('/overview', { scene: 'real' });
  assert.equal(await page.getByRole('link', { name: 'Simulated plant' }).count(), 0);
  await page.close();
});

/** What would stop somebody who uses a screen reader or the keyboard. */
function faultsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const nameOf = (element: Element): string => {
      const labelled = (element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '');
      const label = element.id === '' ? '' : (document.querySelector(`label[for="${CSS.escape(element.id)}"]`)?.textContent ?? '');
      return [element.getAttribute('aria-label') ?? '', ...labelled, label, element.textContent ?? '', element.closest('label')?.textContent ?? '']
        .join('')
        .trim();
    };
    const isShown = (element: Element): boolean => element.getClientRects().length > 0 && element.closest('[aria-hidden="true"]') === null;
    const shown = (selector: string): Element[] => [...document.querySelectorAll(selector)].filter(isShown);
    const headings = document.querySelectorAll('h1').length;
    if (headings !== 1) faults.push(`${headings} headings of the first order`);
    for (const element of shown('button, a[href], input, select, textarea, [role="button"]')) {
      if (element instanceof HTMLInputElement && element.type === 'hidden') continue;
      if (nameOf(element) === '') faults.push(`no name: ${element.outerHTML.slice(0, 160)}`);
    }
    for (const picture of shown('img:not([alt]), svg[role="img"]:not([aria-label])')) faults.push(`no description: ${picture.outerHTML.slice(0, 160)}`);
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    for (const id of new Set(ids.filter((one, place) => ids.indexOf(one) !== place))) faults.push(`the id ${id} is used twice`);
    if (document.querySelectorAll('main').length !== 1) faults.push('not one main landmark');
    for (const element of shown('[tabindex]'))
      if (Number(element.getAttribute('tabindex')) > 0) faults.push(`tabindex above 0: ${element.outerHTML.slice(0, 120)}`);
    return faults;
  });
}

/** Keys of the catalogue and open placeholders that stand on the page instead of words; records shown as they are (code) hold keys by right. */
function untranslatedOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node.parentElement?.closest('pre, code, script') !== null) continue;
      for (const match of (node.textContent ?? '').matchAll(/\bconsole\.[\w.-]+|\b(?:finding|incident|response|site|plant)\.[a-z]+[.-][\w.-]+|\{\{\w+\}\}/g))
        found.push(match[0]);
    }
    return found;
  });
}
