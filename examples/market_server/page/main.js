// Starts the page: picks the view by the address, and shows whether the data is live.
import { BidsPage } from './bids.js';
import { Charts } from './charts.js';
import { byId, setText } from './dom.js';
import { startFeed } from './feed.js';
import { showAllDigits, timeOfDay } from './format.js';
import { HostPage } from './host.js';
import { HostsTable } from './hosts.js';
import { startOverview } from './overview.js';
import { Store } from './store.js';

const store = new Store();
const host = new HostPage(store);
const bids = new BidsPage();
startOverview(store);
startFeed(store);
new HostsTable(store);

const views = ['market', 'host', 'bids'];

/** Shows one view. The heading takes the focus, so that a screen reader says where it is. */
function show(view, title, subtitle, hasMoved) {
  for (const each of views) byId(`view-${each}`).hidden = each !== view;
  byId('to-market').toggleAttribute('aria-current', false);
  byId('to-bids').toggleAttribute('aria-current', false);
  const link = byId(view === 'bids' ? 'to-bids' : 'to-market');
  link.setAttribute('aria-current', view === 'host' ? 'true' : 'page');
  setText(byId('title'), title);
  setText(byId('subtitle'), subtitle);
  document.title = view === 'market' ? 'GPU spot market' : `${title} · GPU spot market`;
  if (!hasMoved) return;
  scrollTo(0, 0);
  byId('title').focus({ preventScroll: true });
}

function route(hasMoved) {
  host.close();
  bids.close();
  const id = /^#\/hosts\/(\d{1,19})$/.exec(location.hash)?.[1];
  if (id !== undefined) {
    show('host', `Host ${id}`, '', hasMoved);
    host.open(Number(id));
  } else if (location.hash === '#/bids') {
    show('bids', 'My bids', 'Balances and orders of your account', hasMoved);
    bids.open();
  } else {
    show('market', 'GPU spot market', 'Each host runs the bid that leaves it the most', hasMoved);
  }
}

function showState() {
  const { kind, since, error } = store.state;
  const as_of = since ? ` Data of ${timeOfDay(since)}.` : '';
  const texts = {
    connecting: 'Connecting',
    live: 'Live',
    paused: `Paused.${as_of}`,
    reconnecting: `Reconnecting.${as_of}`,
    failed: `No data from the server.${as_of}`,
  };
  setText(byId('state'), texts[kind]);
  byId('state').className = `state ${kind}`;
  byId('notice').hidden = kind !== 'failed';
  setText(byId('notice'), error ? `The market could not be loaded: ${error}. Trying again.` : '');
}

store.addEventListener('state', showState);
byId('pause').addEventListener('click', () => {
  const isPaused = byId('pause').getAttribute('aria-pressed') !== 'true';
  byId('pause').setAttribute('aria-pressed', String(isPaused));
  store.pause(isPaused);
  bids.pause(isPaused);
});
byId('all-digits').addEventListener('change', () => {
  showAllDigits(byId('all-digits').checked);
  store.refresh();
  bids.refresh();
});
byId('skip').addEventListener('click', (event) => {
  event.preventDefault();
  byId('title').focus();
});
addEventListener('hashchange', () => route(true));
route(false);
new Charts(store); // once its view is shown, since it takes its size from the page
store.start();
