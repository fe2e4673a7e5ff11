// What the tests of the page share: a server behind a proxy, a browser, and a watch on both.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Mock, mockToken } from './mock.mjs';
import { Proxy } from './proxy.mjs';
import { RealServer } from './real_server.mjs';

export const isMock = process.argv.includes('--mock');
export const program = process.env.GIGASPOT_SERVER;

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

/**
 * A server behind a proxy. The real server's market always moves by itself, the mock's only if it
 * is lively. `ids` are hosts that are available and on the first page; `stir` changes some of them.
 */
export async function startWorld({
  hosts = 60,
  lively = false,
  interval = 20000,
  mocked = isMock,
} = {}) {
  assert.ok(mocked || program, 'set GIGASPOT_SERVER to a gigaspot-server, or give --mock');
  const mock = mocked ? new Mock({ hosts, interval }) : null;
  const server = mocked ? null : new RealServer(program);
  const target = mock ? await mock.start({ lively }) : await server.start();
  const proxy = new Proxy(target);
  const origin = await proxy.start();
  const world = { mock, server, proxy, origin, token: mockToken, target };
  world.get = async (path) => (await fetch(new URL(path, target))).json();
  if (server) {
    world.renter = await server.account('renter of the page', 'renter');
    world.token = world.renter.token;
    world.other = await server.account('another renter', 'renter');
    await server.isBusy();
  }
  world.stir = (ids) =>
    mock ? mock.change(ids) : world.other.bid(Object.fromEntries(ids.map((id) => [id, 5])));
  const { hosts: rows } = await world.get('/page/market.json');
  world.ids = rows
    .slice(0, 25)
    .filter(({ id, run }) => (mock ? [1, 4, 5].includes(id) : run))
    .map(({ id }) => id);
  world.hostWithBids = async () => {
    const { hosts: rows } = await world.get('/page/market.json');
    return rows.reduce((best, row) => (row.bids > best.bids ? row : best)).id;
  };
  /** A host that the test may remove. */
  world.extraHost = async () => {
    if (mock) return { id: 60, remove: async () => mock.remove(60) };
    const provider = await server.account('a provider', 'host');
    const id = 9001;
    const gpus = [{ model: 'RTX 3090', pl: [100, 350] }];
    await provider.send('PUT', `/host/v1/machines/${id}`, { gpus, energy_price: '0.1' });
    const remove = () => provider.send('DELETE', `/host/v1/machines/${id}`);
    return { id, provider, remove };
  };
  world.stop = async () => {
    await proxy.stop();
    await mock?.stop();
    await server?.stop();
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
