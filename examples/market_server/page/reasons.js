// Says in plain words what the market's codes mean.
import { make } from './dom.js';

const sentences = {
  host_offline: 'the host is offline',
  host_on_demand_rented: 'the host is rented on demand',
  host_malfunctioning: 'the host is not working properly',
  host_unavailable: 'the host accepts no bids while it is unavailable',
  host_unknown: 'there is no such host',
  host_removed: 'the host was removed',
  bid_expired: 'the bid has expired',
  bid_unknown: 'there is no such bid',
  overclock_invalid: "the host's limits do not allow these settings",
  overclock_missing: 'the bid has no overclock profile',
  overclock_count_mismatch: 'the bid needs one overclock profile per GPU',
  power_limit_missing: 'the profile has no power limit',
  power_limit_below_card_minimum: "the power limit is below the card's minimum",
  power_limit_above_host_maximum: "the power limit is above the host's maximum",
  not_cached: "the bid's image is not cached on the host",
  rate_missing: 'an exchange rate is missing or too old',
  below_reserve: 'too little would be left for the host after electricity',
  incumbent_protected: 'the running bid is protected for a minimum time',
  price_not_positive: 'the price must be above 0',
  price_too_precise: 'the price has more than 8 decimal places',
  price_below_market_minimum: "the price is below the market's minimum",
  price_above_market_maximum: "the price that it takes is above the market's maximum",
  price_below_host_minimum: "the price is below the host's minimum bid",
  outbid: 'another bid leaves more for the host',
  cancelled: 'it was cancelled',
  expired: 'it expired',
  revoked: 'the marketplace revoked it',
  not_owner: 'the bid belongs to somebody else',
  number_out_of_range: 'a number is out of range',
  limit_reached: 'a limit of the market has been reached',
  close_too_soon: 'the previous close is too recent',
  malformed: 'the request does not have the expected form',
};

/** Codes about one of a card's clocks, such as core_lock_above_maximum. */
const clocks = /^(core|mem)_(lock|offset)_(not_supported|below_minimum|above_maximum)$/;
const problems = {
  not_supported: 'is not supported by this GPU',
  below_minimum: 'is below the allowed range',
  above_maximum: 'is above the allowed range',
};

/** The sentence for a code, or the code itself if it is not known here. */
export function sentence(code) {
  if (Object.hasOwn(sentences, code)) return sentences[code];
  const clock = clocks.exec(code);
  if (!clock) return String(code);
  return `the ${clock[1] === 'mem' ? 'memory' : 'core'} ${clock[2]} ${problems[clock[3]]}`;
}

/** The sentence, followed by the code, as elements. */
export function explained(code) {
  const text = sentence(code);
  const mark = make('code', { text: String(code) });
  return text === String(code) ? [mark] : [`${text} `, mark];
}
