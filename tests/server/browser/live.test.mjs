// The live page in a browser: how it stays current by a stream of events.
// Against a mock: node live.test.mjs --mock
// Against a server: GIGASPOT_SERVER=build/server/bin/gigaspot-server node live.test.mjs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hostile } from './mock_market.mjs';
import { RealServer } from './real_server.mjs';
import {
  cutStream,
  eventually,
  isFilled,
  isLive,
  isMock,
  openPage,
  program,
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
  world = await startWorld();
});
after(async () => {
  await stopBrowser();
  await world.stop();
});

const loads = () => world.proxy.to('/page/market.json').length;

test('an event changes just the rows that it names', async () => {
  const page = await openPage(world);
  await isFilled(page);
  await page.waitForTimeout(500);
  await page.evaluate(() => {
    window.changed = new Set();
    new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
        window.changed.add(element?.closest('tr')?.dataset.host ?? 'the table');
      }
    }).observe(document.getElementById('hosts-rows'), {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
  });
  const from = world.proxy.frames.length;
  const [id] = world.ids;
  await world.stir([id]);
  const named = () =>
    world.proxy.frames
      .slice(from)
      .filter(({ event }) => event === 'hosts')
      .flatMap(({ data }) => JSON.parse(data).map(({ id }) => String(id)));
  const changed = await eventually(async () => {
    const ids = await page.evaluate(() => [...window.changed]);
    assert.ok(ids.includes(String(id)));
    return ids;
  }, 400);
  assert.deepEqual(
    changed.filter((id) => !named().includes(id)),
    [],
  );
  if (isMock) assert.deepEqual(changed, [String(id)]);
  await eventually(async () => {
    const { hosts } = await world.get('/page/market.json');
    const host = hosts.find((each) => each.id === id);
    assert.equal((await rowOf(page, id)).Bids, String(host.bids));
  });
  await page.check_and_close();
});

test('after a cut the stream resumes where it was, without loading everything', async () => {
  const page = await openPage(world, '#/', { allowed: [cutStream] });
  await isFilled(page);
  const from = world.proxy.frames.length;
  const [first, second] = world.ids;
  await world.stir([first]);
  await eventually(() => assert.ok(world.proxy.frames.length > from), 400);
  await page.waitForTimeout(300);
  const loaded = loads();
  const last = world.proxy.frames.at(-1).id;
  world.proxy.cut({ hold: true });
  await page.waitForFunction(() =>
    /^Reconnecting\. Data of \d\d:/.test(document.getElementById('state').textContent),
  );
  await world.stir([second]);
  const asked = world.proxy.to('/events').length;
  world.proxy.release();
  await isLive(page);
  const again = world.proxy
    .to('/events')
    .slice(asked - 1)
    .at(-1);
  assert.ok(Number(again.headers['last-event-id']) >= Number(last));
  await eventually(async () => {
    const { hosts } = await world.get('/page/market.json');
    assert.equal(
      (await rowOf(page, second)).Bids,
      String(hosts.find(({ id }) => id === second).bids),
    );
  });
  assert.equal(loads(), loaded);
  await page.check_and_close();
});

test('a reset, and numbers that begin again, make the page load everything', async () => {
  const page = await openPage(world);
  await isFilled(page);
  for (const frame of ['event: reset\ndata: {}\n\n', 'id: 1\nevent: hosts\ndata: []\n\n']) {
    await world.stir(world.ids.slice(0, 1));
    await page.waitForTimeout(1200);
    const loaded = loads();
    world.proxy.inject(frame);
    await eventually(() => assert.ok(loads() > loaded, frame));
  }
  await page.check_and_close();
});

test('data that is older than the stream is loaded again', async () => {
  const { event, ...old } = await world.get('/page/market.json');
  const rest = { ...old, event: event - 1 };
  rest.hosts = rest.hosts.map((host) => ({ ...host, bids: 4711 }));
  let isOld = true;
  world.proxy.intercept = (request, response) => {
    if (request.url !== '/page/market.json' || !isOld) return false;
    isOld = false;
    response.end(JSON.stringify(rest));
    return true;
  };
  const page = await openPage(world);
  await page.waitForFunction(() =>
    document.querySelector('#hosts-rows')?.textContent.includes('4,711'),
  );
  world.proxy.inject(`id: ${event + 1}\nevent: hosts\ndata: []\n\n`);
  await page.waitForFunction(
    () => !document.querySelector('#hosts-rows').textContent.includes('4,711'),
  );
  world.proxy.intercept = null;
  await page.check_and_close();
});

test('without a place for its stream the page shows the data, and becomes live later', async () => {
  let refused = 0;
  world.proxy.intercept = (request, response) => {
    if (request.url !== '/events' || refused === 2) return false;
    refused += 1;
    response.writeHead(503).end();
    return true;
  };
  const page = await openPage(world, '#/', { allowed: [status(503)] });
  await page.waitForFunction(() => document.querySelectorAll('#hosts-rows tr').length > 0);
  await isLive(page);
  assert.equal(refused, 2);
  world.proxy.intercept = null;
  await page.check_and_close();
});

test('a server that fails is named, and the page recovers', async () => {
  let isDown = true;
  world.proxy.intercept = (request, response) => {
    if (request.url !== '/page/market.json' || !isDown) return false;
    response.writeHead(500).end();
    return true;
  };
  const page = await openPage(world, '#/', { allowed: [status(500)] });
  await page.waitForFunction(() =>
    /status 500/.test(document.getElementById('notice').textContent),
  );
  isDown = false;
  await isFilled(page);
  assert.ok(await page.locator('#notice').isHidden());
  world.proxy.intercept = null;
  await page.check_and_close();
});

test('a paused page does not change, and is current when it goes on', async () => {
  const page = await openPage(world);
  await isFilled(page);
  await page.locator('#pause').press('Enter');
  assert.match(await textOf(page, '#state'), /^Paused/);
  const shown = await textOf(page, '#hosts-rows');
  await world.stir(world.ids.slice(0, 3));
  await page.waitForTimeout(1500);
  assert.equal(await textOf(page, '#hosts-rows'), shown);
  await page.locator('#pause').press('Enter');
  await eventually(async () => {
    const { hosts } = await world.get('/page/market.json');
    const [, id] = world.ids;
    assert.equal((await rowOf(page, id)).Bids, String(hosts.find((each) => each.id === id).bids));
  });
  await page.check_and_close();
});

test('the feed tells events in words', async () => {
  const page = await openPage(world);
  await isFilled(page);
  await page.evaluate(() => {
    window.told = [];
    new MutationObserver((records) => {
      for (const { addedNodes } of records)
        window.told.push(...[...addedNodes].map((node) => node.textContent));
    }).observe(document.getElementById('feed'), { childList: true });
  });
  const send = (number, events) =>
    world.proxy.inject(
      `id: ${2 ** 52 + number}\nevent: events\ndata: ${JSON.stringify(
        events.map((event) => ({ time: Date.now(), command: 1, host: 7, ...event })),
      )}\n\n`,
    );
  send(1, [
    { event: 'started', bid: 41, profit: '1.25359875' },
    { event: 'stopped', bid: 42, reason: 'below_reserve' },
  ]);
  send(2, [{ event: hostile, bid: 43 }]);
  await eventually(async () => {
    const feed = (await page.evaluate(() => window.told)).join('\n');
    assert.match(feed, /Host 7 starts bid 41, which leaves 1.2536 USD per day/);
    assert.match(feed, /Host 7 stops bid 42: too little would be left .* below_reserve/);
    assert.ok(feed.includes(hostile));
  });
  assert.equal(await page.locator('#feed img').count(), 0);
  await page.check_and_close();
});

test('a host that is removed leaves the table, and its own page says so', async () => {
  const page = await openPage(world, '#/', { allowed: [status(404)] });
  await isFilled(page);
  const { id, remove } = await world.extraHost();
  await page.locator('#filter-text').fill(`#${id}`);
  await eventually(async () => assert.ok(await rowOf(page, id)));
  const beside = await openPage(world, `#/hosts/${id}`, { allowed: [status(404)] });
  await beside.waitForFunction(() => document.querySelectorAll('#host-gpus tr').length > 0);
  await remove();
  await eventually(async () => {
    assert.equal(await textOf(page, '#hosts-count'), 'No host matches.');
    assert.equal(await textOf(beside, '#subtitle'), `There is no host ${id}.`);
    assert.equal(await textOf(beside, '#host-facts'), '');
  });
  await page.locator('#filter-text').fill('');
  assert.equal(await page.locator('#hosts-rows tr').count(), 25);
  await beside.check_and_close();
  await page.check_and_close();
});

if (!isMock) {
  test('the data of a market without orders tells the time too', async () => {
    const server = new RealServer(program, ['--interval', '1d']);
    await server.start();
    const first = await server.get('/page/market.json');
    await eventually(async () => {
      const second = await server.get('/page/market.json');
      assert.ok(second.time > first.time);
      assert.equal(second.next_close, first.next_close);
    });
    await server.stop();
  });

  test('after a crash of the server the page goes on with what it had stored', async () => {
    const page = await openPage(world, '#/', { allowed: [/ERR_/, /WebSocket/] });
    await isFilled(page);
    const before = await world.get('/page/market.json');
    const loaded = loads();
    await world.server.kill();
    await page.waitForFunction(() =>
      /^Reconnecting/.test(document.getElementById('state').textContent),
    );
    await world.server.start();
    await isLive(page);
    await eventually(async () => {
      const market = await world.get('/page/market.json');
      assert.ok(market.event > before.event && market.totals.hosts === before.totals.hosts);
      assert.deepEqual(market.history[0], before.history[0]);
      assert.equal(await textOf(page, '#total-running'), String(market.totals.running));
      assert.ok(loads() > loaded);
    });
    await page.check_and_close();
  });
}
