// The live page in a browser: what it shows, how it stays current, and what it does with a token.
// Against a mock: node page.test.mjs --mock
// Against a server: GIGASPOT_URL=http://127.0.0.1:8080 GIGASPOT_TOKEN=... node page.test.mjs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hostile } from './mock_market.mjs';
import { cutStream, eventually, isFilled, isLive, isMock, openPage, rowOf, startBrowser, startWorld,
  status, stopBrowser, textOf } from './support.mjs';

let world;
before(async () => { await startBrowser(); world = await startWorld(); });
after(async () => { await stopBrowser(); await world.stop(); });

const keyName = 'gigaspot.token';
const apiRequests = () => world.proxy.requests.filter(({ url }) => url.startsWith('/v1/'));
const loads = () => world.proxy.to('/page/market.json').length;

/** Makes hosts change: the mock at once, a server in its own time. */
const stir = (ids) => world.mock?.change(ids);

test('no route makes the browser complain, breaks the policy or leaves the origin', async () => {
  const page = await openPage(world, '#/', { token: world.token });
  await isFilled(page);
  for (const hash of [`#/hosts/${await world.hostWithBids()}`, '#/bids', '#/nonsense', '#/']) {
    await page.evaluate((to) => { location.hash = to; }, hash);
    await page.waitForTimeout(1500);
  }
  assert.match((await page.request.get(world.origin)).headers()['content-security-policy'],
    /default-src 'none'.*script-src 'self'/);
  await page.check_and_close();
});

test('totals and rows are those of the data', async () => {
  const page = await openPage(world);
  await isFilled(page);
  await eventually(async () => {
    const { totals, hosts } = await world.get('/page/market.json');
    assert.equal(await textOf(page, '#total-running'), String(totals.running));
    assert.match(await textOf(page, '#total-hosts'), new RegExp(`of ${totals.hosts};`));
    for (const name of ['profit', 'income', 'electricity']) {
      const shown = (await textOf(page, `#total-${name}`)).replace(/,/g, '').replace('−', '-');
      assert.ok(Math.abs(Number(shown) - Number(totals[name])) <= 0.0051, `${name} ${shown}`);
    }
    const host = hosts.find(({ run }) => run);
    const row = await rowOf(page, host.id);
    assert.equal(row.GPUs, host.gpus);
    assert.equal(row.State, 'Running');
    assert.equal(row.Bid, `${host.run.bid} owner ${host.run.owner}`);
    assert.equal(row.Bids, String(host.bids));
    assert.ok(Math.abs(Number(row.Profit.replace('−', '-')) - Number(host.run.profit)) <= 0.000051);
    const idle = hosts.find(({ run }) => !run);
    if (idle && await rowOf(page, idle.id)) assert.equal((await rowOf(page, idle.id)).Profit, '–');
  });
  await page.check_and_close();
});

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
    }).observe(document.getElementById('hosts-rows'),
      { subtree: true, childList: true, characterData: true, attributes: true });
  });
  const from = world.proxy.frames.length;
  stir([4]);
  const named = () => world.proxy.frames.slice(from).filter(({ event }) => event === 'hosts')
    .flatMap(({ data }) => JSON.parse(data).map(({ id }) => String(id)));
  const changed = await eventually(async () => {
    const ids = await page.evaluate(() => [...window.changed]);
    assert.notEqual(ids.length, 0);
    return ids;
  }, 400);
  assert.deepEqual(changed.filter((id) => !named().includes(id)), []);
  if (isMock) assert.deepEqual(changed, ['4']);
  await eventually(async () => {
    const { hosts } = await world.get('/page/market.json');
    const host = hosts.find(({ id }) => String(id) === changed[0]);
    assert.equal((await rowOf(page, host.id)).Bids, String(host.bids));
  });
  await page.check_and_close();
});

test('after a cut the stream resumes where it was, without loading everything', async () => {
  const page = await openPage(world, '#/', { allowed: [cutStream] });
  await isFilled(page);
  const from = world.proxy.frames.length;
  stir([4]);
  await eventually(() => assert.ok(world.proxy.frames.length > from), 400);
  await page.waitForTimeout(300);
  const loaded = loads();
  const last = world.proxy.frames.at(-1).id;
  world.proxy.cut({ hold: true });
  await page.waitForFunction(() => /^Reconnecting\. Data of \d\d:/.test(
    document.getElementById('state').textContent));
  stir([5]);
  const asked = world.proxy.to('/events').length;
  world.proxy.release();
  await isLive(page);
  const again = world.proxy.to('/events').slice(asked - 1).at(-1);
  assert.ok(Number(again.headers['last-event-id']) >= Number(last));
  await eventually(async () => {
    const { hosts } = await world.get('/page/market.json');
    assert.equal((await rowOf(page, 5)).Bids, String(hosts.find(({ id }) => id === 5).bids));
  });
  assert.equal(loads(), loaded);
  await page.check_and_close();
});

test('a reset, and numbers that begin again, make the page load everything', async () => {
  const page = await openPage(world);
  await isFilled(page);
  for (const frame of ['event: reset\ndata: {}\n\n', 'id: 1\nevent: hosts\ndata: []\n\n']) {
    stir([4]);
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
  await page.waitForFunction(() => document.querySelector('#hosts-rows')?.textContent.includes('4,711'));
  world.proxy.inject(`id: ${event + 1}\nevent: hosts\ndata: []\n\n`);
  await page.waitForFunction(() => !document.querySelector('#hosts-rows').textContent.includes('4,711'));
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
  await page.waitForFunction(() => /status 500/.test(document.getElementById('notice').textContent));
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
  stir([1, 4, 5]);
  await page.waitForTimeout(1500);
  assert.equal(await textOf(page, '#hosts-rows'), shown);
  await page.locator('#pause').press('Enter');
  await eventually(async () => {
    const { hosts } = await world.get('/page/market.json');
    assert.equal((await rowOf(page, 4)).Bids, String(hosts.find(({ id }) => id === 4).bids));
  });
  await page.check_and_close();
});

test('the feed tells events in words', async () => {
  const page = await openPage(world);
  await isFilled(page);
  const send = (event) => world.proxy.inject(`id: ${2 ** 40 + event.bid}\nevent: event\ndata: ${
    JSON.stringify({ time: Date.now(), command: 1, host: 7, ...event })}\n\n`);
  send({ event: 'started', bid: 41, profit: '1.25359875' });
  send({ event: 'stopped', bid: 42, reason: 'below_reserve' });
  send({ event: hostile, bid: 43 });
  await eventually(async () => {
    const feed = await textOf(page, '#feed');
    assert.match(feed, /Host 7 starts bid 41, which leaves 1.2536 USD per day/);
    assert.match(feed, /Host 7 stops bid 42: too little would be left .* below_reserve/);
    assert.ok(feed.includes(hostile));
  });
  assert.equal(await page.locator('#feed img').count(), 0);
  await page.check_and_close();
});

test("a host's page explains each bid and says what would win", async () => {
  const id = await world.hostWithBids();
  const page = await openPage(world, `#/hosts/${id}`);
  await page.waitForFunction(() => document.querySelectorAll('#host-bids tr').length > 0);
  assert.equal(await textOf(page, 'h1'), `Host ${id}`);
  const host = await eventually(async () => {
    const data = await world.get(`/page/hosts/${id}.json`);
    const rows = await page.locator('#host-bids tr').all();
    assert.equal(rows.length, data.bids.length);
    for (const [i, bid] of data.bids.entries()) {
      const text = await rows[i].innerText();
      assert.ok(text.includes(String(bid.bid)), text);
      if (bid.wins) assert.match(text, /Wins|Runs and stays/);
      else if (bid.eligible) assert.match(text, /Eligible|Runs, but loses/);
      else assert.ok(text.includes(bid.reason) && text.includes('Not eligible'), text);
      if (bid.lowest !== null && bid.lowest !== bid.price) assert.match(text, /is enough|would win/);
    }
    return data;
  });
  assert.equal(await page.locator('#win-rows tr').count(), host.to_win.length);
  if (host.rate_interval) assert.match(await textOf(page, '#interval-text'), /The choice stays while/);
  await page.locator('#win-watts').focus();
  const watts = host.gpus[0].pl[0] + 1;
  await page.keyboard.type(String(watts));
  await page.keyboard.press('Enter');
  await page.waitForFunction((text) => document.getElementById('win-status').textContent.includes(text),
    `${watts} W`);
  await page.check_and_close();
});

test('a host that does not exist is named', async () => {
  const page = await openPage(world, '#/hosts/987654321', { allowed: [status(404)] });
  await page.waitForFunction(() => document.getElementById('subtitle').textContent
    === 'There is no host 987654321.');
  await page.check_and_close();
});

test('names from the market are shown as text and never run', async () => {
  world.proxy.intercept = (request, response) => {
    if (!/^\/page\/(market|hosts\/1)\.json$/.test(request.url)) return false;
    world.get(request.url).then((data) => {
      if (data.hosts) {
        Object.assign(data.hosts[0], { gpus: hostile, state: hostile, run: {
          bid: 1, owner: hostile, price: hostile, currency: hostile, watts: hostile, profit: hostile } });
        data.main_currency = hostile;
      } else {
        data.gpus[0].model = hostile;
        data.bids = [{ ...data.bids[0], bid: hostile, eligible: false, wins: false, reason: hostile,
          currency: hostile, price: '1', lowest: null }];
      }
      response.end(JSON.stringify(data));
    });
    return true;
  };
  const page = await openPage(world);
  await isFilled(page);
  assert.ok((await textOf(page, '#hosts-rows')).includes(hostile));
  await page.evaluate(() => { location.hash = '#/hosts/1'; });
  await page.waitForFunction((text) => document.getElementById('host-bids').textContent.includes(text), hostile);
  assert.ok((await textOf(page, '#host-gpus')).includes(hostile));
  assert.equal(await page.locator('main img').count(), 0);
  assert.notEqual(await page.title(), 'owned');
  world.proxy.intercept = null;
  await page.check_and_close();
});

test('the token is kept in local storage only and sent only as a header', async () => {
  const page = await openPage(world, '#/bids');
  await page.locator('#token').focus();
  await page.keyboard.type(world.token);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('#wallets dt').length > 0
    || !document.getElementById('no-wallets').hidden);
  const kept = await page.evaluate(() => ({ local: { ...localStorage }, session: sessionStorage.length,
    cookies: document.cookie, html: document.documentElement.outerHTML, typed: document.getElementById('token').value }));
  assert.deepEqual(kept.local, { [keyName]: world.token });
  assert.equal(kept.session, 0);
  assert.equal(kept.cookies, '');
  assert.equal(kept.typed, '');
  assert.ok(!kept.html.includes(world.token));
  await eventually(() => assert.ok(apiRequests().length >= 4), 80);
  for (const { url, headers } of world.proxy.requests) {
    assert.ok(!url.includes(world.token));
    for (const [name, value] of Object.entries(headers)) {
      if (value.includes(world.token)) assert.equal(`${name} ${/^\/v1\/(my_orders|wallets)/.test(url)}`, 'auth true');
    }
  }
  assert.equal(apiRequests().filter((request) => request.status === 429).length, 0);
  if (isMock) {
    const orders = await textOf(page, '#orders');
    for (const part of ['Runs and stays', 'below_reserve', '340.0001', 'would win', 'host_offline',
      'no price wins', '300 from the next close', 'Cancelled']) assert.ok(orders.includes(part), part);
    assert.match(await textOf(page, '#wallets'), /1,012\.5/);
  }
  await page.locator('#forget').press('Enter');
  assert.deepEqual(await page.evaluate(() => ({ ...localStorage })), {});
  assert.ok(await page.locator('#account').isHidden());
  assert.equal(await textOf(page, '#orders'), '');
  const asked = apiRequests().length;
  await page.waitForTimeout(7000);
  assert.ok(apiRequests().length <= asked + 1);  // one may have been under way
  await page.check_and_close();
});

test('a 429 is obeyed for as long as it says', async () => {
  const page = await openPage(world, '#/bids', { token: world.token, allowed: [status(429)] });
  await page.waitForFunction(() => !document.getElementById('account').hidden);
  let refused = null;
  world.proxy.intercept = (request, response) => {
    if (refused || !request.url.startsWith('/v1/')) return false;
    refused = Date.now();
    response.writeHead(429, { 'Retry-After': '7', 'Content-Type': 'application/json' });
    response.end('{"code":5,"error":"slow down"}');
    return true;
  };
  await page.waitForFunction(() => /asks to wait for \d s/.test(document.getElementById('token-status').textContent));
  const next = await eventually(() => {
    const later = apiRequests().find(({ time }) => time > refused + 5);
    assert.ok(later);
    return later;
  });
  assert.ok(next.time - refused >= 7000);  // what the server asked for
  await page.waitForFunction(() => document.getElementById('token-status').textContent === '');
  world.proxy.intercept = null;
  await page.check_and_close();
});

test('a token that the server does not know is named, and not sent again', async () => {
  const page = await openPage(world, '#/bids', { token: 'x'.repeat(world.token.length), allowed: [status(401)] });
  await page.waitForFunction(() => /does not know this token/.test(
    document.getElementById('token-status').textContent));
  const asked = apiRequests().length;
  await page.waitForTimeout(7000);
  assert.equal(apiRequests().length, asked);
  assert.ok(await page.locator('#account').isHidden());
  await page.check_and_close();
});
