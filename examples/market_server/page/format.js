// Turns values of the market into texts. Decimals stay strings, so that no digit is lost.
// Each function returns {text, title}; the title holds the exact value if the text is shorter.

const decimalForm = /^(-?)(\d+)(?:\.(\d+))?$/;
const nothing = { text: '–', title: null };
const name_max = 14;
let isExact = false;

/** Whether decimals are shown with all their digits from now on. */
export function showAllDigits(isOn) {
  isExact = isOn;
}

const group = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** The text of a number of JSON without an exponent. */
export function plain(value) {
  if (typeof value !== 'number') return String(value);
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}

/** Digits after the point: at least `places`, more if the value is so small that it needs them. */
function placesFor(whole, fraction, places) {
  if (/[1-9]/.test(whole)) return places;
  const zeros = /^0*/.exec(fraction)[0].length;
  if (zeros === fraction.length || zeros < places - 1) return places;
  return zeros + 4;
}

/** Rounds a string of digits with `drop` digits cut off, half away from zero. */
function rounded(digits, drop) {
  const kept = BigInt(digits.slice(0, digits.length - drop) || '0');
  return (digits[digits.length - drop] >= '5' ? kept + 1n : kept).toString();
}

/** A decimal string with at most `places` digits after the point; `pad` fills them with zeros. */
export function decimal(value, places = 4, pad = false) {
  if (value === null || value === undefined) return nothing;
  const exact = plain(value);
  const parts = decimalForm.exec(exact);
  if (!parts) return { text: exact, title: null };
  const [, sign, whole, fraction = ''] = parts;
  const kept = isExact ? fraction.length : placesFor(whole, fraction, places);
  let digits = fraction;
  let integer = whole;
  if (fraction.length > kept) {
    const all = rounded(whole + fraction, fraction.length - kept).padStart(kept + 1, '0');
    integer = all.slice(0, all.length - kept);
    digits = kept > 0 ? all.slice(-kept) : '';
  }
  digits = pad ? digits.padEnd(places, '0') : digits.replace(/0+$/, '');
  const isZero = !/[1-9]/.test(integer + digits);
  const text = (sign && !isZero ? '−' : '') + group(integer) + (digits ? `.${digits}` : '');
  return { text, title: fraction.length > kept ? exact : null };
}

/** USD with four digits after the point; `places` for totals. */
export const usd = (value, places = 4) => decimal(value, places, true);

export const count = (value) => group(String(value));

/** Watts as W, kW or MW. */
export function watts(value) {
  if (value === null || value === undefined) return nothing;
  const number = Number(value);
  if (!(number >= 1000) || isExact) return { text: `${value} W`, title: null };
  const [unit, size] = number < 1e6 ? ['kW', 1e3] : ['MW', 1e6];
  const scaled = number / size;
  const places = scaled < 10 ? 2 : scaled < 100 ? 1 : 0;
  return { text: `${scaled.toFixed(places)} ${unit}`, title: `${value} W` };
}

/** A currency without the suffix that names its network. */
export function currency(name) {
  const text = String(name);
  const stem = text.replace(/-Blockchain$/, '');
  const short = stem.length > name_max ? `${stem.slice(0, name_max - 1)}…` : stem;
  return { text: short, title: short === text ? null : text };
}

/** A price per day with its currency. */
export function price(value, name) {
  if (value === null || value === undefined) return nothing;
  const amount = decimal(value);
  const coin = currency(name);
  return { text: `${amount.text} ${coin.text}`, title: `${plain(value)} ${name}` };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value) => String(value).padStart(2, '0');

/** The time of day, such as 14:05:09. */
export function timeOfDay(ms, withSeconds = true) {
  const date = new Date(ms);
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return withSeconds ? `${minutes}:${two(date.getSeconds())}` : minutes;
}

/** The date and the time of day. */
export function moment(ms) {
  if (ms === null || ms === undefined) return nothing;
  const date = new Date(ms);
  const day = `${date.getDate()} ${months[date.getMonth()]}`;
  const isToday = date.toDateString() === new Date().toDateString();
  const time = timeOfDay(ms, false);
  return {
    text: isToday ? time : `${day}, ${time}`,
    title: `${day} ${date.getFullYear()}, ${timeOfDay(ms)}`,
  };
}

/** A length of time as 0:42 or 1:02:03. */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** A length of time in words, such as "3 h 20 min". */
export function duration(ms) {
  const minutes = Math.max(0, Math.floor(ms / 60000));
  if (minutes < 1) return 'less than 1 min';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor(minutes / 60) % 24} h`;
}
