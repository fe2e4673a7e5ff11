// The live page in a browser: what it shows, and what it does with a token.
// Against a mock: node page.test.mjs --mock
// Against a server: GIGASPOT_SERVER=build/server/bin/gigaspot-server node page.test.mjs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hostile } from './mock_market.mjs';
import {
  eventually,
  isFilled,
  isMock,
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
  world = await startWorld();
});
after(async () => {
  await stopBrowser();
  await world.stop();
});

const keyName = 'gigaspot.token';
const apiRequests = () => world.proxy.requests.filter(({ url }) => url.startsWith('/v1/'));

test('no route makes the browser complain, breaks the policy or leaves the origin', async () => {
  const page = await openPage(world, '#/', { token: world.token, allowed: [status(429)] });
  await isFilled(page);
  for (const hash of [`#/hosts/${await world.hostWithBids()}`, '#/bids', '#/nonsense', '#/']) {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await page.waitForTimeout(1500);
  }
  assert.match(
    (await page.request.get(world.origin)).headers()['content-security-policy'],
    /default-src 'none'.*script-src 'self'/,
  );
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
    const profit = Number(row.Profit.replace('−', '-'));
    assert.ok(Math.abs(profit - Number(host.run.profit)) <= 0.000051);
    const idle = hosts.find(({ run }) => !run);
    if (idle && (await rowOf(page, idle.id)))
      assert.equal((await rowOf(page, idle.id)).Profit, '–');
  });
  await page.check_and_close();
});

test('numbers are shortened digit by digit, and small ones keep their digits', async () => {
  const page = await openPage(world);
  const shown = await page.evaluate(async () => {
    const format = await import('/page/format.js');
    const decimals = ['1.25359875', '-0.00004', '0.00006753', '999.99996', '-0.99995', '1000000.5'];
    return {
      decimals: decimals.map((each) => format.decimal(each).text),
      exact: format.decimal('1.25359875').title,
      short: format.decimal('1.25').title,
      usd: ['1.5', '0', '12345678901234567890.12345'].map((each) => format.usd(each, 2).text),
      numbers: [310.5, 6.753e-5, 1e-7].map((each) => format.decimal(each).text),
      watts: [999, 1000, 12345, 123456, 1970000, null].map((each) => format.watts(each).text),
      others: ['NaN', '1e5', '<b>', null].map((each) => format.decimal(each).text),
    };
  });
  assert.deepEqual(shown, {
    decimals: ['1.2536', '−0.00004', '0.00006753', '1,000', '−1', '1,000,000.5'],
    exact: '1.25359875',
    short: null,
    usd: ['1.50', '0.00', '12,345,678,901,234,567,890.12'],
    numbers: ['310.5', '0.00006753', '0.0000001'],
    watts: ['999 W', '1.00 kW', '12.3 kW', '123 kW', '1.97 MW', '–'],
    others: ['NaN', '1e5', '<b>', '–'],
  });
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
      if (bid.lowest !== null && bid.lowest !== bid.price)
        assert.match(text, /is enough|would win/);
    }
    return data;
  });
  assert.equal(await page.locator('#win-rows tr').count(), host.to_win.length);
  if (host.rate_interval)
    assert.match(await textOf(page, '#interval-text'), /The choice stays while/);
  await page.locator('#win-watts').focus();
  const watts = host.gpus[0].pl[0] + 1;
  await page.keyboard.type(String(watts));
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    (text) => document.getElementById('win-status').textContent.includes(text),
    `${watts} W`,
  );
  await page.check_and_close();
});

test('a host that does not exist is named', async () => {
  const page = await openPage(world, '#/hosts/987654321', { allowed: [status(404)] });
  await page.waitForFunction(
    () => document.getElementById('subtitle').textContent === 'There is no host 987654321.',
  );
  await page.check_and_close();
});

test('names from the market are shown as text and never run', async () => {
  world.proxy.intercept = (request, response) => {
    if (request.url.startsWith('/events')) {
      // A stream without events, since the next row of a live market would take the name away.
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(': quiet\n\n');
      return true;
    }
    if (!/^\/page\/(market|hosts\/\d+)\.json$/.test(request.url)) return false;
    world.get(request.url).then((data) => {
      if (data.hosts) {
        Object.assign(data.hosts[0], {
          gpus: hostile,
          state: hostile,
          run: {
            bid: 1,
            owner: hostile,
            price: hostile,
            currency: hostile,
            watts: hostile,
            profit: hostile,
          },
        });
        data.main_currency = hostile;
      } else {
        data.gpus[0].model = hostile;
        data.bids = [
          {
            ...data.bids[0],
            bid: hostile,
            eligible: false,
            wins: false,
            reason: hostile,
            currency: hostile,
            price: '1',
            lowest: null,
          },
        ];
      }
      response.end(JSON.stringify(data));
    });
    return true;
  };
  const page = await openPage(world);
  await isFilled(page);
  assert.ok((await textOf(page, '#hosts-rows')).includes(hostile));
  await page.evaluate((id) => {
    location.hash = `#/hosts/${id}`;
  }, world.ids[0]);
  await page.waitForFunction(
    (text) => document.getElementById('host-bids').textContent.includes(text),
    hostile,
  );
  assert.ok((await textOf(page, '#host-gpus')).includes(hostile));
  assert.equal(await page.locator('main img').count(), 0);
  assert.notEqual(await page.title(), 'owned');
  world.proxy.intercept = null;
  await page.check_and_close();
});

test('the token is kept in local storage only and sent only as a header', async () => {
  const page = await openPage(world, '#/bids', { allowed: [status(429)] });
  await page.locator('#token').focus();
  await page.keyboard.type(world.token);
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    () =>
      document.querySelectorAll('#wallets dt').length > 0 ||
      !document.getElementById('no-wallets').hidden,
  );
  const kept = await page.evaluate(() => ({
    local: { ...localStorage },
    session: sessionStorage.length,
    cookies: document.cookie,
    html: document.documentElement.outerHTML,
    typed: document.getElementById('token').value,
  }));
  assert.deepEqual(kept.local, { [keyName]: world.token });
  assert.equal(kept.session, 0);
  assert.equal(kept.cookies, '');
  assert.equal(kept.typed, '');
  assert.ok(!kept.html.includes(world.token));
  const sent = await eventually(async () => {
    const times = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.includes('/v1/'))
        .map(({ startTime }) => startTime),
    );
    assert.ok(times.length >= 4);
    return times;
  }, 240);
  for (let i = 1; i < sent.length; i += 1) assert.ok(sent[i] - sent[i - 1] >= 1000, String(sent));
  for (const { url, headers } of world.proxy.requests) {
    assert.ok(!url.includes(world.token));
    for (const [name, value] of Object.entries(headers)) {
      if (value.includes(world.token))
        assert.equal(`${name} ${/^\/v1\/(my_orders|wallets)/.test(url)}`, 'auth true');
    }
  }
  await page.locator('#pause').press('Enter');
  await page.waitForTimeout(1500); // one request may be under way
  const before = apiRequests().length;
  await page.waitForTimeout(6500);
  assert.equal(apiRequests().length, before);
  await page.locator('#pause').press('Enter');
  await eventually(() => assert.ok(apiRequests().length > before));
  await page.locator('#forget').press('Enter');
  assert.deepEqual(await page.evaluate(() => ({ ...localStorage })), {});
  assert.ok(await page.locator('#account').isHidden());
  assert.equal(await textOf(page, '#orders'), '');
  const asked = apiRequests().length;
  await page.waitForTimeout(7000);
  assert.ok(apiRequests().length <= asked + 1); // one may have been under way
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
  await page.waitForFunction(() =>
    /asks to wait for \d s/.test(document.getElementById('token-status').textContent),
  );
  const next = await eventually(() => {
    const later = apiRequests().find(({ time }) => time > refused + 5);
    assert.ok(later);
    return later;
  });
  assert.ok(next.time - refused >= 7000); // what the server asked for
  await page.waitForFunction(() => document.getElementById('token-status').textContent === '');
  world.proxy.intercept = null;
  await page.check_and_close();
});

test('a token that the server does not know is named, and not sent again', async () => {
  const page = await openPage(world, '#/bids', {
    token: 'x'.repeat(world.token.length),
    allowed: [status(401)],
  });
  await page.waitForFunction(() =>
    /does not know this token/.test(document.getElementById('token-status').textContent),
  );
  const asked = apiRequests().length;
  await page.waitForTimeout(7000);
  assert.equal(apiRequests().length, asked);
  assert.ok(await page.locator('#account').isHidden());
  await page.check_and_close();
});

if (!isMock) {
  test("a renter's view tells orders that win from those that do not", async () => {
    const { hosts } = await world.get('/page/market.json');
    const [first, second] = world.ids.map((id) => hosts.find((host) => host.id === id));
    const price = (host, factor) => Number((Number(host.run.price) * factor).toFixed(1));
    const answer = await world.renter.bid({
      [first.id]: price(first, 3),
      [second.id]: price(second, 0.2),
    });
    assert.deepEqual(answer.failed_to_rent_servers, []);
    const options = { token: world.token, allowed: [status(429)] };
    const page = await openPage(world, '#/bids', options);
    const orders = () => page.locator('#orders tr').allInnerTexts();
    await eventually(async () => {
      const [high, low] = await orders();
      assert.match(high, new RegExp(`#${first.id}`));
      assert.match(high, /Runs and stays/);
      assert.match(high, /is enough/);
      assert.match(low, /Waits: (another bid leaves more|too little would be left)/);
      assert.match(low, /would win/);
    }, 120);
    await eventually(async () => {
      assert.match(await textOf(page, '#orders-count'), /^2 in the market; 1 run$/);
      const { wallets } = await world.renter.send('GET', '/v1/wallets');
      const text = await page.locator('#wallets dd').first().innerText();
      const balance = Number(text.replace(/,/g, ''));
      assert.ok(balance < 1000 && Math.abs(balance - wallets[0].balance) < 1, String(balance));
    });
    const { orders: own } = await world.renter.send('GET', '/v1/my_orders');
    await world.renter.send('POST', '/v1/cancel_orders', { order_ids: own.map(({ id }) => id) });
    await page.locator('#ended').check();
    await eventually(async () => {
      const texts = (await orders()).join('\n');
      assert.equal(texts.match(/Ended: it was cancelled/g)?.length, 2, texts);
    });
    await page.check_and_close();
  });

  test("a host's page counts the runs that ended because of the machine", async () => {
    const { id, provider } = await world.extraHost();
    const page = await openPage(world, `#/hosts/${id}`);
    const facts = () => textOf(page, '#host-facts');
    await eventually(async () =>
      assert.match(await facts(), /No run has ended because of this machine/),
    );
    await eventually(async () =>
      assert.equal(await textOf(page, '#interval-text'), 'No rate of CLORE changes this choice.'),
    );
    await world.renter.bid({ [id]: 300 });
    const subtitle = () => textOf(page, '#subtitle');
    await eventually(async () => assert.match(await subtitle(), /; runs bid \d+ of/));
    await provider.send('POST', `/host/v1/machines/${id}/heartbeat`, { online: false });
    await eventually(async () => {
      assert.match(await facts(), /1 run has ended because of this machine/);
      assert.match(await subtitle(), /Offline; runs no bid/);
      assert.match(await textOf(page, '#win-rows'), /no price wins: the host is offline/);
    });
    await page.check_and_close();
  });
}
