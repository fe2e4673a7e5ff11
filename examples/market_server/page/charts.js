// Draws the market's history with Chart.js, and gives the last values as tables.
import { byId, cell, isCalm, make, row, setText } from './dom.js';
import * as format from './format.js';

const minute = 60000;
const steps = [
  ...[5, 10, 20, 30].map((s) => s * 1000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440].map((m) => m * minute),
];
const values_in_table = 10;

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Replaces the ticks of a time axis by a few at round local times. */
function roundTicks(axis, ticks_max) {
  const span = axis.max - axis.min;
  const step = steps.find((each) => span / each <= ticks_max) ?? Math.ceil(span / ticks_max);
  const zone = new Date(axis.min).getTimezoneOffset() * minute;
  const first = Math.ceil((axis.min - zone) / step) * step + zone;
  axis.ticks = [];
  for (let time = first; time <= axis.max; time += step) axis.ticks.push({ value: time });
}

/** Numbers of an axis, short: 1.2k instead of 1200. */
function axisNumber(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(4))}M`;
  if (size >= 1000) return `${Number((value / 1000).toPrecision(4))}k`;
  return String(Number(value.toPrecision(4)));
}

function options(panel, format_value) {
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    parsing: false,
    normalized: true,
    interaction: { mode: 'index', intersect: false },
    layout: { padding: { top: 2 } },
    elements: { point: { radius: 0, hitRadius: 8, hoverRadius: 3 }, line: { borderWidth: 2 } },
    scales: {
      x: {
        type: 'linear',
        afterBuildTicks: (axis) => roundTicks(axis, Math.max(2, Math.floor(axis.width / 70))),
        ticks: {
          callback: (value) => format.timeOfDay(value, value % minute !== 0),
          maxRotation: 0,
          display: Boolean(panel.hasTimes),
          autoSkip: false,
        },
        grid: { drawTicks: Boolean(panel.hasTimes) },
        afterFit: (axis) => {
          axis.paddingRight = 26;
        }, // room for half a time, whether or not one is there
      },
      y: {
        beginAtZero: panel.fromZero,
        grace: '8%',
        ticks: { callback: axisNumber, maxTicksLimit: panel.hasTimes && panel.isTall ? 7 : 4 },
        afterFit: (axis) => {
          axis.width = 52;
        }, // the panels share their time axis
      },
    },
    plugins: {
      legend: { display: false },
      title: {
        display: !panel.isTall,
        text: panel.title,
        align: 'start',
        padding: { top: 0, bottom: 9 },
        font: { size: 12, weight: '600' },
      },
      tooltip: {
        displayColors: false,
        animation: isCalm() ? false : { duration: 120 },
        callbacks: {
          title: (items) => (items.length > 0 ? format.moment(items[0].parsed.x).text : ''),
          label: (item) => `${panel.title}: ${format_value(item.raw.exact)}`,
        },
      },
    },
  };
}

const panels = [
  {
    id: 'rate',
    at: 1,
    title: 'Rate',
    isTall: true,
    hasTimes: true,
    tint: '--line-rate',
    value: (exact, market) =>
      `${format.decimal(exact, 6).text} USD per ${format.currency(market.main_currency).text}`,
  },
  {
    id: 'running',
    at: 2,
    title: 'Hosts running',
    fromZero: true,
    tint: '--line-running',
    value: (exact) => format.count(exact),
  },
  {
    id: 'watts',
    at: 3,
    title: 'Power, W',
    fromZero: true,
    tint: '--line-watts',
    value: (exact) => format.watts(exact).text,
  },
  {
    id: 'profit',
    at: 4,
    title: 'Profit, USD per day',
    hasTimes: true,
    tint: '--line-profit',
    value: (exact) => format.usd(exact, 2).text,
  },
];

const dataOf = (panel, history) =>
  history.map((point) => ({
    x: point[0],
    y: point[panel.at] === null ? NaN : Number(point[panel.at]),
    exact: point[panel.at],
  }));

/** Describes the chart for a screen reader. */
function spoken(panel, market) {
  const points = market.history.filter((point) => point[panel.at] !== null);
  if (points.length === 0) return `${panel.title}: no values yet`;
  const values = points.map((point) => Number(point[panel.at]));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const exact = (number) => points[values.indexOf(number)][panel.at];
  return `${panel.title} from ${format.moment(points[0][0]).text} to ${
    format.moment(points.at(-1)[0]).text
  }: lowest ${panel.value(exact(low), market)}, highest ${panel.value(
    exact(high),
    market,
  )}, last ${panel.value(points.at(-1)[panel.at], market)}`;
}

function valuesTable(caption, shown, market) {
  const head = row(
    ...['Time', ...shown.map(({ title }) => title)].map((text) =>
      make('th', { role: 'columnheader', scope: 'col', text }),
    ),
  );
  const lines = market.history
    .slice(-values_in_table)
    .reverse()
    .map((point) =>
      row(
        cell('Time', format.timeOfDay(point[0])),
        ...shown.map((panel) =>
          cell(panel.title, point[panel.at] === null ? '–' : panel.value(point[panel.at], market)),
        ),
      ),
    );
  return make(
    'table',
    { role: 'table' },
    make('caption', { text: caption }),
    make('thead', { role: 'rowgroup' }, head),
    make('tbody', { role: 'rowgroup' }, ...lines),
  );
}

export class Charts {
  #store;
  #charts = new Map();

  constructor(store) {
    this.#store = store;
    if (window.Chart) {
      for (const panel of panels) this.#make(panel);
      this.#paint();
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#paint());
    } else {
      for (const details of document.querySelectorAll('.trio details')) details.open = true;
    }
    store.addEventListener('loaded', () => this.#draw());
    store.addEventListener('market', () => this.#draw());
    for (const details of document.querySelectorAll('.trio details')) {
      details.addEventListener('toggle', () => this.#tables());
    }
  }

  #make(panel) {
    this.#charts.set(
      panel,
      new window.Chart(byId(`chart-${panel.id}`), {
        type: 'line',
        data: { datasets: [{ data: [], stepped: panel.id === 'running', spanGaps: false }] },
        options: options(panel, (exact) => panel.value(exact, this.#store.market)),
      }),
    );
  }

  /** Takes the colours of the reader's scheme from the style sheet. */
  #paint() {
    for (const [panel, chart] of this.#charts) {
      Object.assign(chart.data.datasets[0], {
        borderColor: color(panel.tint),
        pointHoverBackgroundColor: color(panel.tint),
      });
      for (const axis of [chart.options.scales.x, chart.options.scales.y]) {
        axis.ticks.color = color('--muted');
        axis.grid.color = color('--line');
        axis.grid.borderColor = color('--line');
      }
      chart.options.plugins.title.color = color('--muted');
      chart.update('none');
    }
  }

  #draw() {
    const { market } = this.#store;
    const last = market.history.at(-1)?.[0] ?? null;
    for (const [panel, chart] of this.#charts) {
      const { data } = chart.data.datasets[0];
      if (data.at(-1)?.x === last && data.length === market.history.length) continue;
      chart.data.datasets[0].data = dataOf(panel, market.history);
      chart.options.scales.x.min = market.history[0]?.[0];
      chart.options.scales.x.max = last ?? undefined;
      chart.update('none');
      byId(`chart-${panel.id}`).setAttribute('aria-label', spoken(panel, market));
    }
    setText(
      byId('rate-chart-title'),
      `Rate, USD per ${format.currency(market.main_currency).text}`,
    );
    this.#tables();
  }

  #tables() {
    const { market } = this.#store;
    if (!market) return;
    for (const [id, caption, shown] of [
      ['rate-values', 'The last rates', panels.slice(0, 1)],
      ['market-values', 'The last closes', panels.slice(1)],
    ]) {
      if (byId(id).parentElement.open)
        byId(id).replaceChildren(valuesTable(caption, shown, market));
    }
  }
}
