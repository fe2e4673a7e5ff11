// Serves the live page with a made-up market, in the formats of the real server.
// By hand: node mock.mjs --port 8090 --hosts 3000
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { coin, MockMarket } from './mock_market.mjs';

const folder =
  process.env.GIGASPOT_PAGE ??
  fileURLToPath(new URL('../../../examples/market_server/page', import.meta.url));
const chart = process.env.GIGASPOT_CHART_JS ?? '/usr/share/javascript/chart.js/chart.min.js';
export const mockToken = 'mock-token-0123456789abcdef';

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const events_kept = 200;

export class Mock {
  constructor(options = {}) {
    this.market = new MockMarket(options);
    this.streams = new Set();
    this.kept = [];
    this.event = 0;
    this.asked = new Map(); // token to the time of its last request
    this.server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => {
        console.error(error);
        response.destroy();
      });
    });
  }

  async start({ port = 0, lively = true } = {}) {
    await new Promise((done) => this.server.listen(port, '127.0.0.1', done));
    if (lively) {
      this.timers = [
        setInterval(() => this.change(this.market.someIds(2)), 1000),
        setInterval(() => this.close(), this.market.interval),
      ];
    }
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  stop() {
    for (const timer of this.timers ?? []) clearInterval(timer);
    for (const stream of this.streams) stream.destroy();
    return new Promise((done) => {
      this.server.close(done);
      this.server.closeAllConnections();
    });
  }

  publish(kind, data) {
    this.event += 1;
    const frame = `id: ${this.event}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
    this.kept.push([this.event, frame]);
    if (this.kept.length > events_kept) this.kept.shift();
    for (const stream of this.streams) stream.write(frame);
  }

  change(ids) {
    const { rows, events } = this.market.change(ids);
    if (events.length > 0) this.publish('events', events);
    this.publish('hosts', rows);
    this.publish('market', this.#totals(null));
  }

  close() {
    const { events, rows, point } = this.market.close();
    if (events.length > 0) this.publish('events', events);
    this.publish('hosts', rows);
    this.publish('market', this.#totals(point));
  }

  /** Removes a host, as its provider can. */
  remove(id) {
    this.market.hosts = this.market.hosts.filter((host) => host.id !== id);
    this.publish('hosts', [{ id, removed: true }]);
    this.publish('market', this.#totals(null));
  }

  #totals(point) {
    return {
      time: Date.now(),
      next_close: this.market.next_close,
      rates: this.market.rates(),
      totals: this.market.totals(),
      point,
    };
  }

  #send(response, status, body, headers = {}) {
    response.writeHead(status, {
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Content-Type': 'application/json',
      ...headers,
    });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  }

  async #answer(request, response) {
    const url = new URL(request.url, 'http://mock');
    const path = url.pathname;
    const host = /^\/page\/hosts\/(\d+)\.json$/.exec(path);
    if (path === '/events') return this.#stream(request, response);
    if (path === '/page/market.json')
      return this.#send(response, 200, this.market.market(this.event));
    if (host) {
      const page = this.market.hostPage(Number(host[1]), Number(url.searchParams.get('watts')));
      return this.#send(response, page ? 200 : 404, page ?? { code: 4, error: 'no such host' });
    }
    if (path.startsWith('/v1/')) return this.#api(request, response, url);
    return this.#file(response, path);
  }

  async #file(response, path) {
    const name =
      path === '/' ? 'index.html' : /^\/page\/([a-z_]+\.(?:js|css|svg))$/.exec(path)?.[1];
    const bytes =
      name &&
      (await readFile(name === 'chart.js' ? chart : join(folder, name)).catch(() => null));
    if (!bytes) return this.#send(response, 404, { code: 4, error: 'unknown endpoint' });
    return this.#send(response, 200, bytes, {
      'Content-Type': types[extname(name)],
      'Cache-Control': 'no-cache',
    });
  }

  #stream(request, response) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('retry: 1000\n\n');
    const last = request.headers['last-event-id'];
    if (last !== undefined) {
      const oldest = this.kept[0]?.[0] ?? this.event + 1;
      if (Number(last) + 1 < oldest || Number(last) > this.event) {
        response.write('event: reset\ndata: {}\n\n');
      } else {
        for (const [id, frame] of this.kept) if (id > Number(last)) response.write(frame);
      }
    }
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
  }

  #api(request, response, url) {
    const token = request.headers.auth ?? '';
    if (token !== mockToken) return this.#send(response, 401, { code: 3, error: 'invalid token' });
    const now = Date.now();
    if (now - (this.asked.get(token) ?? 0) < 1000) {
      return this.#send(
        response,
        429,
        { code: 5, error: 'one request per second' },
        { 'Retry-After': '1' },
      );
    }
    this.asked.set(token, now);
    if (url.pathname === '/v1/my_orders') {
      const orders = this.market.orders(url.searchParams.has('return_completed'));
      return this.#send(response, 200, { code: 0, limit: 64, orders });
    }
    if (url.pathname === '/v1/wallets') {
      return this.#send(response, 200, {
        code: 0,
        wallets: [
          { name: coin, deposit: '', balance: 1012.5, withdrawal_fee: 0, reserved: '0.64687500' },
          { name: 'bitcoin', deposit: '', balance: 0.00125, withdrawal_fee: 0, reserved: '0' },
        ],
      });
    }
    return this.#send(response, 404, { code: 4, error: 'unknown endpoint' });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8090' },
      hosts: { type: 'string', default: '40' },
      interval: { type: 'string', default: '20000' },
    },
  });
  const mock = new Mock({ hosts: Number(values.hosts), interval: Number(values.interval) });
  console.log(`${await mock.start({ port: Number(values.port) })}/  token: ${mockToken}`);
}
