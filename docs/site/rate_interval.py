"""Draws docs/images/rate_interval.svg: the profits of the three bids of examples/11_rate_interval.cpp.

usage: python3 docs/site/rate_interval.py > docs/images/rate_interval.svg
"""
import math

RATE_MAX, PROFIT_MIN, PROFIT_MAX = 0.0257, -1.5, 5.8  # USD per coin, USD per day
LEFT, RIGHT, TOP, BOTTOM = 34, 352, 46, 324
ENERGY = 0.11  # USD per kWh
RATE = 0.0071
BIDS = {41: (310, 450), 42: (270, 160), 43: (200, 100)}  # coins per day, watts

STYLE = """
text { font: 13px sans-serif; fill: #1f2328 }
.soft { fill: #59636e }
.tick { stroke: #59636e; stroke-width: 1 }
.zero { stroke: #59636e; stroke-width: 1.5 }
.now { stroke: #1f2328; stroke-width: 1.5; stroke-dasharray: 4 4 }
.line { stroke-width: 2.5 }
.bid41 { stroke: #bc4c00 } text.bid41, rect.bid41 { fill: #bc4c00; stroke: none }
.bid42 { stroke: #0969da } text.bid42, rect.bid42 { fill: #0969da; stroke: none }
.bid43 { stroke: #1a7f37 } text.bid43, rect.bid43 { fill: #1a7f37; stroke: none }
.dot { fill: #0969da }
.idle { fill: #d1d9e0 }
.range { fill: #0969da; fill-opacity: 0.12 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .soft { fill: #9198a1 }
  .tick { stroke: #9198a1 }
  .zero { stroke: #9198a1 }
  .now { stroke: #f0f6fc }
  .bid41 { stroke: #f0883e } text.bid41, rect.bid41 { fill: #f0883e }
  .bid42 { stroke: #4493f8 } text.bid42, rect.bid42 { fill: #4493f8 }
  .bid43 { stroke: #3fb950 } text.bid43, rect.bid43 { fill: #3fb950 }
  .dot { fill: #4493f8 }
  .idle { fill: #3d444d }
  .range { fill: #4493f8; fill-opacity: 0.18 }
}"""


def x(rate):
    return LEFT + (RIGHT - LEFT) * rate / RATE_MAX


def y(profit):
    return BOTTOM - (BOTTOM - TOP) * (profit - PROFIT_MIN) / (PROFIT_MAX - PROFIT_MIN)


def cost(bid):
    return BIDS[bid][1] * 24 / 1000 * ENERGY


def profit(bid, rate):
    return BIDS[bid][0] * rate - cost(bid)


def meeting(bid, other):
    return (cost(bid) - cost(other)) / (BIDS[bid][0] - BIDS[other][0])


def line(x1, y1, x2, y2, kind):
    out.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')


def bar(from_rate, to_rate, top, height, kind):
    out.append(f'<rect x="{x(from_rate):.1f}" y="{top}" width="{x(to_rate) - x(from_rate):.1f}" height="{height}" '
               f'class="{kind}"/>')


def text(at_x, at_y, words, anchor="start", kind="", turn=0):
    turned = f' transform="rotate({turn:.1f} {at_x:.1f} {at_y:.1f})"' if turn else ""
    out.append(f'<text x="{at_x:.1f}" y="{at_y:.1f}" text-anchor="{anchor}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}'
               f"{turned}>{words}</text>")


def along(bid, rate, distance, words):
    """Writes along the line of a bid, with the middle at a rate, `distance` below the line."""
    angle = math.atan2(y(profit(bid, 1)) - y(profit(bid, 0)), x(1) - x(0))
    text(x(rate) - distance * math.sin(angle), y(profit(bid, rate)) + distance * math.cos(angle), words, "middle",
         f"bid{bid}", math.degrees(angle))


idle, low, high = cost(43) / BIDS[43][0], meeting(42, 43), meeting(41, 42)
out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 394" width="480" height="525" role="img">',
       "<title>The interval of exchange rates in which bid 42 wins</title>",
       "<desc>Profits of three bids as straight lines in the exchange rate. Bid 43 earns most up to 0.00226 USD per coin, "
       "bid 42 from there to 0.01914, bid 41 above.</desc>",
       f"<style>{STYLE}\n</style>"]
bar(low, high, TOP, BOTTOM - TOP, "range")
text(4, 16, "profit of the host's owner, USD per day", kind="soft")
for value in range(-1, 6):
    line(LEFT, y(value), RIGHT if value == 0 else LEFT + 4, y(value), "zero" if value == 0 else "tick")
    text(LEFT - 6, y(value) + 4.5, str(value).replace("-", "−"), "end", "soft")
line(LEFT, TOP, LEFT, BOTTOM, "tick")
line(x(RATE), TOP + 4, x(RATE), y(profit(42, RATE)), "now")
text(x(RATE), TOP - 4, "rate now: 0.0071", "middle")
for bid in BIDS:
    last = min(RATE_MAX, (PROFIT_MAX + cost(bid)) / BIDS[bid][0])
    line(x(0), y(profit(bid, 0)), x(last), y(profit(bid, last)), f"line bid{bid}")
along(42, 0.0133, -8, "42: 270 coin, 160 W")
along(43, 0.0138, 18, "43: 200 coin, 100 W")
text(x(0.0026), y(-0.85), "41: 310 coin, 450 W", kind="bid41")
out.append(f'<circle cx="{x(RATE):.1f}" cy="{y(profit(42, RATE)):.1f}" r="4.5" class="dot"/>')
text(x(RATE) - 8, y(profit(42, RATE)) - 6, "1.49", "end", "bid42")
for kind, start, end in (("idle", 0, idle), ("bid43", idle, low), ("bid42", low, high), ("bid41", high, RATE_MAX)):
    bar(start, end, BOTTOM + 8, 8, kind)
text(x(0) - 4, BOTTOM + 16, "idle", "end", "soft")
text(x(low), BOTTOM + 32, "43", "end", "bid43")
text((x(low) + x(high)) / 2, BOTTOM + 32, "bid 42 wins", "middle", "bid42")
text((x(high) + RIGHT) / 2, BOTTOM + 32, "41 wins", "middle", "bid41")
text(x(low), BOTTOM + 48, "0.00226", "middle")
text(x(high), BOTTOM + 48, "0.01914", "middle")
text((x(low) + x(high)) / 2, BOTTOM + 62, "exchange rate, USD per coin", "middle", "soft")
out.append("</svg>")
print("\n".join(out))
