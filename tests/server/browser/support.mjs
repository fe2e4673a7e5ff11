// What the tests of the page share: a server behind a proxy, a browser, and a watch on both.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Mock, mockToken } from './mock.mjs';
import { Proxy } from './proxy.mjs';

export const isMock = process.argv.includes('--mock');
const address = process.env.GIGASPOT_URL;
assert.ok(isMock || address, 'set GIGASPOT_URL to the address of a server, or give --mock');

export const desktop = { viewport: { width: 1280, height: 900 } };
export const phone = { viewport: { width: 360, height: 740 }, hasTouch: true };

let browser = null;

export async function startBrowser() {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return browser;
}

export const stopBrowser = () => browser?.close();

/** A server behind a proxy. The mock's market moves by itself only if it is lively. */
export async function startWorld({ hosts = 60, lively = false, interval = 20000 } = {}) {
  const mock = isMock ? new Mock({ hosts, interval }) : null;
  const target = mock ? await mock.start({ lively }) : address;
  const proxy = new Proxy(target);
  const origin = await proxy.start();
  const token = isMock ? mockToken : process.env.GIGASPOT_TOKEN;
  assert.ok(token, 'set GIGASPOT_TOKEN to the token of a renter');
  const world = { mock, proxy, origin, token, target };
  world.get = async (path) => (await fetch(new URL(path, target))).json();
  world.hostWithBids = async () => {
    const { hosts: rows } = await world.get('/page/market.json');
    return rows.reduce((best, row) => (row.bids > best.bids ? row : best)).id;
  };
  world.stop = async () => {
    await proxy.stop();
    await mock?.stop();
  };
  return world;
}

/**
 * Opens a route. Whatever the browser complains about is written down, and so are breaches of the
 * policy of content and requests that leave the origin; `close` wants none of them, except those
 * that match `allowed`.
 */
export async function openPage(world, hash = '#/', options = {}) {
  const { allowed = [], token = null, ...contextOptions } = { ...desktop, ...options };
  const context = await browser.newContext(contextOptions);
  const problems = [];
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    problems.push('a dialog');
    dialog.dismiss();
  });
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== world.origin) problems.push(`request to ${url}`);
  });
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  if (token)
    await page.addInitScript((text) => localStorage.setItem('gigaspot.token', text), token);
  await page.goto(`${world.origin}/${hash}`);
  page.check_and_close = async () => {
    problems.push(
      ...(await page.evaluate(() => window.violations)).map((text) => `policy: ${text}`),
    );
    await context.close();
    assert.deepEqual(
      problems.filter((text) => !allowed.some((form) => form.test(text))),
      [],
    );
  };
  return page;
}

/** Chromium writes these to the console when a stream is cut or an answer is an error. */
export const cutStream = /ERR_(INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONNECTION_\w+)/;
export const status = (code) => new RegExp(`status of ${code}`);

export const isLive = (page) =>
  page.waitForFunction(() => document.getElementById('state').textContent === 'Live');

/** Waits until the data is there. */
export async function isFilled(page) {
  await page.waitForFunction(() => document.querySelectorAll('#hosts-rows tr').length > 0);
  await isLive(page);
}

/** Waits until `check` holds; fails with its last failure. */
export async function eventually(check, tries = 60) {
  for (let i = 0; ; i += 1) {
    try {
      return await check();
    } catch (error) {
      if (i >= tries) throw error;
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}

export const textOf = (page, selector) => page.locator(selector).innerText();

/** The shown row of a host, as texts by label; null if it is not on this page. */
export const rowOf = (page, id) =>
  page.evaluate((host) => {
    const row = document.querySelector(`#hosts-rows tr[data-host="${host}"]`);
    return (
      row &&
      Object.fromEntries([...row.cells].map((cell) => [cell.dataset.label, cell.textContent]))
    );
  }, id);

/** Writes a screenshot to the folder GIGASPOT_SHOTS, if there is one. */
export function keepShot(name, png) {
  if (!process.env.GIGASPOT_SHOTS) return;
  mkdirSync(process.env.GIGASPOT_SHOTS, { recursive: true });
  writeFileSync(join(process.env.GIGASPOT_SHOTS, `${name}.png`), png);
}
