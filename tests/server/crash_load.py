"""Clients for test_crash.py. Each knows what it was promised, and checks that it was kept."""
import http.client
import json
import random

from server_client import COIN, IMAGE, Account, order, units


class Book:
    """The postings of an account, read on from where the last reading ended."""

    def __init__(self, account):
        self.account = account
        self.after = "0.0"
        self.places = set()
        self.sums = {"available": 0, "reserved": 0, "outside": 0, "fees": 0}
        self.fees = []  # of each new order: its number
        self.references = []

    def read(self, server):
        while True:
            page = server.get(f"/admin/v1/ledger?account={self.account}&after={self.after}", server.token).json()
            for posting in page["postings"]:
                self.take(posting)
            if page["next"] is None:
                return

    def take(self, posting):
        self.after = f"{posting['record']}.{posting['number']}"
        assert self.after not in self.places, posting
        self.places.add(self.after)
        for side, sign in (("from", -1), ("to", 1)):
            if posting[side]["account"] == self.account:
                self.sums[posting[side]["part"]] += sign * units(posting["amount"])
        if posting["kind"] == "creation_fee":
            self.fees.append(posting["order"])
        if posting["reference"]:
            self.references.append(posting["reference"])


class Worker:
    """Sends one request after the other until the server dies. The last one may have been taken or
    not; `resolve` sends it again, as clients do."""
    account = None

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.pending = None
        self.problem = None
        self.done = []
        self.count = 0

    def work(self, server):
        connection = server.connect()
        try:
            while True:
                if self.pending is None:
                    self.pending = self.next(server, connection)
                self.send(server, connection)
        except (OSError, http.client.HTTPException):
            pass  # the server is gone
        except Exception as problem:  # the main thread raises it again
            self.problem = problem
        finally:
            connection.close()

    def send(self, server, connection=None):
        method, path, body, token, taken = self.pending
        answer = server.request(method, path, body, token, connection)
        assert answer.status == 200, answer
        self.pending = None
        self.done.append(path)
        taken(answer.json())

    def resolve(self, server):
        if self.pending:
            self.send(server)


class Renter(Worker):
    """Places, edits and cancels. Each order has a mark of its own."""

    def __init__(self, seed, account, machines):
        super().__init__(seed)
        self.account = account
        self.machines = machines
        self.orders = {}  # by mark: what was promised
        self.accepted = 0
        self.prices = 0

    def next(self, server, connection):
        token = self.account.token
        live = server.request("GET", "/v1/my_orders", None, token, connection)["orders"]
        live = [each for each in live if not each["cancelled"]]
        # Never the same twice: the same request within a minute would be taken as a repetition.
        self.prices += 1
        price = round(self.rng.randrange(1, 50) + self.prices / 1_000_000, 6)
        if len(live) < 3 or (len(live) < 15 and self.rng.random() < 0.5):
            self.count += 1
            mark = str(self.count)
            body = [order(self.rng.choice(self.machines), price, env={"N": mark})]
            return ("POST", "/v1/create_gigaspot_orders", json.dumps(body), token,
                    lambda answer: self.placed(mark, price, answer))
        chosen = self.rng.choice(live)
        mark = chosen["env"]["N"]
        if self.rng.random() < 0.6:
            body = [{"order_id": chosen["id"], "price": price}]
            return ("POST", "/v1/edit_gigaspot_orders", json.dumps(body), token,
                    lambda answer: self.edited(mark, price, answer))
        body = {"order_ids": [chosen["id"]]}
        return ("POST", "/v1/cancel_orders", json.dumps(body), token, lambda answer: self.cancelled(mark, answer))

    def placed(self, mark, price, answer):
        if answer["failed_to_rent_servers"]:
            assert answer["reasons"][0]["error"].endswith("(host_unavailable)"), answer
            return
        self.accepted += 1
        self.orders[mark] = {"price": price, "cancelled": False}

    def edited(self, mark, price, answer):
        if answer["success_to_update_ids"] and mark in self.orders:
            self.orders[mark]["price"] = price

    def cancelled(self, mark, answer):
        if not answer["failed_to_cancel"] and mark in self.orders:
            self.orders[mark]["cancelled"] = True

    def check(self, test, server, books):
        """All that was promised is there, and nothing twice."""
        found = server.orders(self.account, "?return_completed=true")
        marks = [each["env"]["N"] for each in found]
        test.assertEqual(len(marks), len(set(marks)), marks)
        test.assertEqual(len(found), len({each["id"] for each in found}))
        fees = books[self.account.id].fees
        test.assertEqual(self.accepted, len(fees))
        test.assertEqual(len(fees), len(set(fees)))
        is_complete = sum("ended" in each for each in found) < 64  # the server keeps no more
        for mark, promised in self.orders.items():
            if mark not in marks:
                test.assertFalse(is_complete, (mark, promised))
                continue
            own = found[marks.index(mark)]
            price = own["edit"]["price"] if own.get("edit") else own["price"]
            test.assertEqual(promised["price"], price, own)
            if promised["cancelled"]:
                test.assertTrue("ended" in own or own["cancelled"], own)
        gone = {each["env"]["N"] for each in found if "ended" in each} | (set(self.orders) - set(marks))
        self.orders = {mark: each for mark, each in self.orders.items() if mark not in gone}


class Provider(Worker):
    """Reports what its machines do."""

    def __init__(self, seed, account, machines):
        super().__init__(seed)
        self.account = account
        self.machines = machines
        self.reported = {}

    def next(self, server, connection):
        machine = self.rng.choice(self.machines)
        online = self.rng.random() < 0.9
        body = {"online": online, "cached": self.rng.choice([[], [IMAGE]])}

        def taken(_):
            self.reported[machine] = online
        return "POST", f"/host/v1/machines/{machine}/heartbeat", json.dumps(body), self.account.token, taken

    def send(self, server, connection=None):
        try:
            super().send(server, connection)
        except AssertionError as problem:
            if "429" not in str(problem):  # 50 requests per second are allowed
                raise

    def check(self, test, server, books):
        for machine, online in self.reported.items():
            state = server.get(f"/page/hosts/{machine}.json")["state"]
            test.assertEqual("online" if online else "offline", state)


class Operator(Worker):
    """Credits and debits with references, moves the rate, and makes accounts."""

    def __init__(self, seed, renters):
        super().__init__(seed)
        self.renters = renters
        self.accounts = []
        self.references = {renter.id: [] for renter in renters}
        self.rates = []

    def next(self, server, connection):
        self.count += 1
        chance = self.rng.random()
        if chance < 0.1:
            rate = str(self.rng.randrange(50, 200) / 100)
            return ("POST", "/admin/v1/rate", json.dumps({"currency": COIN, "usd": rate}), server.token,
                    lambda _: self.rates.append(rate))
        if chance < 0.2 and len(self.accounts) < 8:
            return ("POST", "/admin/v1/accounts", json.dumps({"name": f"new {self.count}", "kind": "renter"}),
                    server.token, lambda answer: self.accounts.append(Account(answer["id"], answer["token"])))
        renter = self.rng.choice(self.renters).id
        reference = f"reference {self.count}"
        name, amount = ("credit", "12.00000001") if chance < 0.8 else ("debit", "1.00000003")
        body = {"account": renter, "currency": COIN, "amount": amount, "reference": reference}

        def taken(answer):
            if answer["code"] == 0:
                self.references[renter].append(reference)
        return "POST", "/admin/v1/" + name, json.dumps(body), server.token, taken

    def check(self, test, server, books):
        for renter, promised in self.references.items():
            found = [each for each in books[renter].references if each.startswith("reference ")]
            test.assertEqual(promised, found)
        for account in self.accounts:
            test.assertEqual(200, server.get("/v1/wallets", account.token).status)
        if self.rates:
            test.assertEqual(float(self.rates[-1]), float(server.get("/page/market.json")["rates"][COIN]))
