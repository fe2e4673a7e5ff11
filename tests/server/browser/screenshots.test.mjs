// Makes the pictures of the live page that the docs show, with a server's made-up market:
//     GIGASPOT_SERVER=build/server/bin/gigaspot-server node screenshots.test.mjs
// They go into the folder `screenshots` beside this file, and also into the folder that
// GIGASPOT_SCREENSHOTS names. That path must be absolute, such as $PWD/docs/images. For it, the
// market runs longer, so that its charts are filled.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  eventually,
  isFilled,
  openPage,
  startBrowser,
  startWorld,
  stopBrowser,
} from './support.mjs';

const shown = process.env.GIGASPOT_SCREENSHOTS;
const folders = [fileURLToPath(new URL('screenshots', import.meta.url)), ...(shown ? [shown] : [])];
const closes = shown ? 100 : 5; // in the charts
const starts = 6; // in the list of events
const bytes_max = 170_000;

let world;
before(async () => {
  await startBrowser();
  world = await startWorld({ lively: true, interval: 2000 });
});
after(async () => {
  await stopBrowser();
  await world.stop();
});

test('the live page looks alive, in light and dark', async () => {
  const schemes = ['light', 'dark'];
  const pages = [];
  for (const colorScheme of schemes)
    pages.push(
      await openPage(world, '#/', {
        colorScheme,
        reducedMotion: 'reduce',
        viewport: { width: 1280, height: 800 },
      }),
    );
  for (const page of pages) await isFilled(page);
  await eventually(async () => {
    const { history } = await world.get('/page/market.json');
    assert.ok(history.length >= closes, `${history.length} closes`);
    for (const page of pages) assert.ok((await page.locator('#feed li').count()) >= starts);
  }, 1600);
  for (const [i, page] of pages.entries()) {
    const running = Number(await page.locator('#total-running').innerText());
    assert.ok(running >= 20, `${running} hosts run`);
    const png = await page.screenshot();
    assert.ok(png.length > 30_000 && png.length < bytes_max, `${png.length} bytes`);
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `live_page_${schemes[i]}.png`), png);
    }
    await page.check_and_close();
  }
});
