// Makes the pictures of a report that the docs show, from a scenario that takes less than a second:
//     GIGASPOT_SIMULATE=build/simulator/bin/gigaspot-simulate \
//         GIGASPOT_SCENARIO=examples/simulator/scenarios/small.toml node screenshots.test.mjs
// They go into the folder `screenshots` beside this file, and also into the folder that
// GIGASPOT_SCREENSHOTS names. That path must be absolute, such as $PWD/docs/images.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openReport, start, stop } from './support.mjs';

const shown = process.env.GIGASPOT_SCREENSHOTS;
const folders = [fileURLToPath(new URL('screenshots', import.meta.url)), ...(shown ? [shown] : [])];
const bytes_max = 150_000;
const space = 16; // below the chart

function simulate(folder) {
  const { GIGASPOT_SIMULATE: program, GIGASPOT_SCENARIO: scenario } = process.env;
  assert.ok(program && scenario, 'set GIGASPOT_SIMULATE and GIGASPOT_SCENARIO');
  execFileSync(program, ['run', scenario, '--out', join(folder, 'results')]);
  copyFileSync(join(folder, 'results', 'report.html'), join(folder, 'small.html'));
}

before(() => start(simulate));
after(stop);

test('the report begins with its answer and a chart, in light and dark', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const viewport = { width: 900, height: 1100 };
    const page = await openReport('small', { colorScheme, viewport });
    assert.match(await page.locator('.answer').textContent(), /\d\s±\s\d/);
    const { y, height } = await page.locator('figure').first().boundingBox();
    const bottom = Math.ceil(y + height + space);
    assert.ok(bottom <= viewport.height, `the chart ends at ${bottom}`);
    const clip = { x: 0, y: 0, width: viewport.width, height: bottom };
    const png = await page.screenshot({ clip });
    assert.ok(png.length > 20_000 && png.length < bytes_max, `${png.length} bytes`);
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `report_${colorScheme}.png`), png);
    }
    await page.check_and_close();
  }
});
