// Starts gigaspot-server with a made-up market, and talks to its API.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const coin = 'CLORE-Blockchain';
const apart = 1100; // ms between two requests of a token; the server allows one per second
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** An account of the server, with the token that the server made for it. */
class Account {
  #next = 0;

  constructor(server, { id, token }) {
    Object.assign(this, { server, id, token });
  }

  /** Sends a request of this account, not too soon after the one before. */
  async send(method, path, body) {
    for (;;) {
      await sleep(this.#next - Date.now());
      this.#next = Date.now() + apart;
      const answer = await this.server.send(method, path, this.token, body);
      if (answer) return answer;
    }
  }

  /** Bids on hosts: {host: price}. Each bid has the lowest power limits. */
  async bid(prices) {
    const orders = [];
    for (const [host, price] of Object.entries(prices)) {
      const { gpus } = await this.server.get(`/page/hosts/${host}.json`);
      orders.push({
        currency: coin,
        image: '0123456789abcdef01234567',
        renting_server: Number(host),
        price,
        oc: gpus.map(({ pl }) => ({ pl: pl[0] })),
      });
    }
    return this.send('POST', '/v1/create_gigaspot_orders', orders);
  }
}

export class RealServer {
  #process = null;
  #lines = ''; // what it has written to stderr

  constructor(program, options = ['--demo', '--interval', '2s']) {
    this.program = program;
    this.options = options;
    this.port = 0;
  }

  /** Starts the server, on its old port and data if it has run before. Returns its address. */
  async start() {
    this.folder ??= await mkdtemp(join(tmpdir(), 'gigaspot-page-'));
    const place = ['--data', this.folder, '--listen', `127.0.0.1:${this.port}`];
    const child = spawn(this.program, [...place, ...this.options], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    this.#lines = '';
    this.ended = new Promise((done) => child.on('exit', (...how) => done(how)));
    child.stderr.setEncoding('utf8');
    await new Promise((done, fail) => {
      child.on('error', fail);
      child.on('exit', () => fail(new Error(`the server ended: ${this.#lines}`)));
      child.stderr.on('data', (text) => {
        this.#lines += text;
        const found = /listening on http:\/\/127\.0\.0\.1:(\d+)\//.exec(this.#lines);
        if (found) this.port = Number(found[1]);
        if (found) done();
      });
    });
    this.admin = (await readFile(join(this.folder, 'admin.token'), 'utf8')).trim();
    return this.address;
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends the server without notice. Its data stays. */
  async kill() {
    this.#process.kill('SIGKILL');
    await this.ended;
  }

  /** Ends the server as an operator does, and removes its data. */
  async stop() {
    this.#process.kill('SIGTERM');
    assert.deepEqual(await this.ended, [0, null], this.#lines);
    await rm(this.folder, { recursive: true });
  }

  /** Sends a request, and returns its answer; nothing if it came too soon. */
  async send(method, path, token, body) {
    const answer = await fetch(`${this.address}${path}`, {
      method,
      headers: { auth: token },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status === 429) return null;
    assert.equal(answer.status, 200, `${method} ${path}: ${text}`);
    const read = JSON.parse(text);
    assert.equal(read.code, 0, `${method} ${path}: ${text}`);
    return read;
  }

  async get(path) {
    return (await fetch(`${this.address}${path}`)).json();
  }

  /** Makes an account. A renter gets 1,000 coins. */
  async account(name, kind) {
    const post = (what, body) => this.send('POST', `/admin/v1/${what}`, this.admin, body);
    const made = await post('accounts', { name, kind });
    if (kind === 'renter')
      await post('credit', {
        account: made.id,
        currency: coin,
        amount: '1000',
        reference: `deposit of ${name}`,
      });
    return new Account(this, made);
  }

  /** Waits until the made-up market has its hosts and most of them run something. */
  async isBusy() {
    for (let i = 0; ; i += 1) {
      const { totals } = await this.get('/page/market.json');
      if (totals.hosts >= 40 && totals.running >= 20) return;
      assert.ok(i < 300, JSON.stringify(totals));
      await sleep(100);
    }
  }
}
