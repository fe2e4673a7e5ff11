"""Draws docs/rate-interval.svg: the profits of the three bids of examples/11_rate_interval.cpp.

usage: python3 docs/site/rate_interval.py > docs/rate-interval.svg
"""
RATE_MAX, PROFIT_MIN, PROFIT_MAX = 0.026, -1.4, 6.0
LEFT, RIGHT, TOP, BOTTOM = 62, 700, 24, 360
BIDS = [("bid 41: 310 coins, 450 W", 310, 450, "#b4451f"), ("bid 42: 270 coins, 160 W", 270, 160, "#1f5fb4"),
        ("bid 43: 200 coins, 100 W", 200, 100, "#2c7a3f")]
ENERGY = 0.11


def x(rate):
    return LEFT + (RIGHT - LEFT) * rate / RATE_MAX


def y(profit):
    return BOTTOM - (BOTTOM - TOP) * (profit - PROFIT_MIN) / (PROFIT_MAX - PROFIT_MIN)


def profit(bid, rate):
    return bid[1] * rate - bid[2] * 24 / 1000 * ENERGY


def text(at_x, at_y, words, anchor="start", color="#222", extra=""):
    return f'<text x="{at_x:.1f}" y="{at_y:.1f}" text-anchor="{anchor}" fill="{color}"{extra}>{words}</text>'


idle, low, high = 0.264 / 200, 0.1584 / 70, 0.7656 / 40  # where 43 earns nothing, 42 meets 43, 41 meets 42
out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 440" font-family="sans-serif" font-size="14" '
       'role="img" aria-label="Profits of three bids as straight lines in the exchange rate">',
       '<rect width="720" height="440" rx="6" fill="#fff"/>',
       f'<rect x="{x(low):.1f}" y="{TOP}" width="{x(high) - x(low):.1f}" height="{BOTTOM - TOP}" fill="#dfe9f7"/>',
       text((x(low) + x(high)) / 2, TOP + 20, "bid 42 is chosen while the rate is in here", "middle", "#1f5fb4"),
       text((x(high) + RIGHT) / 2, BOTTOM - 10, "bid 41 is", "middle", "#b4451f")]
for value in range(-1, 7):
    out.append(f'<line x1="{LEFT}" y1="{y(value):.1f}" x2="{RIGHT}" y2="{y(value):.1f}" stroke="#ccc" '
               f'stroke-width="{1.6 if value == 0 else 0.6}"/>')
    out.append(text(LEFT - 8, y(value) + 5, value, "end", "#444"))
for value in (0, 0.005, 0.01, 0.015, 0.02, 0.025):
    out.append(text(x(value), BOTTOM + 20, f"{value:g}", "middle", "#444"))
out.append(f'<line x1="{x(0.0071):.1f}" y1="{TOP + 30}" x2="{x(0.0071):.1f}" y2="{BOTTOM}" stroke="#222" '
           'stroke-width="1.4" stroke-dasharray="5 4"/>')
out.append(text(x(0.0071) + 6, BOTTOM - 10, "the present rate, 0.0071"))
for rate in (low, high):
    out.append(f'<line x1="{x(rate):.1f}" y1="{TOP}" x2="{x(rate):.1f}" y2="{BOTTOM}" stroke="#1f5fb4"/>')
for bid in BIDS:
    last = min(RATE_MAX, (PROFIT_MAX + bid[2] * 24 / 1000 * ENERGY) / bid[1])
    out.append(f'<line x1="{x(0):.1f}" y1="{y(profit(bid, 0)):.1f}" x2="{x(last):.1f}" y2="{y(profit(bid, last)):.1f}" '
               f'stroke="{bid[3]}" stroke-width="2.4"/>')
for column, bid in enumerate(BIDS):
    out.append(f'<line x1="{LEFT + 4 + 218 * column}" y1="{BOTTOM + 64}" x2="{LEFT + 28 + 218 * column}" y2="{BOTTOM + 64}" '
               f'stroke="{bid[3]}" stroke-width="3"/>')
    out.append(text(LEFT + 34 + 218 * column, BOTTOM + 69, bid[0]))
out.append(text((LEFT + RIGHT) / 2, BOTTOM + 42, "exchange rate, USD per coin", "middle"))
out.append(text(16, (TOP + BOTTOM) / 2, "profit of the host's owner, USD a day", "middle", "#222",
                f' transform="rotate(-90 16 {(TOP + BOTTOM) / 2})"'))
out.append("</svg>")
print("\n".join(out))
