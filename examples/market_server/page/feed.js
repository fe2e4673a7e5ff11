// Tells the last events of the market in words.
import { byId, make } from './dom.js';
import * as format from './format.js';
import { explained } from './reasons.js';

const shown_max = 8;

const hostLink = (id) => make('a', { href: `#/hosts/${Number(id)}`, text: `Host ${id}` });

const perDay = (profit) => `${format.usd(profit).text} USD per day`;

/** What an event says, as elements; nothing for those that readers need not see. */
function words(event) {
  switch (event.event) {
    case 'started':
      return [
        hostLink(event.host),
        ` starts bid ${event.bid}, which leaves ${perDay(event.profit)}.`,
      ];
    case 'changed':
      return [
        hostLink(event.host),
        ` continues bid ${event.bid} under new terms: ${perDay(event.profit)}.`,
      ];
    case 'stopped':
      return [hostLink(event.host), ` stops bid ${event.bid}: `, ...explained(event.reason), '.'];
    case 'expired':
      return [`Bid ${event.bid} on `, hostLink(event.host), ' has expired.'];
    case 'removed':
      return [`Bid ${event.bid} on `, hostLink(event.host), ' is gone.'];
    case 'rejected': {
      const reasons = (event.reasons ?? []).flatMap(({ code }, i) => [
        ...(i > 0 ? ['; '] : []),
        ...explained(code),
      ]);
      return ['A request was rejected: ', ...reasons, '.'];
    }
    case 'accepted':
    case 'charged':
      return null;
    default:
      return [`${event.event}`];
  }
}

export function startFeed(store) {
  const list = byId('feed');
  let waiting = [];

  const flush = () => {
    if (store.isPaused) return; // these are told when the page goes on
    const items = waiting.slice(-shown_max).reverse();
    waiting = [];
    list.prepend(...items);
    while (list.children.length > shown_max) list.lastElementChild.remove();
    byId('feed-empty').hidden = list.children.length > 0;
  };

  store.addEventListener('loaded', flush);
  store.addEventListener('happened', ({ detail }) => {
    const said = words(detail);
    if (!said) return;
    const time = make('time', {
      text: format.timeOfDay(detail.time),
      datetime: new Date(detail.time).toISOString(),
    });
    const kind = ['started', 'stopped', 'changed'].includes(detail.event) ? detail.event : 'other';
    if (waiting.length === 0) setTimeout(flush, 250);
    waiting.push(make('li', { class: kind }, time, make('span', {}, ...said)));
    if (waiting.length > shown_max) waiting.shift();
  });
}
