// What the tests of the report share: made-up reports, a browser, and a watch on it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

export const desktop = { viewport: { width: 1280, height: 900 } };
export const tablet = { viewport: { width: 768, height: 1024 }, hasTouch: true };
export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };

let browser = null;
let folder = null;

function writeExamples(to) {
  const program = process.env.GIGASPOT_REPORT_EXAMPLE;
  assert.ok(program, 'set GIGASPOT_REPORT_EXAMPLE to the program gigaspot_report_example');
  execFileSync(program, [to]);
}

/** Writes all reports into a folder and starts the browser. Returns the names of the reports. */
export async function start(writeReports = writeExamples) {
  folder = mkdtempSync(join(tmpdir(), 'gigaspot-report-'));
  writeReports(folder);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  return readdirSync(folder)
    .filter((name) => name.endsWith('.html'))
    .map((name) => name.slice(0, -'.html'.length));
}

export async function stop() {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
}

export const summary = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

/**
 * Opens a report. Complaints of the browser are written down, and so are breaches of the page's
 * policy and requests for other things than the page; `check_and_close` wants none of them.
 */
export async function openReport(name, options = {}) {
  const { isOpen = false, ...rest } = options;
  const context = await browser.newContext({ ...desktop, ...rest });
  const page = await context.newPage();
  const address = pathToFileURL(join(folder, `${name}.html`)).href;
  page.problems = [];
  page.on('console', (message) => page.problems.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => page.problems.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    page.problems.push('a dialog');
    dialog.dismiss();
  });
  context.on('request', (request) => {
    if (request.url() !== address) page.problems.push(`request for ${request.url()}`);
  });
  await page.goto(address);
  if (isOpen)
    await page.evaluate(() => {
      for (const each of document.querySelectorAll('details')) each.open = true;
    });
  page.check_and_close = async () => {
    await context.close();
    assert.deepEqual(page.problems, [], name);
  };
  return page;
}

/** Keeps a screenshot if SHOTS names a folder. */
export function keepShot(name, png) {
  if (!process.env.SHOTS) return;
  mkdirSync(process.env.SHOTS, { recursive: true });
  writeFileSync(join(process.env.SHOTS, `${name}.png`), png);
}
