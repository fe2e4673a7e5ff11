// Small pictures of a host's page. Texts beside them say the same, so they are hidden from readers.
import { draw } from './dom.js';

/** Income as a bar: electricity, then what is left or lacking. */
export function bar(bid, most) {
  const [income, electricity] = [Number(bid.income), Number(bid.electricity)];
  const x = (usd) => Math.max(0, (usd / most) * 100);
  const picture = draw('svg', {
    class: 'parts',
    viewBox: '0 0 100 6',
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
  const part = (name, from, to) =>
    picture.append(
      draw('rect', {
        class: name,
        x: x(from),
        y: 0,
        width: x(to) - x(from),
        height: 6,
      }),
    );
  part('electricity', 0, Math.min(income, electricity));
  if (income >= electricity) part('profit', electricity, income);
  else part('loss', income, electricity);
  return picture;
}

/**
 * A line of rates, with the interval in which the choice stays and the present rate. An end that is
 * null has no limit.
 */
export function intervalPicture([low, high], rate) {
  const now = Number(rate ?? NaN); // there may be none
  const near = Number.isFinite(now) ? [now] : [];
  const a = low === null ? Math.min(...near, Number(high)) / 2 : Number(low);
  const b = high === null ? Math.max(...near, a) * 1.5 : Number(high);
  const margin = Math.max((b - a) * 0.25, b * 0.02);
  const x = (value) => (300 * (value - (a - margin))) / (b - a + 2 * margin);
  const picture = draw(
    'svg',
    { class: 'interval', viewBox: '0 0 300 34', 'aria-hidden': 'true' },
    draw('rect', { class: 'all', x: 0, y: 13, width: 300, height: 8, rx: 4 }),
    draw('rect', {
      class: 'kept',
      x: low === null ? 0 : x(a),
      y: 13,
      width: Math.max(2, (high === null ? 300 : x(b)) - (low === null ? 0 : x(a))),
      height: 8,
      rx: 4,
    }),
  );
  if (Number.isFinite(now) && x(now) >= 0 && x(now) <= 300) {
    picture.append(draw('circle', { class: 'now', cx: x(now), cy: 17, r: 7 }));
  }
  return picture;
}
