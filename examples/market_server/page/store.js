// The market's data in the page: loads it, and keeps it current with server-sent events.

const kinds = ['hosts', 'market', 'events'];
const history_max = 1440;

/**
 * Tells its listeners, as events of its own: `loaded` (everything is new), `hosts` (detail: rows),
 * `market` (totals, rates or history), `happened` (detail: an event of the market), and `state`.
 */
export class Store extends EventTarget {
  hosts = new Map();
  market = null;
  state = { kind: 'connecting', since: null };
  #source = null;
  #isOpen = false;
  #isLoading = false;
  #mustLoad = true;
  #isPaused = false;
  #pending = [];
  #snapshotEvent = 0;
  #seen = 0; // the number of the last event of the stream
  #isFirst = true; // no event has come since the data was loaded
  #heard = 0; // when the server was last heard of, by this computer's clock
  #ahead = null; // the server's clock minus this computer's
  #failures = 0;
  #gaps = 0; // how often data was loaded again on this connection because events were missing

  start() {
    this.#open();
    // If the stream cannot be opened, the page still shows the data.
    setTimeout(() => {
      if (!this.market) this.#load();
    }, 1500);
    setInterval(() => this.#watch(), 5000);
  }

  /** The server's time now. */
  now() {
    return Date.now() + (this.#ahead ?? 0);
  }

  get isPaused() {
    return this.#isPaused;
  }

  /** While the page is paused, nothing in it changes. Afterwards everything is current at once. */
  pause(isPaused) {
    this.#isPaused = isPaused;
    if (!isPaused && this.market) this.#tell('loaded');
    this.#setState();
  }

  /** Shows everything again, because its form has changed. */
  refresh() {
    if (this.market) this.#tell('loaded');
  }

  #open() {
    this.#source?.close();
    const source = new EventSource('events');
    this.#source = source;
    source.addEventListener('open', () => {
      this.#isOpen = true;
      this.#failures = 0;
      this.#gaps = 0;
      this.#heard = Date.now();
      if (this.#mustLoad) this.#load();
      this.#setState();
    });
    source.addEventListener('error', () => this.#broken(source));
    source.addEventListener('reset', () => {
      this.#seen = 0;
      this.#load();
    });
    for (const kind of kinds) source.addEventListener(kind, (event) => this.#receive(kind, event));
  }

  /** The browser connects again by itself, unless the server answered with an error. */
  #broken(source) {
    this.#isOpen = false;
    this.#setState();
    if (source.readyState !== EventSource.CLOSED || source !== this.#source) return;
    this.#mustLoad = true;
    this.#failures += 1;
    const wait = Math.min(30, 2 ** this.#failures) * 1000;
    setTimeout(
      () => {
        if (source !== this.#source) return;
        this.#open();
        this.#load(); // so that the page moves on even if there is no place for another stream
      },
      wait * (0.75 + Math.random() / 2),
    );
  }

  /** A stream that is silent for longer than two intervals is dead, although it looks open. */
  #watch() {
    if (!this.#isOpen || !this.market) return;
    const silence = Date.now() - this.#heard;
    if (silence < 2 * this.market.interval + 30000) return;
    this.#isOpen = false;
    this.#mustLoad = true;
    this.#open();
    this.#setState();
  }

  async #load() {
    this.#mustLoad = this.#isLoading; // then once more, when the present one is done
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const answer = await fetch('page/market.json', { cache: 'no-store' });
      if (!answer.ok) throw new Error(`the server answered with status ${answer.status}`);
      const market = await answer.json();
      this.hosts = new Map(market.hosts.map((row) => [row.id, row]));
      delete market.hosts;
      this.market = market;
      this.#snapshotEvent = market.event;
      this.#isFirst = true;
      this.#ahead = market.time - Date.now();
      this.#heard = Date.now();
      this.#isLoading = false;
      const pending = this.#pending;
      this.#pending = [];
      for (const [kind, id, data] of pending) this.#apply(kind, id, data, false);
      this.#tell('loaded');
      this.#setState();
      if (this.#mustLoad) this.#load();
    } catch (error) {
      this.#isLoading = false;
      this.#pending = [];
      this.#mustLoad = true;
      this.#setState(String(error.message));
      setTimeout(() => {
        if (this.#mustLoad) this.#load();
      }, 5000);
    }
  }

  #receive(kind, event) {
    const id = Number(event.lastEventId);
    let data;
    try {
      data = JSON.parse(event.data);
    } catch {
      return;
    }
    this.#heard = Date.now();
    if (id <= this.#seen) {
      // the server began to count again: it is another run of it
      this.#seen = id;
      this.#load();
      return;
    }
    this.#seen = id;
    if (this.#isLoading) this.#pending.push([kind, id, data]);
    else if (this.market) this.#apply(kind, id, data, true);
  }

  #apply(kind, id, data, isAlone) {
    if (id <= this.#snapshotEvent) return;
    if (this.#isFirst && id > this.#snapshotEvent + 1 && this.#gaps < 2) {
      this.#gaps += 1;
      // Events between the data and the stream are missing: load once more, after a moment.
      setTimeout(() => this.#load(), 1000);
    }
    this.#isFirst = false;
    if (kind === 'hosts') {
      for (const row of data) {
        if (row.removed) this.hosts.delete(row.id);
        else this.hosts.set(row.id, row);
      }
      if (isAlone) this.#tell('hosts', data);
    } else if (kind === 'market') {
      this.#update(data);
      if (isAlone) this.#tell('market');
    } else {
      for (const event of data) this.#tell('happened', event);
    }
  }

  #update(data) {
    const { point, ...rest } = data;
    Object.assign(this.market, rest);
    this.#ahead = Math.max(this.#ahead ?? -Infinity, data.time - Date.now());
    const { history } = this.market;
    // The data may already have the close of an event.
    if (!point || point[0] <= (history.at(-1)?.[0] ?? -Infinity)) return;
    history.push(point);
    if (history.length > history_max) history.shift();
  }

  #tell(kind, detail) {
    if (!this.#isPaused) this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  #setState(error = null) {
    let kind = 'connecting';
    if (error) kind = 'failed';
    else if (this.#isPaused) kind = 'paused';
    else if (this.market) kind = this.#isOpen ? 'live' : 'reconnecting';
    if (kind === this.state.kind && error === (this.state.error ?? null)) return;
    this.state = { kind, error, since: this.#heard || null };
    this.dispatchEvent(new CustomEvent('state'));
  }
}
