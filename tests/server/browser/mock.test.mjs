// The live page in a browser with the mock, where a test must decide what happens, and when.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  eventually,
  isFilled,
  isLive,
  openPage,
  rowOf,
  startBrowser,
  startWorld,
  status,
  stopBrowser,
  textOf,
} from './support.mjs';

let world;
before(async () => {
  await startBrowser();
  world = await startWorld({ hosts: 3000, mocked: true });
});
after(async () => {
  await stopBrowser();
  await world.stop();
});

const loads = () => world.proxy.to('/page/market.json').length;

const column = (page, label) =>
  page.evaluate(
    (name) =>
      [...document.querySelectorAll(`#hosts-rows td[data-label="${name}"]`)].map(
        (cell) => cell.textContent,
      ),
    label,
  );

test('rows keep their place while they change, and a button offers the new order', async () => {
  const page = await openPage(world);
  await isFilled(page);
  await page.locator('#hosts th button', { hasText: 'Bids' }).click();
  const before = await column(page, 'Host');
  const first = Number(before[0].slice(1));
  const host = world.mock.market.hosts[first - 1];
  host.bids.length = 1;
  world.mock.change([first]);
  await page.waitForFunction(() => !document.getElementById('sort-again').hidden);
  assert.deepEqual(await column(page, 'Host'), before);
  assert.equal((await rowOf(page, first)).Bids, '2');
  await page.locator('#sort-again').press('Enter');
  assert.notEqual((await column(page, 'Host'))[0], before[0]);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Bids');
  await page.check_and_close();
});

test('events that were missed for too long are made up for by loading everything', async () => {
  const page = await openPage(world, '#/', { allowed: [/ERR_/] });
  await isFilled(page);
  const loads = () => world.proxy.to('/page/market.json').length;
  world.mock.change([4]);
  await page.waitForTimeout(500);
  const loaded = loads();
  world.proxy.cut({ hold: true });
  for (let i = 0; i < 120; i += 1) world.mock.change([4]);
  world.proxy.release();
  await eventually(async () => {
    assert.equal((await rowOf(page, 4)).Bids, String(world.mock.market.hosts[3].bids.length));
    assert.equal(loads(), loaded + 1);
  });
  await page.check_and_close();
});

test('the time for an update of 100 rows is printed', async (context) => {
  const page = await openPage(world);
  await isFilled(page);
  await page.locator('#page-size').selectOption('100');
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const spent = async () =>
    Object.fromEntries(
      (await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [
        name,
        value * 1000,
      ]),
    );
  await page.waitForTimeout(1500);
  const results = [];
  for (let i = 0; i < 10; i += 1) {
    const before = await spent();
    const ids = Array.from({ length: 100 }, (_, k) => k + 1);
    const bids = world.mock.market.hosts[99].bids.length;
    world.mock.change(ids);
    await page
      .waitForFunction(
        (old) =>
          document.querySelector('#hosts-rows tr[data-host="100"] td:last-child').textContent !==
          String(old),
        bids,
      )
      .catch(() => {});
    await page.waitForTimeout(300);
    const after = await spent();
    results.push({
      task: after.TaskDuration - before.TaskDuration,
      script: after.ScriptDuration - before.ScriptDuration,
    });
    if (world.mock.market.hosts[99].bids.length > 10) world.mock.market.hosts[99].bids.length = 3;
  }
  const median = (name) =>
    results
      .map((each) => each[name])
      .sort((a, b) => a - b)[5]
      .toFixed(1);
  context.diagnostic(
    `3,000 hosts, 100 shown rows change: ${median('task')} ms of the page's thread, of ` +
      `which ${median('script')} ms run scripts (median of ${results.length})`,
  );
  await page.check_and_close();
});

test('a stream that looks open but is silent for too long is replaced', async () => {
  const page = await openPage(world);
  await page.clock.install();
  await page.reload();
  await isFilled(page);
  const [streams, loaded] = [world.proxy.to('/events').length, loads()];
  await page.clock.fastForward(60_000); // two intervals of 20 s and 30 s are not over
  await page.waitForTimeout(500);
  assert.equal(world.proxy.to('/events').length, streams);
  await page.clock.fastForward(20_000);
  await eventually(() => {
    assert.equal(world.proxy.to('/events').length, streams + 1);
    assert.equal(loads(), loaded + 1);
  });
  await isLive(page);
  await page.check_and_close();
});

test('nothing moves if the reader asks for less motion', async () => {
  for (const [reducedMotion, moves] of [
    ['no-preference', true],
    ['reduce', false],
  ]) {
    const page = await openPage(world, '#/', { reducedMotion });
    await isFilled(page);
    await page.evaluate(() => {
      window.moved = 0;
      setInterval(() => {
        window.moved += document.getAnimations().length;
      }, 50);
    });
    for (let i = 0; i < 3; i += 1) {
      for (const id of [4, 5, 6]) world.mock.market.host(id).bids.splice(1 + i);
      world.mock.change([4, 5, 6]);
      await page.waitForTimeout(400);
    }
    assert.equal((await page.evaluate(() => window.moved)) > 0, moves, reducedMotion);
    await page.check_and_close();
  }
});

test('what the page was about to show when it was paused waits until it goes on', async () => {
  const page = await openPage(world);
  await page.clock.install();
  await page.reload();
  await isFilled(page);
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 3000);
  const event = { event: 'expired', time: Date.now(), command: 1, host: 7, bid: 4242 };
  world.mock.publish('events', [event]);
  world.mock.market.host(4).bids.splice(1);
  world.mock.change([4]);
  await eventually(async () => assert.equal((await rowOf(page, 4)).Bids, '2')); // both have come
  await page.locator('#pause').press('Enter');
  await page.clock.runFor(2000);
  assert.ok(!(await textOf(page, '#feed')).includes('4242'));
  await page.locator('#pause').press('Enter');
  await eventually(async () => assert.match(await textOf(page, '#feed'), /Bid 4242 .* expired/));
  await page.check_and_close();
});

test('a close that the data holds already is not drawn twice', async () => {
  const page = await openPage(world);
  await isFilled(page);
  await page.locator('#market-values').evaluate((node) => {
    node.parentElement.open = true;
  });
  const times = () => page.locator('#market-values tbody tr td:first-child').allInnerTexts();
  const { market } = world.mock;
  const point = [...market.history.at(-1)];
  const send = () =>
    world.mock.publish('market', { time: Date.now(), totals: market.totals(), point });
  send();
  point[0] += 1000;
  send();
  await eventually(async () => {
    const shown = (await times()).map((text) => text.trim().split(/\s/).at(-1));
    assert.equal(shown.length, 10);
    assert.equal(new Set(shown).size, 10);
    const seconds = shown.map((text) => Number(text.slice(-2)));
    assert.equal((60 + seconds[0] - seconds[1]) % 60, 1);
  });
  await page.check_and_close();
});

test('each kind of order and balance is told', async () => {
  const page = await openPage(world, '#/bids', { token: world.token, allowed: [status(429)] });
  await page.locator('#ended').check();
  const told = [
    [501, ['Runs and stays', '298.4021', 'is enough', '1.25 CLORE']],
    [502, ['Waits', 'below_reserve', '340.0001', 'would win']],
    [503, ['Runs, but loses at the next close', 'another bid', '300 from the next close']],
    [504, ['Waits', 'host_offline', 'no price wins']],
    [505, ['Cancelled; runs until the next close', '0.00006753 bitcoin']],
    [490, ['Ended: it expired', '12.5 CLORE']],
  ];
  await eventually(async () => {
    const orders = await page.locator('#orders tr').allInnerTexts();
    assert.equal(orders.length, told.length);
    for (const [i, [id, parts]] of told.entries())
      for (const part of [String(id), ...parts]) assert.ok(orders[i].includes(part), part);
  });
  assert.equal(await textOf(page, '#orders-count'), '5 in the market; 3 run');
  await eventually(async () => assert.match(await textOf(page, '#wallets'), /1,012\.5/));
  await page.check_and_close();
});

test('the rates that keep a choice are told, with and without limits', async () => {
  const forms = [
    /^The choice stays while 1 CLORE is worth 0\.\d+ to 0\.\d+ USD\. Now: 0\.\d+\.$/,
    /^The choice stays while 1 CLORE is worth at least 0\.\d+ USD\. Now: 0\.\d+\.$/,
    /^The choice stays while 1 CLORE is worth at most 0\.\d+ USD\. Now: 0\.\d+\.$/,
    /^No rate of CLORE changes this choice\.$/,
    /^No move of the rate is known to keep this choice\.$/,
  ];
  const keyOf = ({ rate_interval: rates }) =>
    !rates ? 4 : (rates[0] === null ? 2 : 0) + (rates[1] === null ? 1 : 0);
  const hosts = new Map();
  for (let id = 1; id <= 100; id += 1) {
    const key = keyOf(await world.get(`/page/hosts/${id}.json`));
    if (!hosts.has(key)) hosts.set(key, id);
  }
  assert.equal(hosts.size, forms.length);
  for (const [key, id] of hosts) {
    const page = await openPage(world, `#/hosts/${id}`);
    await eventually(async () => assert.match(await textOf(page, '#interval-text'), forms[key]));
    assert.equal(await page.locator('#interval-picture svg').count(), key < 3 ? 1 : 0);
    await page.check_and_close();
  }
});
