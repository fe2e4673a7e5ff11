// The table of hosts with a large market: filter, order and pages by keyboard, and its speed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  eventually,
  isFilled,
  openPage,
  startBrowser,
  startWorld,
  stopBrowser,
  textOf,
} from './support.mjs';

let world;
before(async () => {
  await startBrowser();
  world = await startWorld({ hosts: 3000 });
});
after(async () => {
  await stopBrowser();
  await world.stop();
});

const column = (page, label) =>
  page.evaluate(
    (name) =>
      [...document.querySelectorAll(`#hosts-rows td[data-label="${name}"]`)].map(
        (cell) => cell.textContent,
      ),
    label,
  );

/** Presses Tab until the element with this id, or the button with this text, has the focus. */
async function tabTo(page, wanted) {
  for (let i = 0; i < 200; i += 1) {
    const isThere = await page.evaluate(
      (name) =>
        document.activeElement?.id === name ||
        (document.activeElement?.tagName === 'BUTTON' &&
          document.activeElement.textContent === name),
      wanted,
    );
    if (isThere) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not reach ${wanted}`);
}

test('the filter finds models, ids and states', async () => {
  const page = await openPage(world);
  await isFilled(page);
  const { hosts } = await world.get('/page/market.json');
  await tabTo(page, 'filter-text');
  const model = hosts.at(-1).gpus.split(' ').at(-1).toLowerCase();
  await page.keyboard.type(model);
  const matching = hosts.filter((host) =>
    `#${host.id} ${host.gpus} ${host.state}`.toLowerCase().includes(model),
  );
  await eventually(async () =>
    assert.match(
      await textOf(page, '#hosts-count'),
      new RegExp(`of ${matching.length.toLocaleString('en')} hosts`),
    ),
  );
  assert.ok((await column(page, 'GPUs')).every((text) => text.toLowerCase().includes(model)));

  await page.keyboard.press('Control+A');
  await page.keyboard.type(`#${hosts.at(-1).id}`);
  assert.deepEqual(await column(page, 'Host'), [`#${hosts.at(-1).id}`]);

  await page.keyboard.press('Control+A');
  await page.keyboard.type('no such thing');
  assert.equal(await textOf(page, '#hosts-count'), 'No host matches.');
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');

  await tabTo(page, 'filter-state');
  await page.keyboard.type('running');
  assert.ok((await column(page, 'State')).every((text) => text === 'Running'));
  await page.check_and_close();
});

test('the buttons of the header order all hosts, and say how', async () => {
  const page = await openPage(world);
  await isFilled(page);
  const sorted = (label) => page.locator('#hosts th', { hasText: label }).getAttribute('aria-sort');
  assert.equal(await sorted('Host'), 'ascending');
  await tabTo(page, 'Bids');
  await page.keyboard.press('Enter');
  assert.equal(await sorted('Bids'), 'descending');
  assert.equal(await sorted('Host'), 'none');
  await eventually(async () => {
    const { hosts } = await world.get('/page/market.json');
    const most = Math.max(...hosts.map(({ bids }) => bids));
    assert.equal((await column(page, 'Bids'))[0], String(most));
  });
  await page.keyboard.press('Space');
  assert.equal(await sorted('Bids'), 'ascending');
  const counts = (await column(page, 'Bids')).map(Number);
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => a - b),
  );

  await tabTo(page, 'Profit');
  await page.keyboard.press('Enter');
  const profits = (await column(page, 'Profit'))
    .filter((text) => text !== '–')
    .map((text) => Number(text.replace('−', '-')));
  assert.deepEqual(
    profits,
    [...profits].sort((a, b) => b - a),
  );
  await page.keyboard.press('Enter');
  assert.notEqual((await column(page, 'Profit'))[0], '–'); // hosts without a value come last
  await page.check_and_close();
});

test('pages are turned by keyboard and keep the document small', async () => {
  const page = await openPage(world);
  await isFilled(page);
  const { hosts } = await world.get('/page/market.json');
  const pages = Math.ceil(hosts.length / 25);
  assert.equal(await textOf(page, '#page-number'), `Page 1 of ${pages}`);
  assert.equal(await page.locator('#page-previous').getAttribute('aria-disabled'), 'true');
  await tabTo(page, 'Next');
  await page.keyboard.press('Enter');
  assert.equal(await textOf(page, '#page-number'), `Page ${Math.min(2, pages)} of ${pages}`);
  if (pages > 1) assert.equal((await column(page, 'Host'))[0], `#${hosts[25].id}`);
  await tabTo(page, 'Last');
  await page.keyboard.press('Enter');
  assert.equal((await column(page, 'Host')).at(-1), `#${hosts.at(-1).id}`);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Last');
  await page.locator('#page-size').selectOption('100');
  assert.ok((await page.locator('#hosts-rows tr').count()) <= 100);
  assert.ok((await page.evaluate(() => document.querySelectorAll('*').length)) < 3000);
  await page.check_and_close();
});
