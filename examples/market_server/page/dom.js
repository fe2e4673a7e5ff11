// Builds and changes parts of the page. Data only ever becomes text, never HTML.

export const byId = (id) => document.getElementById(id);

/** Makes an element. `text` is its text; other properties become attributes. */
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'text') node.textContent = value;
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Makes an element of SVG. */
export function draw(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Sets a text if it differs. Returns whether it did. */
export function setText(node, text) {
  if (node.textContent === text) return false;
  node.textContent = text;
  return true;
}

/** Shows a value of format.js: its text, and the exact value as the title if it was shortened. */
export function show(node, value) {
  if ((node.title || null) !== (value.title ?? null)) {
    if (value.title) node.title = value.title;
    else node.removeAttribute('title');
  }
  return setText(node, value.text);
}

/** A span with a value of format.js. */
export function shown(value, className) {
  return make('span', { class: className, text: value.text, title: value.title });
}

/** A cell of a table. On a phone, rows are cards, and the label names the value. */
export function cell(label, content, className) {
  const node = make('td', { role: 'cell', 'data-label': label, class: className });
  if (content !== undefined) node.append(...[content].flat());
  return node;
}

export function row(...cells) {
  return make('tr', { role: 'row' }, ...cells);
}

/** Lets the eye find what changed, unless the reader asked for less motion. */
const calm = matchMedia('(prefers-reduced-motion: reduce)');
export function flash(node) {
  if (calm.matches) return;
  const color = getComputedStyle(document.documentElement).getPropertyValue('--flash').trim();
  node.animate([{ backgroundColor: color }, { backgroundColor: 'transparent' }], 1400);
}

export const isCalm = () => calm.matches;
