// Checks that run inside a page. Each returns a list of faults.

/** The texts, also those of charts, whose contrast with what is behind them is too low. */
export function lowContrasts() {
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
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const style = getComputedStyle(element);
    const isText = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.data.trim(),
    );
    if (!isText || element.matches('title, desc') || !element.checkVisibility()) continue;
    const ground = behind(element);
    const ink = rgba(element.matches('svg text') ? style.fill : style.color);
    const [x, y] = [light(over(ink, ground)), light(ground)].sort((m, n) => n - m);
    const ratio = (x + 0.05) / (y + 0.05);
    if (ratio < 4.5)
      found.push(`${element.tagName} "${element.textContent.slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return found;
}

/** What is wider than the page. Inside a box that scrolls by itself everything may be. */
export function overflows() {
  const found = [...document.querySelectorAll('body *')]
    .filter(
      (element) =>
        element.checkVisibility() &&
        !element.parentElement.closest('.scroll, pre') &&
        (element.getBoundingClientRect().right > innerWidth + 0.5 ||
          element.getBoundingClientRect().left < -0.5),
    )
    .map((element) => element.outerHTML.slice(0, 80));
  if (document.documentElement.scrollWidth > innerWidth)
    found.push(`the page: ${document.documentElement.scrollWidth}`);
  return found;
}

/** Texts of visible charts that are cut off, or that lie on each other. */
export function badTexts() {
  const found = [];
  for (const svg of document.querySelectorAll('svg')) {
    if (!svg.checkVisibility()) continue;
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].map((element) => ({
      text: element.textContent,
      box: element.getBoundingClientRect(),
    }));
    for (const [i, { text, box }] of texts.entries()) {
      if (
        box.left < frame.left - 2 ||
        box.right > frame.right + 2 ||
        box.top < frame.top - 2 ||
        box.bottom > frame.bottom + 2
      )
        found.push(`cut off: ${text}`);
      for (const other of texts.slice(i + 1)) {
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        // Boxes are higher than the letters in them.
        if (wide > 1 && high > 5) found.push(`on each other: ${text} / ${other.text}`);
      }
    }
  }
  return found;
}

/** What a screen reader needs: headings in order, names, captions, scopes, charts with tables. */
export function structureFaults() {
  const found = [];
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) =>
    Number(tagName[1]),
  );
  if (levels[0] !== 1 || levels.filter((level) => level === 1).length !== 1)
    found.push('not one h1 at the start');
  levels.forEach((level, i) => {
    if (i > 0 && level > levels[i - 1] + 1) found.push(`h${level} after h${levels[i - 1]}`);
  });
  for (const section of document.querySelectorAll('section'))
    if (!document.getElementById(section.getAttribute('aria-labelledby'))?.textContent.trim())
      found.push('a section without a name');
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption?.textContent.trim()) found.push('a table without a caption');
    for (const head of table.querySelectorAll('th'))
      if (!['col', 'row'].includes(head.scope)) found.push(`no scope: ${head.textContent}`);
    const columns = table.tHead.rows[0].cells.length;
    for (const row of table.rows)
      if (row.cells.length !== columns) found.push(`a row with ${row.cells.length} cells`);
  }
  for (const svg of document.querySelectorAll('svg')) {
    const ids = (svg.getAttribute('aria-labelledby') ?? '').split(' ');
    const names = ids.map((id) => document.getElementById(id));
    if (svg.getAttribute('role') !== 'img' || names.length !== 2)
      found.push('a chart without a role');
    if (!names.every((name) => name?.textContent.trim() && svg.contains(name)))
      found.push('a chart without a name');
  }
  for (const figure of document.querySelectorAll('figure')) {
    const visible = [...figure.querySelectorAll('svg')].filter((svg) => svg.checkVisibility());
    if (visible.length !== 1) found.push(`${visible.length} charts in a figure`);
    if (!figure.querySelector('details table tbody tr')) found.push('a chart without its data');
    if (!figure.querySelector('figcaption h3')?.textContent.trim()) found.push('no title');
    const isTitled = visible.every((svg) =>
      [...svg.querySelectorAll('.axis-title')].some(({ textContent }) => textContent.trim()),
    );
    if (!isTitled) found.push('a chart without a title of an axis');
    if (visible.some((svg) => !svg.querySelector('.marker, .line')))
      found.push('a chart without data');
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) found.push('an id twice');
  if (document.documentElement.lang !== 'en' || !document.title) found.push('no language or title');
  if (document.querySelector('script, link, img, iframe, [style]')) found.push('not plain');
  return found;
}

/** The mean of all pixels of a screenshot, from 0 to 255. */
export async function meanLight(page, png) {
  return page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, 64, 64);
    const { data: pixels } = context.getImageData(0, 0, 64, 64);
    return pixels.reduce((sum, value, i) => sum + (i % 4 === 3 ? 0 : value), 0) / (64 * 64 * 3);
  }, png.toString('base64'));
}
