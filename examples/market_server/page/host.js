// The page of one host: what it can do, why each bid wins or does not, and what would win.
import { byId, cell, make, row, setText, shown } from './dom.js';
import * as format from './format.js';
import { bar, intervalPicture } from './pictures.js';
import { explained } from './reasons.js';

const states = {
  online: 'Online',
  offline: 'Offline',
  rented: 'Rented on demand',
  broken: 'Not working properly',
};

const usdOf = (rate) => shown(format.decimal(rate, 6));

const signed = (number) => String(number).replace('-', '−');

const interruptions = (count) =>
  `${count === 0 ? 'No' : format.count(count)} ${count > 1 ? 'runs have' : 'run has'} ended ` +
  'because of this machine';

function range(pair, unit) {
  if (!pair) return 'not supported';
  return `${signed(pair[0])}${pair[0] < 0 ? ' to ' : '–'}${signed(pair[1])} ${unit}`;
}

/** Equal GPUs as one line each. */
function grouped(gpus) {
  const groups = new Map();
  for (const gpu of gpus) {
    const key = JSON.stringify(gpu);
    groups.set(key, { gpu, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  return [...groups.values()];
}

function gpuRows(gpus) {
  return grouped(gpus).map(({ gpu, count }) =>
    row(
      cell('GPU', count > 1 ? `${count} × ${gpu.model}` : String(gpu.model), 'long'),
      cell('Power limit', range(gpu.pl, 'W')),
      cell('Core lock', range(gpu.core_lock, 'MHz')),
      cell('Memory lock', range(gpu.mem_lock, 'MHz')),
      cell('Core offset', range(gpu.core_offset, 'MHz')),
      cell('Memory offset', range(gpu.mem_offset, 'MHz')),
    ),
  );
}

function result(bid, winner) {
  if (bid.wins)
    return [make('strong', { class: 'good', text: bid.running ? 'Runs and stays' : 'Wins' })];
  if (!bid.eligible)
    return [make('span', { class: 'bad', text: 'Not eligible: ' }), ...explained(bid.reason)];
  const other = winner ? `bid ${winner.bid} keeps the host` : 'no bid wins now';
  return [make('span', { text: `${bid.running ? 'Runs, but loses' : 'Eligible'}: ${other}` })];
}

function lowest(bid) {
  if (bid.lowest === null) {
    const why = bid.no_price ? [': ', ...explained(bid.no_price)] : [];
    return [make('span', { class: 'muted' }, 'no price wins', ...why)];
  }
  if (bid.wins && bid.lowest === bid.price)
    return [make('span', { class: 'muted', text: 'no lower price' })];
  return [
    shown(format.price(bid.lowest, bid.currency)),
    make('span', { class: 'note', text: bid.wins ? 'is enough' : 'would win' }),
  ];
}

function bidRows(bids) {
  const winner = bids.find(({ wins }) => wins);
  const most = Math.max(
    ...bids.map((bid) => Math.max(Number(bid.income) || 0, Number(bid.electricity) || 0)),
    1e-9,
  );
  return bids.map((bid, i) => {
    const money = (name) => shown(format.usd(bid[name]));
    const line = row(
      cell('Rank', String(i + 1)),
      cell(
        'Bid',
        [
          make('strong', { text: String(bid.bid) }),
          make('span', {
            class: 'note',
            text: `owner ${bid.owner}${bid.cached ? ', cached' : ''}`,
          }),
        ],
        'keep',
      ),
      cell('Price per day', shown(format.price(bid.price, bid.currency)), 'number'),
      cell('Power', shown(format.watts(bid.watts)), 'number'),
      cell('Income', money('income'), 'number'),
      cell('Electricity', money('electricity'), 'number'),
      cell(
        'Profit',
        bid.income === null ? money('profit') : [money('profit'), bar(bid, most)],
        'number',
      ),
      cell('Result', result(bid, winner), 'result'),
      cell('Lowest price', lowest(bid), 'keep'),
    );
    line.className = bid.wins ? 'winner' : bid.eligible ? '' : 'out';
    return line;
  });
}

const fact = (name, ...value) =>
  make('div', {}, make('dt', { text: name }), make('dd', {}, ...value));

function wide(node) {
  node.className = 'wide';
  return node;
}

export class HostPage {
  #store;
  #id = null;
  #shown = null; // the host's data
  #watts = null;
  #timer = null;
  #run = 0; // counts requests, so that a late answer is not shown

  constructor(store) {
    this.#store = store;
    byId('win').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#watts = Number(byId('win-watts').value);
      this.#load(true);
    });
    const soon = () => {
      if (this.#id === null) return;
      this.#timer ??= setTimeout(() => {
        this.#timer = null;
        if (!store.isPaused) this.#load(false);
      }, 1000);
    };
    store.addEventListener('hosts', ({ detail }) => {
      if (detail.some(({ id }) => id === this.#id)) soon();
    });
    store.addEventListener('market', soon);
    store.addEventListener('loaded', () => {
      if (this.#shown) this.#show(this.#shown, false);
      soon();
    });
  }

  open(id) {
    this.#id = id;
    this.#watts = null;
    byId('win-watts').value = '';
    setText(byId('win-status'), '');
    this.#clear();
    byId('view-host').setAttribute('aria-busy', 'true');
    this.#load(false);
  }

  close() {
    this.#id = null;
    this.#shown = null;
    this.#run += 1;
  }

  async #load(isAsked) {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#id === null) return;
    this.#run += 1;
    const run = this.#run;
    const query = this.#watts === null ? '' : `?watts=${this.#watts}`;
    try {
      const answer = await fetch(`page/hosts/${this.#id}.json${query}`, { cache: 'no-store' });
      const text = answer.status === 404 ? null : await answer.json();
      if (run !== this.#run) return;
      if (text === null) this.#showNone();
      else if (!answer.ok)
        this.#fail(text.error ?? `The server answered with status ${answer.status}.`);
      else this.#show(text, isAsked);
    } catch {
      if (run === this.#run)
        this.#fail('The host could not be loaded. The page tries again at the next close.');
    }
  }

  #clear() {
    this.#shown = null;
    for (const part of ['host-facts', 'host-gpus', 'host-bids', 'win-rows', 'interval-picture']) {
      byId(part).replaceChildren();
    }
    setText(byId('interval-text'), '');
    for (const part of ['host-no-bids', 'host-not-compared']) byId(part).hidden = true;
  }

  /** The host does not exist, or was removed while you looked at it. */
  #showNone() {
    this.#clear();
    this.#fail(`There is no host ${this.#id}.`);
  }

  #fail(text) {
    setText(byId('win-status'), text);
    setText(byId('subtitle'), text);
    byId('view-host').setAttribute('aria-busy', 'false');
  }

  #show(host, isAsked) {
    this.#shown = host;
    byId('view-host').setAttribute('aria-busy', 'false');
    const running = host.bids.find((bid) => bid.running);
    const winner = host.bids.find((bid) => bid.wins);
    setText(
      byId('subtitle'),
      running
        ? `${states[host.state] ?? host.state}; runs bid ${running.bid} of owner ${running.owner}`
        : `${states[host.state] ?? host.state}; runs no bid`,
    );
    byId('host-facts').replaceChildren(
      fact('State', states[host.state] ?? String(host.state)),
      fact('Next close', winner ? `bid ${winner.bid} wins` : 'no bid wins'),
      fact('Electricity', shown(format.decimal(host.energy_price)), ' USD per kWh'),
      fact(
        'Minimum bid',
        shown(format.decimal(host.min_bid)),
        host.min_bid === '1' ? ' coin per day' : ' coins per day',
      ),
      fact('Base power', shown(format.watts(host.base_power))),
      wide(fact('Interruptions', interruptions(host.interruptions))),
    );
    byId('host-gpus').replaceChildren(...gpuRows(host.gpus));
    this.#showInterval(host.rate_interval);
    byId('host-bids').replaceChildren(...bidRows(host.bids));
    byId('host-no-bids').hidden = host.bids.length > 0;
    this.#showNotCompared(host.not_compared);
    this.#showPrices(host, isAsked);
  }

  #showInterval(interval) {
    const { market } = this.#store;
    const rate = market?.rates[market.main_currency];
    const coin = format.currency(market?.main_currency ?? 'coin').text;
    if (!interval) {
      setText(byId('interval-text'), 'No move of the rate is known to keep this choice.');
      byId('interval-picture').replaceChildren();
      return;
    }
    const [low, high] = interval;
    if (low === null && high === null) {
      setText(byId('interval-text'), `No rate of ${coin} changes this choice.`);
      byId('interval-picture').replaceChildren();
      return;
    }
    const limits = [];
    if (low !== null) limits.push(high === null ? 'at least ' : '', usdOf(low));
    if (high !== null) limits.push(low === null ? 'at most ' : ' to ', usdOf(high));
    byId('interval-text').replaceChildren(
      `The choice stays while 1 ${coin} is worth `,
      ...limits,
      ' USD. Now: ',
      usdOf(rate),
      '.',
    );
    byId('interval-picture').replaceChildren(intervalPicture(interval, rate));
  }

  #showNotCompared(counts) {
    const words = { no_rate: 'without a rate', unreadable: 'unreadable', expired: 'expired' };
    const parts = Object.entries(words)
      .filter(([name]) => counts?.[name] > 0)
      .map(([name, text]) => `${counts[name]} ${text}`);
    byId('host-not-compared').hidden = parts.length === 0;
    setText(byId('host-not-compared'), `Not compared: ${parts.join(', ')}.`);
  }

  #showPrices(host, isAsked) {
    const input = byId('win-watts');
    const limits = host.gpus.map(({ pl }) => pl);
    if (limits.length > 0) input.placeholder = String(Math.max(...limits.map(([low]) => low)));
    const main = this.#store.market?.main_currency ?? '';
    byId('win-rows').replaceChildren(
      ...host.to_win.map((each) =>
        row(
          cell('Watts per GPU', `${each.watts_per_gpu} W`),
          cell(
            'Price per day',
            each.price === null
              ? ['no price wins: ', ...explained(each.reason)]
              : shown(format.price(each.price, main)),
          ),
        ),
      ),
    );
    if (!isAsked) return;
    const asked = host.to_win.find((each) => each.watts_per_gpu === this.#watts);
    setText(
      byId('win-status'),
      !asked
        ? `No answer for ${this.#watts} W.`
        : asked.price === null
          ? `No price wins with ${this.#watts} W per GPU.`
          : `${this.#watts} W per GPU: ${format.price(asked.price, main).text} per day wins.`,
    );
  }
}
