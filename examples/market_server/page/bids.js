// A renter's view: the balances and orders of the account whose token the reader has typed.
import { ApiError, ask, token } from './api.js';
import { byId, cell, make, row, setText, shown } from './dom.js';
import * as format from './format.js';
import { explained } from './reasons.js';

const period = 5000;

const inTokenCharacters = /^[\x21-\x7e]+$/; // what a header can carry

function result(order) {
  if (order.ended) return [make('span', { text: 'Ended: ' }), ...explained(order.reason)];
  if (order.cancelled) return [order.active ? 'Cancelled; runs until the next close' : 'Cancelled'];
  if (order.wins) {
    return [
      make('strong', {
        class: 'good',
        text: order.active ? 'Runs and stays' : 'Wins at the next close',
      }),
    ];
  }
  return [
    make('span', {
      class: order.active ? 'warn' : 'bad',
      text: order.active ? 'Runs, but loses at the next close: ' : 'Waits: ',
    }),
    ...explained(order.why_not ?? 'outbid'),
  ];
}

/** The price that would win, or how far the price of a winner could go down. */
function wanted(order) {
  if (order.ended || order.cancelled) return ['–'];
  const named = (value, text) => [
    shown(format.price(value, order.currency)),
    make('span', { class: 'note', text }),
  ];
  if (order.wins)
    return order.lowest_price === null ? ['–'] : named(order.lowest_price, 'is enough');
  if (order.price_to_win !== null) return named(order.price_to_win, 'would win');
  return [make('span', { class: 'muted', text: 'no price wins' })];
}

/** The power limits of the GPUs, such as "3 × 150 W". */
function settings(order) {
  const counts = new Map();
  for (const { pl } of order.oc ?? []) counts.set(pl, (counts.get(pl) ?? 0) + 1);
  return [...counts].map(([pl, count]) => `${count} × ${pl} W`).join(', ');
}

function orderRow(order) {
  const edit =
    order.edit?.price === undefined
      ? []
      : [
          make('span', {
            class: 'note',
            text: `${format.decimal(order.edit.price).text} from the next close`,
          }),
        ];
  const ends = order.ended ?? order.expires;
  const line = row(
    cell('Order', make('strong', { text: String(order.id) })),
    cell(
      'Host',
      make('a', {
        href: `#/hosts/${Number(order.renting_server)}`,
        text: `#${order.renting_server}`,
      }),
    ),
    cell('Price per day', [shown(format.price(order.price, order.currency)), ...edit], 'number'),
    cell(
      'Power',
      [shown(format.watts(order.watts)), make('span', { class: 'note', text: settings(order) })],
      'number',
    ),
    cell("Host's profit", shown(format.usd(order.profit)), 'number'),
    cell('Result', result(order), 'result'),
    cell('Price to win or keep', wanted(order), 'keep'),
    cell(
      'Spent',
      [
        shown(format.price(order.spent, order.currency)),
        make('span', { class: 'note', text: `${format.decimal(order.reserved).text} reserved` }),
      ],
      'number',
    ),
    cell(
      order.ended ? 'Ended' : 'Expires',
      shown(format.moment(ends ? ends * 1000 : null)),
      'keep',
    ),
  );
  line.className = order.ended || order.cancelled ? 'out' : order.active ? 'winner' : '';
  return line;
}

function wallet({ name, balance, reserved }) {
  const coin = format.currency(name);
  return make(
    'div',
    {},
    make('dt', { text: coin.text, title: coin.title }),
    make('dd', {}, shown(format.decimal(balance, 8))),
    make('dd', { class: 'sub' }, shown(format.decimal(reserved ?? '0', 8)), ' reserved for bids'),
  );
}

export class BidsPage {
  #isOpen = false;
  #isPaused = false;
  #orders = null; // what is shown
  #wallets = null;
  #run = 0; // a new number stops the loop of the old one

  constructor() {
    byId('token-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#use(byId('token').value.trim());
    });
    byId('forget').addEventListener('click', () => this.#forget('The token is forgotten.'));
    byId('ended').addEventListener('change', () => this.#start());
    addEventListener('storage', (event) => {
      if (token.isMeant(event)) this.#start();
    });
    document.addEventListener('visibilitychange', () => this.#start());
  }

  open() {
    this.#isOpen = true;
    this.#start();
  }

  /** Shows the numbers again, in another form. */
  refresh() {
    if (this.#orders) this.#showOrders(this.#orders);
    if (this.#wallets) this.#showWallets(this.#wallets);
  }

  /** A paused page asks for nothing, so that nothing in it changes. */
  pause(isPaused) {
    this.#isPaused = isPaused;
    this.#start();
  }

  close() {
    this.#isOpen = false;
    this.#run += 1;
  }

  #use(text) {
    if (!inTokenCharacters.test(text)) {
      this.#say('A token has only letters, digits and signs of ASCII, without spaces.');
      return;
    }
    try {
      token.keep(text);
    } catch {
      this.#say('This browser does not allow local storage for this page.');
      return;
    }
    byId('token').value = '';
    this.#clear();
    this.#start();
  }

  #forget(text) {
    token.forget();
    byId('token').value = '';
    this.#clear();
    this.#start();
    this.#say(text);
  }

  #clear() {
    this.#orders = null;
    this.#wallets = null;
    byId('account').hidden = true;
    for (const part of ['wallets', 'orders']) byId(part).replaceChildren();
    setText(byId('orders-count'), '');
  }

  #say(text) {
    setText(byId('token-status'), text);
  }

  #start() {
    this.#run += 1;
    const hasToken = Boolean(token.read());
    byId('forget').hidden = !hasToken;
    byId('token').placeholder = hasToken ? 'a token is kept' : '';
    if (!hasToken) {
      this.#clear();
      this.#say('');
    } else if (this.#isOpen && !this.#isPaused && !document.hidden) {
      this.#poll(this.#run);
    }
  }

  /** Asks for orders and balances, again and again, until another run begins. */
  async #poll(run) {
    const isOver = () => run !== this.#run;
    const onWait = (seconds) => {
      if (!isOver()) this.#say(`The server asks to wait for ${seconds} s.`);
    };
    while (!isOver()) {
      const begun = Date.now();
      try {
        const path = byId('ended').checked ? 'v1/my_orders?return_completed=true' : 'v1/my_orders';
        const { orders } = await ask(path, onWait);
        if (isOver()) return;
        this.#showOrders(orders);
        const { wallets } = await ask('v1/wallets', onWait);
        if (isOver()) return;
        this.#showWallets(wallets);
        this.#say('');
      } catch (error) {
        if (isOver()) return;
        if (error instanceof ApiError && error.status === 401) {
          this.#clear();
          this.#say('The server does not know this token. Type it again, or forget it.');
          return;
        }
        this.#say(`Not up to date: ${error.message}. Trying again.`);
      }
      await new Promise((done) => setTimeout(done, Math.max(1200, begun + period - Date.now())));
    }
  }

  #showOrders(orders) {
    this.#orders = orders;
    byId('account').hidden = false;
    const live = orders.filter((order) => !order.ended);
    byId('orders').replaceChildren(...orders.map(orderRow));
    byId('no-orders').hidden = orders.length > 0;
    const running = live.filter(({ active }) => active);
    setText(byId('orders-count'), `${live.length} in the market; ${running.length} run`);
  }

  #showWallets(wallets) {
    this.#wallets = wallets;
    byId('wallets').replaceChildren(...wallets.map(wallet));
    byId('no-wallets').hidden = wallets.length > 0;
  }
}
