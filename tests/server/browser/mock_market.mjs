// A made-up market for the tests of the page: numbers in the server's formats, without its rules.

export const hostile = '<img src=x onerror="document.title=\'owned\'">';
export const coin = 'CLORE-Blockchain';

const cards = [
  ['RTX 3060', 100, 170],
  ['RTX 3090', 100, 350],
  ['RTX 4090', 150, 450],
  ['RTX A4000', 80, 140],
  ['GTX 1080 Ti', 125, 250],
  ['RTX 4070 Ti', 100, 285],
];

/** The same numbers in each run. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const text = (number, places = 8) => number.toFixed(places).replace(/\.?0+$/, '');

export class MockMarket {
  constructor({ hosts = 40, history = 240, interval = 20000, seed = 7 } = {}) {
    this.random = generator(seed);
    this.interval = interval;
    this.next_close = Date.now() + interval;
    this.rate = 0.0071;
    this.last_bid = 500000;
    this.hosts = [];
    for (let id = 1; id <= hosts; id += 1) this.hosts.push(this.#host(id));
    for (const host of this.hosts) this.choose(host);
    this.history = [];
    for (let i = history; i > 0; i -= 1) {
      this.#moveRate();
      const total = this.totals();
      const share = 0.75 + 0.2 * Math.sin(i / 30) + 0.05 * this.random();
      this.history.push([
        this.next_close - interval * i,
        i === 100 ? null : text(this.rate, 6),
        Math.round(total.running * share),
        Math.round(total.watts * share),
        text(Number(total.profit) * share),
      ]);
    }
  }

  #host(id) {
    const [model, low, high] = cards[Math.floor(this.random() * cards.length)];
    const count = 1 + Math.floor(this.random() * 8);
    const draw = this.random();
    const host = {
      id,
      model: id === 3 ? hostile : model,
      low,
      high,
      count,
      bids: [],
      run: null,
      state: draw < 0.86 ? 'online' : draw < 0.92 ? 'offline' : draw < 0.97 ? 'rented' : 'broken',
    };
    const bids = id === 2 ? 0 : Math.floor(this.random() * 9);
    for (let i = 0; i < bids; i += 1) host.bids.push(this.bid(host));
    return host;
  }

  host(id) {
    return this.hosts.find((host) => host.id === id);
  }

  bid(host) {
    const watts = host.count * Math.round(host.low + this.random() * (host.high - host.low));
    this.last_bid += 1;
    return {
      bid: this.last_bid,
      owner: 1 + Math.floor(this.random() * 40),
      currency: coin,
      watts,
      price: text(watts * 0.372 * (0.85 + this.random() * 0.6), 4),
      cached: this.random() < 0.8,
    };
  }

  /** Ranks the bids of a host and picks its run. Returns the events. */
  choose(host) {
    for (const bid of host.bids) {
      bid.income = Number(bid.price) * this.rate;
      bid.electricity = ((bid.watts * 24) / 1000) * 0.11;
      bid.profit = bid.income - bid.electricity;
      bid.reason =
        host.state === 'offline'
          ? 'host_offline'
          : host.state === 'rented'
            ? 'host_on_demand_rented'
            : host.state === 'broken'
              ? 'host_malfunctioning'
              : !bid.cached
                ? 'not_cached'
                : bid.profit < 0
                  ? 'below_reserve'
                  : null;
    }
    host.bids.sort((a, b) => (a.reason !== null) - (b.reason !== null) || b.profit - a.profit);
    const best = host.bids[0]?.reason === null ? host.bids[0] : null;
    const before = host.run;
    if (before?.bid === best?.bid) return [];
    host.run = best && { bid: best.bid, since: Date.now() };
    const events = [];
    const line = { time: Date.now(), command: this.last_bid, host: host.id };
    if (before)
      events.push({
        event: 'stopped',
        ...line,
        bid: before.bid,
        reason: best ? 'outbid' : 'below_reserve',
      });
    if (best) events.push({ event: 'started', ...line, bid: best.bid, profit: text(best.profit) });
    return events;
  }

  row(host) {
    const run = host.bids.find(({ bid }) => bid === host.run?.bid);
    const next = host.bids.find((bid) => bid !== run && bid.reason === null);
    return {
      id: host.id,
      gpus: `${host.count} x ${host.model}`,
      state: host.state,
      bids: host.bids.length,
      run: run
        ? {
            bid: run.bid,
            owner: run.owner,
            price: run.price,
            currency: coin,
            watts: run.watts,
            profit: text(run.profit),
            since: host.run.since,
          }
        : null,
      margin: run && next ? text(run.profit - next.profit) : null,
    };
  }

  totals() {
    const runs = this.hosts.filter(({ run }) => run).map((host) => host.bids[0]);
    const sum = (name) => runs.reduce((total, bid) => total + bid[name], 0);
    return {
      hosts: this.hosts.length,
      available: this.hosts.filter(({ state }) => state === 'online').length,
      running: runs.length,
      bids: this.hosts.reduce((total, { bids }) => total + bids.length, 0),
      watts: sum('watts'),
      profit: text(sum('profit')),
      income: text(sum('income')),
      electricity: text(sum('electricity')),
    };
  }

  rates() {
    return { [coin]: text(this.rate, 6), bitcoin: '60000' };
  }

  market(event) {
    return {
      time: Date.now(),
      interval: this.interval,
      next_close: this.next_close,
      event,
      main_currency: coin,
      rates: this.rates(),
      totals: this.totals(),
      history: this.history,
      hosts: this.hosts.map((host) => this.row(host)),
    };
  }

  #moveRate() {
    this.rate = Math.max(0.004, this.rate * (1 + (this.random() - 0.498) * 0.02));
  }

  /** Places a bid on each of these hosts. Returns the changed rows and the events. */
  change(ids) {
    const events = [];
    const rows = ids.map((id) => {
      const host = this.host(id);
      host.bids.push(this.bid(host));
      if (host.bids.length > 12) host.bids.pop();
      events.push(...this.choose(host));
      return this.row(host);
    });
    return { rows, events };
  }

  someIds(count) {
    const ids = new Set();
    while (ids.size < Math.min(count, this.hosts.length)) {
      ids.add(this.hosts[Math.floor(this.random() * this.hosts.length)].id);
    }
    return [...ids];
  }

  /** Ends an interval. */
  close() {
    this.#moveRate();
    const events = this.hosts.flatMap((host) => this.choose(host));
    this.next_close = Date.now() + this.interval;
    const totals = this.totals();
    const point = [Date.now(), text(this.rate, 6), totals.running, totals.watts, totals.profit];
    this.history.push(point);
    if (this.history.length > 1440) this.history.shift();
    return { events, point, rows: this.hosts.map((host) => this.row(host)) };
  }

  hostPage(id, asked) {
    const host = this.host(id);
    if (!host) return null;
    const top = host.bids[0]?.reason === null ? host.bids[0] : null;
    const powers = [host.low, host.high, ...(asked ? [asked] : [])];
    const offline = host.state === 'online' ? null : 'host_offline';
    return {
      id,
      time: Date.now(),
      gpus: Array.from({ length: host.count }, () => ({
        model: host.model,
        pl: [host.low, host.high],
        core_lock: [210, 2520],
        mem_lock: [405, 10501],
        core_offset: [-1000, 200],
        mem_offset: null,
      })),
      energy_price: '0.11',
      min_bid: '0',
      base_power: 0,
      state: host.state,
      interruptions: id % 4,
      rate_interval: top
        ? [id % 3 === 0 ? null : text(this.rate * 0.93), id % 2 ? null : text(this.rate * 1.21)]
        : null,
      not_compared: { no_rate: 1, unreadable: 0, expired: 0 },
      to_win: powers.map((watts) => {
        const reason = offline ?? (watts > host.high ? 'power_limit_above_host_maximum' : null);
        return {
          watts_per_gpu: watts,
          reason,
          price: reason
            ? null
            : text(
                ((top?.profit ?? 0) + ((watts * host.count * 24) / 1000) * 0.11) / this.rate +
                  0.0001,
                4,
              ),
        };
      }),
      bids: host.bids.map((bid) => ({
        bid: bid.bid,
        owner: bid.owner,
        price: bid.price,
        currency: coin,
        watts: bid.watts,
        income: text(bid.income),
        electricity: text(bid.electricity),
        profit: text(bid.profit),
        running: bid.bid === host.run?.bid,
        wins: bid === top,
        eligible: bid.reason === null,
        reason: bid.reason,
        cached: bid.cached,
        lowest: offline ? null : text(((top?.profit ?? 0) + bid.electricity) / this.rate, 4),
        no_price: offline,
      })),
    };
  }

  /** Orders of a made-up renter: one for each case that the page tells apart. */
  orders(with_ended) {
    const seconds = Math.floor(Date.now() / 1000);
    const order = (id, host, more) => ({
      id,
      renting_server: host,
      currency: coin,
      price: 310.5,
      watts: 450,
      image: '0123456789abcdef01234567',
      oc: [{ pl: 150 }, { pl: 150 }, { pl: 150 }],
      env: {},
      active: false,
      created: seconds - 7000,
      expires: seconds + 80000,
      spent: '0',
      reserved: '0.21562500',
      profit: '1.01642',
      edit: null,
      cancelled: false,
      wins: false,
      price_to_win: null,
      lowest_price: null,
      why_not: null,
      ...more,
    });
    const orders = [
      order(501, 4, { active: true, wins: true, spent: '1.25000001', lowest_price: '298.4021' }),
      order(502, 5, { why_not: 'below_reserve', price_to_win: '340.0001', profit: '-0.2' }),
      order(503, 6, {
        active: true,
        price_to_win: '388.12',
        edit: { price: 300 },
      }),
      order(504, 7, { why_not: 'host_offline', profit: null }),
      order(505, 8, { active: true, cancelled: true, price: 0.00006753, currency: 'bitcoin' }),
    ];
    if (with_ended)
      orders.push({
        id: 490,
        renting_server: 9,
        currency: coin,
        image: '0123456789abcdef01234567',
        env: {},
        created: seconds - 90000,
        spent: '12.5',
        reserved: '0.00000000',
        price: 310.5,
        active: false,
        ended: seconds - 300,
        reason: 'expired',
      });
    return orders;
  }
}
