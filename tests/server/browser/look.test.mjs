// How the page looks and is used: colours, phone, keyboard, screen reader, motion.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  eventually,
  isFilled,
  keepShot,
  openPage,
  phone,
  startBrowser,
  startWorld,
  status,
  stopBrowser,
  textOf,
} from './support.mjs';

let world;
let routes;
before(async () => {
  await startBrowser();
  world = await startWorld({ lively: true });
  routes = { market: '#/', host: `#/hosts/${await world.hostWithBids()}`, bids: '#/bids' };
});
after(async () => {
  await stopBrowser();
  await world.stop();
});

/** Opens a route and waits for what it shows. The details of the charts are open. */
async function openFilled(name, { allowed = [], ...options } = {}) {
  const page = await openPage(world, routes[name], {
    token: world.token,
    allowed: [...allowed, status(429)], // each page of this token asks soon after the one before
    ...options,
  });
  const wanted = { market: '#hosts-rows tr', host: '#host-bids tr', bids: '#wallets, #no-wallets' }[
    name
  ];
  await eventually(
    () => page.locator(wanted).first().waitFor({ state: 'visible', timeout: 500 }),
    40,
  );
  await page.evaluate(() => {
    for (const each of document.querySelectorAll('details')) each.open = true;
  });
  if (name === 'market') await isFilled(page);
  await page.waitForTimeout(300);
  return page;
}

/** The texts of a page whose contrast with what is behind them is too low. */
function lowContrasts() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) =>
    top
      .slice(0, 3)
      .map((c, i) => c * top[3] + below[i] * (1 - top[3]))
      .concat(1);
  const behind = (element) => {
    if (!element) return [255, 255, 255, 1];
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(element.parentElement));
  };
  const light = ([r, g, b]) =>
    [r, g, b]
      .map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((m, n) => n - m);
    return (x + 0.05) / (y + 0.05);
  };
  const found = [];
  let looked = 0;
  for (const element of document.querySelectorAll('body *')) {
    const style = getComputedStyle(element);
    if (element.closest('svg, noscript') || !element.checkVisibility()) continue;
    const ground = behind(element);
    const isField = element.matches('input:not([type=checkbox]), select');
    if (isField && contrast(rgba(style.borderTopColor), behind(element.parentElement)) < 3) {
      found.push(`${element.id}: border`);
    }
    if (
      !isField &&
      ![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    )
      continue;
    looked += 1;
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = contrast(over(rgba(style.color), ground), ground);
    if (ratio < (isLarge ? 3 : 4.5)) {
      found.push(`${element.tagName} "${element.textContent.slice(0, 30)}" ${ratio.toFixed(2)}`);
    }
  }
  return { found, looked };
}

/** The mean of all pixels of a screenshot, from 0 to 255. */
async function meanLight(page, png) {
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), {
      width: 64,
      height: 64,
    }).getContext('2d');
    canvas.drawImage(image, 0, 0, 64, 64);
    const { data: pixels } = canvas.getImageData(0, 0, 64, 64);
    return pixels.reduce((sum, value, i) => sum + (i % 4 === 3 ? 0 : value), 0) / (64 * 64 * 3);
  }, png.toString('base64'));
}

test('light and dark differ, and all texts can be read in both', async () => {
  for (const name of Object.keys(routes)) {
    const means = {};
    for (const scheme of ['light', 'dark']) {
      const page = await openFilled(name, { colorScheme: scheme, reducedMotion: 'reduce' });
      const { found, looked } = await page.evaluate(lowContrasts);
      assert.deepEqual(found, [], `${name}, ${scheme}`);
      assert.ok(looked > 20);
      const png = await page.screenshot({ fullPage: true });
      keepShot(`${name}-${scheme}`, png);
      means[scheme] = await meanLight(page, png);
      await page.check_and_close();
    }
    assert.ok(means.light > 200 && means.dark < 60, JSON.stringify(means));
  }
});

test('a change of the scheme repaints the charts', async () => {
  const page = await openFilled('market', {
    colorScheme: 'light',
    reducedMotion: 'reduce',
    allowed: [/willReadFrequently/],
  });
  const ink = () =>
    page.evaluate(() => {
      const { width, height } = document.getElementById('chart-rate');
      const { data } = document
        .getElementById('chart-rate')
        .getContext('2d')
        .getImageData(0, 0, width, height);
      let [sum, count] = [0, 0];
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > 200) {
          sum += data[i] + data[i + 1] + data[i + 2];
          count += 1;
        }
      }
      return { count, mean: sum / count };
    });
  const light = await ink();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForTimeout(300);
  const dark = await ink();
  assert.ok(light.count > 500 && dark.count > 500);
  assert.ok(Math.abs(dark.mean - light.mean) > 20, JSON.stringify([light, dark]));
  await page.check_and_close();
});

test('on a phone, and on a tablet, no route scrolls sideways', async () => {
  for (const name of Object.keys(routes)) {
    const page = await openFilled(name, phone);
    if (name === 'bids') await page.locator('#ended').check();
    for (const width of [360, 600, 800, 1000]) {
      await page.setViewportSize({ width, height: 740 });
      await page.waitForTimeout(300);
      const size = await page.evaluate(() => ({
        inner: innerWidth,
        wide: [...document.querySelectorAll('body *')]
          .filter(
            (element) =>
              element.checkVisibility() &&
              !element.closest('.unseen, thead') &&
              element.getBoundingClientRect().right > innerWidth + 1,
          )
          .map((element) => element.outerHTML.slice(0, 80)),
        scroll: document.documentElement.scrollWidth,
      }));
      assert.ok(size.scroll <= size.inner, `${name} at ${width}: ${size.scroll}`);
      assert.deepEqual(size.wide, [], `${name} at ${width}`);
      if (width === 360) keepShot(`${name}-phone`, await page.screenshot({ fullPage: true }));
    }
    await page.check_and_close();
  }
});

test('each control has a name, each table a caption, each route one heading', async () => {
  for (const name of Object.keys(routes)) {
    const page = await openFilled(name);
    const faults = await page.evaluate(() => {
      const found = [];
      const visible = (selector) =>
        [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
      for (const field of visible('input, select')) {
        if (![...field.labels].some((label) => label.textContent.trim()))
          found.push(`no label: ${field.id}`);
      }
      for (const button of visible('button, a, summary')) {
        if (!button.textContent.trim()) found.push(`no name: ${button.outerHTML}`);
      }
      for (const table of document.querySelectorAll('table')) {
        if (!table.caption?.textContent.trim()) found.push(`no caption: ${table.id}`);
        for (const head of table.querySelectorAll('th'))
          if (head.scope !== 'col') found.push('no scope');
        for (const part of table.querySelectorAll('tr, td, th'))
          if (!part.hasAttribute('role')) found.push('no role');
      }
      if (visible('h1').length !== 1) found.push('not one h1');
      for (const selector of ['main', 'header', 'nav[aria-label]', 'footer']) {
        if (!document.querySelector(selector)) found.push(`no ${selector}`);
      }
      for (const section of document.querySelectorAll('section')) {
        if (!document.getElementById(section.getAttribute('aria-labelledby')))
          found.push('section without name');
      }
      for (const canvas of document.querySelectorAll('canvas')) {
        if (canvas.getAttribute('role') !== 'img' || !canvas.getAttribute('aria-label'))
          found.push('canvas');
      }
      const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
      if (new Set(ids).size !== ids.length) found.push('an id twice');
      if (document.querySelectorAll('[style]:not(canvas)').length > 0) found.push('inline style');
      if (document.documentElement.lang !== 'en' || !document.title)
        found.push('no language or title');
      return found;
    });
    assert.deepEqual(faults, [], name);
    await page.check_and_close();
  }
});

test('Tab reaches everything, in the order of the page, and the focus is visible', async () => {
  for (const name of Object.keys(routes)) {
    const page = await openFilled(name, { reducedMotion: 'reduce' });
    await page.locator('#pause').press('Space');
    await page.evaluate(() => {
      document.activeElement.blur();
      getSelection().removeAllRanges();
      window.wanted = [
        ...document.querySelectorAll('a[href], button, input, select, summary'),
      ].filter((element) => element.checkVisibility());
    });
    const reached = [];
    await page.locator('#skip').focus();
    for (;;) {
      const state = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return {
          at: window.wanted.indexOf(document.activeElement),
          skip: document.activeElement.id === 'skip',
          outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        };
      });
      if (state.at < 0 || reached.includes(state.at)) break;
      assert.ok(state.outline, `no outline at ${state.at}`);
      reached.push(state.at);
      await page.keyboard.press('Tab');
    }
    const count = await page.evaluate(() => window.wanted.length);
    assert.ok(count > 5);
    assert.deepEqual(
      reached,
      Array.from({ length: count }, (_, i) => i),
      name,
    );
    await page.check_and_close();
  }
});

test('the skip link and each new route move the focus to the heading', async () => {
  const page = await openFilled('market');
  const focus = () => page.evaluate(() => document.activeElement.id);
  await page.locator('#skip').focus();
  await page.keyboard.press('Enter');
  assert.equal(await focus(), 'title');
  assert.equal(await page.evaluate(() => location.hash), '#/');
  await page.locator('#to-bids').focus();
  await page.keyboard.press('Enter');
  await eventually(async () => assert.equal(await focus(), 'title'));
  assert.equal(await page.locator('#to-bids').getAttribute('aria-current'), 'page');
  assert.equal(await page.locator('#to-market').getAttribute('aria-current'), null);
  await page.check_and_close();
});

test('live updates do not make a screen reader speak', async () => {
  const page = await openFilled('market');
  await page.evaluate(() => {
    window.spoken = [];
    window.updates = 0;
    window.told = 0;
    new MutationObserver(() => {
      window.told += 1;
    }).observe(document.getElementById('feed'), { childList: true });
    for (const region of document.querySelectorAll(
      '[role=status], [role=alert], [aria-live], [role=log]',
    )) {
      new MutationObserver(() => window.spoken.push(region.textContent)).observe(region, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    }
    new MutationObserver(() => {
      window.updates += 1;
    }).observe(document.querySelector('main'), {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
  const seen = () => page.evaluate(() => window.updates >= 5 && window.told > 0);
  await eventually(async () => assert.ok(await seen()), 400);
  assert.deepEqual(await page.evaluate(() => window.spoken), []);
  await page.check_and_close();
});

test('the tables of the charts hold the last values, and their labels say the range', async () => {
  const page = await openFilled('market');
  await eventually(async () => {
    const { history } = await world.get('/page/market.json');
    const [, rate, running] = history.at(-1);
    const cells = (id) => page.locator(`#${id} tbody tr`).first().locator('td').allInnerTexts();
    assert.ok(
      (await cells('rate-values'))[1].startsWith(
        rate === null ? '–' : String(Number(rate)).slice(0, 6),
      ),
    );
    assert.equal((await cells('market-values'))[1].trim().split('\n').at(-1), String(running));
    assert.match(
      await page.locator('#chart-rate').getAttribute('aria-label'),
      /lowest .* highest .* last /,
    );
  });
  await page.check_and_close();
});

test('all digits are shown on request', async () => {
  const page = await openFilled('market');
  await page.locator('#all-digits').check();
  await eventually(async () => {
    const { totals } = await world.get('/page/market.json');
    assert.equal(
      (await textOf(page, '#total-profit')).replace(/,/g, '').replace('−', '-'),
      totals.profit,
    );
    assert.equal(await textOf(page, '#total-watts'), `${totals.watts} W`);
  });
  await page.check_and_close();
});
