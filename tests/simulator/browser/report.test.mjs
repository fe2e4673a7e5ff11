// The simulator's report in a browser: how it looks, and that its charts show its figures.
//     GIGASPOT_REPORT_EXAMPLE=build/simulator/bin/gigaspot_report_example node report.test.mjs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { badTexts, lowContrasts, meanLight, overflows, structureFaults } from './checks.mjs';
import { desktop, keepShot, openReport, phone, start, stop, summary, tablet } from './support.mjs';

let names = [];
before(async () => {
  names = await start();
});
after(stop);

/** The reports whose pages differ in shape. */
const shapes = ['bots', 'mechanisms', 'shock', 'three_axes', 'one_cell', 'partial', 'hostile'];

test('no report complains, asks for anything or has faults of structure', async () => {
  assert.ok(names.length >= 18);
  for (const name of names) {
    for (const size of [desktop, tablet, phone]) {
      const page = await openReport(name, size);
      assert.deepEqual(await page.evaluate(structureFaults), [], name);
      await page.check_and_close();
    }
  }
});

test('no report scrolls sideways, on a phone, a tablet or a desktop', async () => {
  for (const name of names) {
    const page = await openReport(name, { ...phone, isOpen: true });
    for (const width of [320, 390, 600, 700, 1000, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      assert.deepEqual(await page.evaluate(overflows), [], `${name} at ${width}`);
    }
    await page.check_and_close();
  }
});

test('texts of charts are whole, and none lies on another', async () => {
  for (const name of names) {
    for (const size of [desktop, tablet, phone]) {
      const page = await openReport(name, size);
      assert.deepEqual(
        await page.evaluate(badTexts),
        [],
        `${name} at ${size.viewport.width}`,
      );
      await page.check_and_close();
    }
  }
});

test('light and dark differ, and all texts can be read in both and on paper', async () => {
  for (const name of shapes) {
    const means = {};
    for (const [scheme, media] of [
      ['light', 'screen'],
      ['dark', 'screen'],
      ['dark', 'print'],
    ]) {
      const page = await openReport(name, { colorScheme: scheme, isOpen: true });
      await page.emulateMedia({ media, colorScheme: scheme });
      assert.deepEqual(await page.evaluate(lowContrasts), [], `${name}, ${scheme}, ${media}`);
      const png = await page.screenshot({ fullPage: true });
      keepShot(`${name}-${scheme}-${media}`, png);
      means[`${scheme} ${media}`] = await meanLight(page, png);
      await page.check_and_close();
    }
    const { 'light screen': light, 'dark screen': dark, 'dark print': print } = means;
    assert.ok(light > 200 && dark < 60 && print > 200, JSON.stringify(means));
  }
});

test('a chart changes its colours with the scheme', async () => {
  const page = await openReport('bots', { colorScheme: 'light' });
  const stroke = () =>
    page.evaluate(() => getComputedStyle(document.querySelector('.line.s0')).stroke);
  const light = await stroke();
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.notEqual(await stroke(), light);
  await page.check_and_close();
});

test('the first screen has question, answer with uncertainty, and a chart', async () => {
  for (const name of ['bots', 'mechanisms', 'shock', 'one_axis']) {
    const page = await openReport(name);
    const { title, question } = summary(name);
    assert.equal(await page.locator('h1').textContent(), title);
    assert.equal(await page.locator('.question').textContent(), question);
    assert.match(await page.locator('.answer').textContent(), /\d\s±\s\d/);
    const bottom = await page.evaluate(() => {
      const boxes = ['.answer', '.what', 'figure svg.at-wide'].map((selector) =>
        document.querySelector(selector).getBoundingClientRect(),
      );
      return Math.max(...boxes.map((box) => box.bottom));
    });
    assert.ok(bottom < 900, `${name}: ${bottom}`);
    await page.check_and_close();
  }
});

test('a partial result says so above the answer', async () => {
  const page = await openReport('partial', phone);
  const notice = page.locator('.notice');
  const { runs_done: done, runs_planned: planned } = summary('partial');
  assert.match(await notice.textContent(), new RegExp(`${done} of ${planned} runs`));
  assert.ok((await notice.boundingBox()).y < (await page.locator('.answer').boundingBox()).y);
  await page.check_and_close();
  const whole = await openReport('bots');
  assert.equal(await whole.locator('.notice').count(), 0);
  await whole.check_and_close();
});

test('the points of a chart are where its axes say', async () => {
  for (const size of [desktop, tablet, phone]) {
    const page = await openReport('bots', size);
    const shown = await page.evaluate(() => {
      const svg = [...document.querySelectorAll('#chart-welfare svg')].find((each) =>
        each.checkVisibility(),
      );
      const middle = (element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return { x: (left + right) / 2, y: (top + bottom) / 2 };
      };
      const ticks = [...svg.querySelectorAll('text.tick')].map((element) => ({
        ...middle(element),
        isLevel: element.getAttribute('text-anchor') === 'end',
        value: Number(element.textContent.replace('−', '-')),
      }));
      const key = svg.querySelectorAll('.line.s0').length - 1; // samples of lines in a key
      return {
        levels: ticks.filter(({ isLevel }) => isLevel),
        positions: ticks.filter(({ isLevel }) => !isLevel),
        points: [0, 1].map((s) =>
          [...svg.querySelectorAll(`.marker.s${s}`)].slice(key).map(middle),
        ),
      };
    });
    const scale = (ticks, axis) => {
      const [first, last] = [ticks[0], ticks.at(-1)];
      const per = (last.value - first.value) / (last[axis] - first[axis]);
      return (at) => first.value + (at - first[axis]) * per;
    };
    const [x, y] = [scale(shown.positions, 'x'), scale(shown.levels, 'y')];
    const { cells, axes } = summary('bots');
    for (const { options, measures } of cells) {
      const point = shown.points[options[1]][options[0]];
      assert.ok(Math.abs(y(point.y) - measures.welfare.mean) < 0.06, JSON.stringify(point));
      assert.ok(Math.abs(x(point.x) - parseFloat(axes[0].options[options[0]])) < 1.5);
    }
    await page.check_and_close();
  }
});

test('texts of a scenario appear as they are, and run nothing', async () => {
  const page = await openReport('hostile', { isOpen: true });
  const { title, axes } = summary('hostile');
  assert.equal(await page.locator('h1').textContent(), title);
  assert.ok(title.includes('<script>'));
  const texts = await page.locator('body').innerText();
  for (const { options } of axes) for (const option of options) assert.ok(texts.includes(option));
  await page.waitForTimeout(200);
  await page.check_and_close();
});

test('Tab reaches each part that opens or scrolls, in order, with a visible focus', async () => {
  for (const name of ['bots', 'one_cell']) {
    const page = await openReport(name, { isOpen: true });
    await page.evaluate(() => {
      window.wanted = [...document.querySelectorAll('summary, [tabindex="0"]')].filter((element) =>
        element.checkVisibility(),
      );
    });
    const reached = [];
    for (;;) {
      await page.keyboard.press('Tab');
      const { at, hasOutline } = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return {
          at: window.wanted.indexOf(document.activeElement),
          hasOutline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        };
      });
      if (at < 0 || reached.includes(at)) break;
      assert.ok(hasOutline, `no outline at ${at}`);
      reached.push(at);
    }
    const count = await page.evaluate(() => window.wanted.length);
    assert.ok(count > 5);
    assert.deepEqual(
      reached,
      Array.from({ length: count }, (_, i) => i),
    );
    await page.check_and_close();
  }
});

test('two hundred variants stay readable', async () => {
  for (const name of ['many_rows', 'many_lines']) {
    const page = await openReport(name);
    const { rows, height } = await page.evaluate(() => ({
      rows: document.querySelectorAll('#data-welfare + *, #chart-welfare tbody tr').length,
      height: document.documentElement.scrollHeight,
    }));
    assert.ok(rows >= 200, `${rows} rows of data`);
    assert.ok(height < 12000, `${height} pixels high`);
    await page.check_and_close();
  }
});

test('the checks find what they look for', async () => {
  const page = await openReport('bots', { ...phone, isOpen: true });
  await page.evaluate(() => {
    document.querySelector('.what').style.color = '#999';
    document.querySelector('svg.at-narrow .label').style.fill = '#ccc';
    document.querySelector('.card').insertAdjacentHTML('beforeend', '<p class="wide-one">x</p>');
    document.querySelector('.wide-one').style.width = '500px';
    document.querySelector('svg.at-narrow .tick').setAttribute('x', '-40');
    document.querySelectorAll('svg.at-narrow .tick')[2].setAttribute('y', '60');
    document.querySelectorAll('svg.at-narrow .tick')[3].setAttribute('y', '60');
    document.querySelector('h2').outerHTML = '<h4>x</h4>';
    document.querySelector('th').removeAttribute('scope');
    document.querySelector('svg.at-narrow title').textContent = '';
    for (const each of document.querySelectorAll('#chart-switches .axis-title')) each.remove();
    document.querySelector('#chart-host_profit details').remove();
  });
  const all = async (check) => (await page.evaluate(check)).join('\n');
  const contrasts = await all(lowContrasts);
  assert.match(contrasts, /^P "What was simulated|^P " /m);
  assert.match(contrasts, /^text "/m);
  assert.match(await all(overflows), /wide-one/);
  const texts = await all(badTexts);
  assert.match(texts, /cut off/);
  assert.match(texts, /on each other/);
  const faults = await all(structureFaults);
  for (const fault of ['h4 after', 'no scope', 'without a name', 'title of an axis', 'its data'])
    assert.ok(faults.includes(fault), fault);
  await page.evaluate(() => fetch('https://example.invalid/').catch(() => {}));
  assert.ok(page.problems.length > 0);
  await page.context().close();
});
