// Shows the market's totals, its rate and the time to the next close.
import { byId, setText, show } from './dom.js';
import * as format from './format.js';

export function startOverview(store) {
  const showTotals = () => {
    const { totals, rates, main_currency: main } = store.market;
    setText(byId('total-running'), format.count(totals.running));
    setText(
      byId('total-hosts'),
      `of ${format.count(totals.hosts)}; ${format.count(totals.available)} available`,
    );
    setText(byId('total-bids'), `${format.count(totals.bids)} bids`);
    show(byId('total-watts'), format.watts(totals.watts));
    for (const name of ['profit', 'income', 'electricity']) {
      show(byId(`total-${name}`), format.usd(totals[name], 2));
    }
    const rate = rates[main];
    show(byId('rate'), format.decimal(rate, 6));
    show(
      byId('rate-unit'),
      rate === undefined || rate === null
        ? { text: `no rate for ${format.currency(main).text}` }
        : { text: `USD per ${format.currency(main).text}`, title: String(main) },
    );
  };

  const showCountdown = () => {
    if (!store.market || store.state.kind === 'paused') return;
    const { next_close: next, interval } = store.market;
    const left = next - store.now();
    setText(byId('countdown'), left > 0 ? format.countdown(left) : 'closing');
    byId('until-close').value = Math.min(1, Math.max(0, 1 - left / interval));
  };

  store.addEventListener('loaded', () => {
    showTotals();
    showCountdown();
  });
  store.addEventListener('market', () => {
    showTotals();
    showCountdown();
  });
  setInterval(showCountdown, 1000);
}
