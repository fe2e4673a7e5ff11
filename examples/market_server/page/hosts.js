// The table of all hosts: filter, order and pages. An update touches only the rows that changed.
import { byId, cell, flash, make, row, setText, show } from './dom.js';
import * as format from './format.js';

const states = { online: 'Idle', offline: 'Offline', rented: 'Rented', broken: 'Broken' };
const stateOrder = ['running', 'online', 'rented', 'offline', 'broken'];

const collator = new Intl.Collator('en', { numeric: true });
const flashes_max = 20; // rows; if more change at once, the eye has nothing to find

const stateOf = (host) => (host.run ? 'running' : host.state);
const stateText = (host) => (host.run ? 'Running' : (states[host.state] ?? String(host.state)));

/** What a filter looks at. An idle host is one that is online and runs nothing. */
const haystack = (host) =>
  `#${host.id} ${host.gpus} ${host.state} ${stateText(host)}`.toLowerCase();

const columns = [
  { key: 'id', label: 'Host', sort: (host) => host.id },
  { key: 'gpus', label: 'GPUs', sort: (host) => String(host.gpus) },
  { key: 'state', label: 'State', sort: (host) => stateOrder.indexOf(stateOf(host)) },
  { key: 'run', label: 'Bid', sort: (host) => host.run?.bid },
  {
    key: 'price',
    label: 'Price per day',
    number: true,
    sort: (host, rates) =>
      host.run && Number(host.run.price) * Number(rates[host.run.currency] ?? NaN),
  },
  { key: 'watts', label: 'Power', number: true, sort: (host) => host.run?.watts },
  {
    key: 'profit',
    label: 'Profit',
    number: true,
    sort: (host) => host.run && Number(host.run.profit),
  },
  {
    key: 'margin',
    label: 'Margin',
    number: true,
    sort: (host) => (host.margin === null ? null : Number(host.margin)),
  },
  { key: 'bids', label: 'Bids', number: true, sort: (host) => host.bids },
];

/** Orders two keys; hosts without a value come last in both directions. */
function compare(a, b, direction) {
  const isMissing = (key) => key === null || key === undefined || Number.isNaN(key);
  if (isMissing(a) || isMissing(b)) return isMissing(a) - isMissing(b);
  if (a === b) return 0;
  return typeof a === 'string' ? direction * collator.compare(a, b) : direction * (a < b ? -1 : 1);
}

/** The shown row of a host: its cells, filled by `fill`. */
class HostRow {
  constructor(id) {
    this.link = make('a', { href: `#/hosts/${Number(id)}`, text: `#${id}` });
    this.cells = {};
    for (const { key, label, number } of columns) {
      this.cells[key] = cell(label, key === 'id' ? this.link : undefined, number ? 'number' : null);
    }
    this.owner = make('span', { class: 'muted' });
    this.cells.gpus.className = 'long';
    this.bid = make('span');
    this.cells.run.append(this.bid, ' ', this.owner);
    this.badge = make('span', { class: 'badge' });
    this.cells.state.append(this.badge);
    this.node = row(...Object.values(this.cells));
    this.node.dataset.host = id;
  }

  fill(host, flashes) {
    const { run } = host;
    const changes = [
      [this.cells.gpus, { text: String(host.gpus) }],
      [this.bid, { text: run ? String(run.bid) : '–' }],
      [this.owner, { text: run ? `owner ${run.owner}` : '' }],
      [this.cells.price, run ? format.price(run.price, run.currency) : format.decimal(null)],
      [this.cells.watts, format.watts(run?.watts)],
      [this.cells.profit, format.usd(run?.profit)],
      [this.cells.margin, format.usd(host.margin)],
      [this.cells.bids, { text: format.count(host.bids) }],
      [this.badge, { text: stateText(host) }],
    ];
    for (const [node, value] of changes) {
      if (show(node, value) && flashes) flash(node);
    }
    const look = `badge ${stateOrder.includes(stateOf(host)) ? stateOf(host) : ''}`;
    if (this.badge.className !== look) this.badge.className = look;
  }
}

export class HostsTable {
  #store;
  #order = []; // ids of the hosts that pass the filter, in order
  #rows = new Map(); // id to the rows that are shown
  #sort = { key: 'id', direction: 1 };
  #page = 0;
  #buttons = {};

  constructor(store) {
    this.#store = store;
    for (const column of columns) byId('hosts-head').append(this.#header(column));
    byId('filter').addEventListener('submit', (event) => event.preventDefault());
    byId('filter-text').addEventListener('input', () => this.#arrange(true));
    byId('filter-state').addEventListener('change', () => this.#arrange(true));
    byId('page-size').addEventListener('change', () => this.#arrange(true));
    byId('sort-again').addEventListener('click', () => {
      this.#arrange(false);
      this.#buttons[this.#sort.key].firstElementChild.focus();
    });
    const moves = {
      first: () => 0,
      previous: () => this.#page - 1,
      next: () => this.#page + 1,
      last: () => Infinity,
    };
    for (const [name, target] of Object.entries(moves)) {
      byId(`page-${name}`).addEventListener('click', () => {
        this.#page = target();
        this.#draw();
      });
    }
    store.addEventListener('loaded', () => this.#arrange(false));
    store.addEventListener('hosts', ({ detail }) => this.#update(detail));
  }

  #header({ key, label, number }) {
    const button = make('button', { type: 'button', text: label });
    const head = make('th', {
      role: 'columnheader',
      scope: 'col',
      class: number ? 'number' : null,
    });
    head.append(button);
    button.addEventListener('click', () => {
      const isSame = this.#sort.key === key;
      // Numbers that people compare begin with the largest.
      const first = number ? -1 : 1;
      this.#sort = { key, direction: isSame ? -this.#sort.direction : first };
      this.#arrange(true);
    });
    this.#buttons[key] = head;
    return head;
  }

  get #size() {
    return Number(byId('page-size').value);
  }

  #passes(host) {
    const state = byId('filter-state').value;
    if (state && state !== (stateOf(host) === 'online' ? 'idle' : stateOf(host))) return false;
    const terms = byId('filter-text').value.toLowerCase().split(/\s+/).filter(Boolean);
    const text = terms.length > 0 ? haystack(host) : '';
    return terms.every((term) =>
      /^#\d+$/.test(term) ? `#${host.id}` === term : text.includes(term),
    );
  }

  /** Applies filter and order to all hosts. */
  #arrange(toFirstPage) {
    if (!this.#store.market) return;
    this.#order = this.#wanted();
    if (toFirstPage) this.#page = 0;
    for (const [key, head] of Object.entries(this.#buttons)) {
      const isSorted = key === this.#sort.key;
      head.setAttribute(
        'aria-sort',
        !isSorted ? 'none' : this.#sort.direction > 0 ? 'ascending' : 'descending',
      );
    }
    byId('sort-again').hidden = true;
    this.#draw();
  }

  #wanted() {
    const { rates } = this.#store.market;
    const { sort } = columns.find(({ key }) => key === this.#sort.key);
    const keyed = [];
    for (const host of this.#store.hosts.values()) {
      if (this.#passes(host)) keyed.push([sort(host, rates), host.id]);
    }
    keyed.sort((a, b) => compare(a[0], b[0], this.#sort.direction) || a[1] - b[1]);
    return keyed.map(([, id]) => id);
  }

  #draw() {
    const total = this.#order.length;
    const pages = Math.max(1, Math.ceil(total / this.#size));
    this.#page = Math.min(Math.max(0, this.#page), pages - 1);
    const first = this.#page * this.#size;
    const ids = this.#order.slice(first, first + this.#size);
    const rows = new Map(ids.map((id) => [id, this.#rows.get(id) ?? new HostRow(id)]));
    for (const [id, shownRow] of rows) shownRow.fill(this.#store.hosts.get(id), false);
    this.#rows = rows;
    const nodes = [...rows.values()].map(({ node }) => node);
    const body = byId('hosts-rows');
    if (
      nodes.length !== body.children.length ||
      nodes.some((node, i) => node !== body.children[i])
    ) {
      body.replaceChildren(...nodes);
    }
    const all = this.#store.hosts.size;
    const matching = `${format.count(total)} hosts`;
    const part = total < all ? `${matching} that match, ${format.count(all)} in all` : matching;
    const shown = `${format.count(first + 1)} to ${format.count(first + ids.length)}`;
    setText(byId('hosts-count'), total === 0 ? 'No host matches.' : `${shown} of ${part}`);
    setText(byId('page-number'), `Page ${this.#page + 1} of ${pages}`);
    for (const [name, isEnd] of [
      ['first', this.#page === 0],
      ['previous', this.#page === 0],
      ['next', this.#page === pages - 1],
      ['last', this.#page === pages - 1],
    ]) {
      byId(`page-${name}`).setAttribute('aria-disabled', String(isEnd));
    }
  }

  /** Rows keep their place while you read; a button offers the new order if it differs. */
  #update(changed) {
    const isGone = changed.some(({ id, removed }) => removed && this.#rows.has(id));
    this.#order = this.#order.filter((id) => this.#store.hosts.has(id));
    if (isGone) this.#draw();
    const shown = changed.filter(({ id }) => this.#rows.has(id));
    for (const host of shown) this.#rows.get(host.id).fill(host, shown.length <= flashes_max);
    const wanted = this.#wanted();
    const isSame =
      wanted.length === this.#order.length && wanted.every((id, i) => id === this.#order[i]);
    if (isSame) byId('sort-again').hidden = true;
    else if (this.#sort.key === 'id' && wanted.length > this.#order.length) this.#arrange(false);
    else byId('sort-again').hidden = false;
  }
}
