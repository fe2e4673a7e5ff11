"""Computes the bill of an order again and compares it with the ledger.

    audit.py EVENTS LEDGER ORDER PRICE FEE_PPM

EVENTS: what `curl -s -N URL/events` has written while the order ran. LEDGER: an answer of
GET /admin/v1/ledger with all postings of the order's renter. PRICE: coins per day, which did not
change. FEE_PPM: that of the order's currency. Times are whole milliseconds, amounts 1e-8 coin.
"""
import json
import sys
from decimal import Decimal

UNITS, DAY = 10 ** 8, 86_400_000

events_file, ledger_file, order, price, fee_ppm = sys.argv[1:]
time = 0
with open(events_file, encoding="utf-8") as file:
    for line in file:
        if not line.startswith('data: [{"event"'):
            continue
        for event in json.loads(line[len("data: "):]):
            if event["bid"] == int(order) and event["event"] in ("started", "stopped"):
                time += event["time"] if event["event"] == "stopped" else -event["time"]
with open(ledger_file, encoding="utf-8") as file:
    postings = [each for each in json.load(file)["postings"] if each["order"] == int(order)]

due = -(-int(Decimal(price) * UNITS) * time // DAY)  # rounded up
fee = due * int(fee_ppm) // 1_000_000  # rounded down
paid = {kind: int(UNITS * sum(Decimal(each["amount"]) for each in postings if each["kind"] == kind))
        for kind in ("rent", "fee")}
print(f"{time} ms at {price} coins per day: due {due}, of which the fee is {fee}")
print(f"the ledger has rent {paid['rent']} + fee {paid['fee']} = {sum(paid.values())}")
agrees = paid == {"rent": due - fee, "fee": fee}
print("they agree" if agrees else "THEY DIFFER")
sys.exit(not agrees)
