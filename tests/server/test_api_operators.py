"""Tests what operators ask of gigaspot-server, by real requests."""
import os
import shutil
import threading
import time
import unittest

from server_client import COIN, Case, order, sums_of, units, until

ENDPOINTS = [("POST", name) for name in ("accounts", "tokens", "tokens/revoke", "credit", "debit", "rate")] + [
    ("GET", "ledger?account=0"), ("GET", "backup")]


class Accounts(Case):
    def test_only_the_admin_token_opens_the_operators_part(self):
        server = self.market()
        for method, name in ENDPOINTS:
            for token in (None, "", "x", self.renter.token, self.provider.token, server.token[:-1], server.token + "0",
                          server.token.upper() + " "):
                self.assert_error(401, 3, server.request(method, "/admin/v1/" + name, {}, token))
            other = "GET" if method == "POST" else "POST"
            self.assert_error(404, 4, server.request(other, "/admin/v1/" + name, {}, server.token))
        for path in ("/admin/v1/", "/admin/v1/x", "/admin/v1/accounts/", "/admin"):
            self.assert_error(404, 4, server.get(path, server.token))

    def test_accounts_and_their_tokens(self):
        server = self.start()
        made = self.assert_ok(server.admin("accounts", {"name": "Ann \"é\" \\", "kind": "renter"}))
        self.assertEqual({"code", "id", "token"}, set(made))
        self.assertRegex(made["token"], "^[0-9a-f]{64}$")
        other = self.assert_ok(server.admin("accounts", {"name": "Ann", "kind": "host"}))
        self.assertEqual(made["id"] + 1, other["id"])
        self.assertNotEqual(made["token"], other["token"])
        for body in ({}, [], "x", {"name": "a"}, {"kind": "host"}, {"name": "", "kind": "host"},
                     {"name": "a" * 129, "kind": "host"}, {"name": 1, "kind": "host"}, {"name": "a", "kind": "admin"},
                     {"name": "a", "kind": "host", "id": 7}, {"name": "a", "kind": "host", "hash": "0"},
                     {"name": "a", "kind": "host", "expires_in": 0}, {"name": "a", "kind": "host", "expires_in": -1},
                     {"name": "a", "kind": "host", "expires_in": "1"},
                     {"name": "a", "kind": "host", "expires_in": 1e30},
                     {"name": "a", "kind": "host", "expires": 1}):
            with self.subTest(body=body):
                self.assert_error(400, 2, server.admin("accounts", body))
        self.assertEqual(other["id"] + 1, server.account("renter").id)

    def works(self, server, token):
        return server.get("/v1/wallets", token).status == 200

    def test_tokens_are_added_revoked_and_expire(self):
        server = self.start()
        first = server.account("renter")
        second = self.assert_ok(server.admin("tokens", {"account": first.id}))
        self.assertEqual(first.id, second["id"])
        short = self.assert_ok(server.admin("tokens", {"account": first.id, "expires_in": 1}))["token"]
        other = server.account("renter")
        self.assertEqual(1, server.admin("tokens/revoke", {"token": first.token})["revoked"])
        self.assertEqual(0, server.admin("tokens/revoke", {"token": first.token})["revoked"])
        self.assertFalse(self.works(server, first.token))
        self.assertTrue(self.works(server, second["token"]))
        until(lambda: not self.works(server, short))
        server.kill()
        server = self.start()  # all of this is in the journal
        self.assertEqual([False, True, False], [self.works(server, each) for each in
                                                (first.token, second["token"], short)])
        self.assertEqual(2, server.admin("tokens/revoke", {"account": first.id})["revoked"])
        self.assertFalse(self.works(server, second["token"]))
        self.assertTrue(self.works(server, other.token))
        self.assert_error(200, 6, server.admin("tokens", {"account": 99}))
        for body in ({}, {"account": first.id, "token": "x"}, {"account": "1"}, {"account": -1}, {"token": 1}):
            self.assert_error(400, 2, server.admin("tokens/revoke", body))
        self.assertEqual(0, server.admin("tokens/revoke", {"token": server.token})["revoked"])
        self.assert_ok(server.rate())  # the admin token cannot be revoked

    def test_rates(self):
        server = self.market()

        def price():
            return server.get("/v1/get_gigaspot", self.renter.token).json()
        self.assert_ok(server.rate("0.0071"))
        until(lambda: price()["clore_price"] == 0.0071)
        self.assert_ok(server.admin("rate", {"currency": "bitcoin", "usd": "60000", "fee_ppm": 25000}))
        until(lambda: set(price()["creation_fees"]) == {COIN, "bitcoin"})
        for body in ({}, {"currency": COIN}, {"usd": "1"}, {"currency": COIN, "usd": "x"}, {"currency": 7, "usd": "1"},
                     {"currency": COIN, "usd": "-1"}, {"currency": COIN, "usd": "1", "fee_ppm": 1000001},
                     {"currency": COIN, "usd": "1", "colour": 1}, {"currency": "", "usd": "1"},
                     {"currency": "x" * 129, "usd": "1"}, {"currency": COIN, "usd": "1e400"}):
            with self.subTest(body=body):
                answer = server.admin("rate", body)
                self.assertIn((answer.status, answer["code"]), ((400, 2), (200, 6)), answer)
        self.assertEqual({COIN: "0.0071", "bitcoin": "60000"}, server.get("/page/market.json")["rates"])
        self.assert_ok(server.rate(None))
        self.assert_error(200, 6, until(lambda: (found := server.get("/v1/get_gigaspot", self.renter.token)) and
                                        found["code"] == 6 and found))
        self.assertIn("no exchange rate", server.place(self.renter, order(7, 10))["reasons"][0]["error"])


class Money(Case):
    def test_a_reference_counts_once(self):
        server = self.market(coins=0)
        body = {"account": self.renter.id, "currency": COIN, "amount": "12.00000001", "reference": "invoice 7"}
        for _ in range(2):
            self.assertEqual("12.00000001", server.admin("credit", body)["balance"])
        debit = {**body, "amount": 2, "reference": "payout 1"}
        for _ in range(2):
            self.assertEqual("10.00000001", server.admin("debit", debit)["balance"])
        server.kill()
        server = self.start()
        self.assert_ok(server.admin("credit", body))
        self.assert_ok(server.admin("debit", debit))
        self.assertEqual((units("10.00000001"), 0), server.wallet(self.renter))

    def test_a_reference_belongs_to_one_transfer(self):
        server = self.market(coins="5")
        body = {"account": self.renter.id, "currency": COIN, "amount": "1", "reference": "r"}
        done = self.assert_ok(server.admin("credit", body))
        self.assertEqual({"code": 0, "transfer": "credit", **body, "balance": "6"}, {**done, "reference": "r"})
        self.assertEqual(done, server.admin("credit", {**body, "amount": "1.00"}).json())
        for change in ({"amount": "1.1"}, {"account": self.provider.id}, {"currency": "bitcoin"}):
            error = self.assert_error(200, 6, server.admin("credit", {**body, **change}))
            self.assertIn("another transfer", error)
        self.assert_error(200, 6, server.admin("debit", body))
        self.assertEqual(units(6), server.wallet(self.renter)[0])

    def test_what_is_not_a_transfer(self):
        server = self.market(coins="5")
        good = {"account": self.renter.id, "currency": COIN, "amount": "1", "reference": "r"}
        for change in ({"amount": "0"}, {"amount": 0}, {"amount": "-1"}, {"amount": -1}, {"amount": 1.5},
                       {"amount": "1.000000001"}, {"amount": "1e3"}, {"amount": ""}, {"amount": None}, {"amount": [1]},
                       {"amount": "9" * 40}, {"amount": 10 ** 30}, {"account": "1"}, {"account": 1.5}, {"account": -1},
                       {"account": 2 ** 64}, {"account": None}, {"reference": ""}, {"reference": "r" * 129},
                       {"reference": 1}, {"reference": None}, {"currency": 1}, {"currency": None}, {"time": 0},
                       {"x": 1}):
            for name in ("credit", "debit"):
                with self.subTest(change=change, name=name):
                    self.assert_error(400, 2, server.admin(name, {**good, **change}))
        for change, name in (({"account": 99}, "credit"), ({"account": 0}, "credit"), ({"currency": "gold"}, "credit"),
                             ({"amount": "5.00000001"}, "debit"), ({"amount": "46116860182"}, "credit")):
            with self.subTest(change=change, name=name):
                self.assert_error(200, 6, server.admin(name, {**good, **change}))
        self.assertEqual((units(5), 0), server.wallet(self.renter))
        self.assert_ok(server.admin("credit", good))  # what failed has not used up the reference

    def test_the_ledger_has_pages_and_adds_up_to_all_wallets(self):
        server = self.market("--interval", "1d", "--request-every", "0ms", "--creation-fee", COIN + "=0.00000001",
                             machines=range(40))
        other = server.account("renter", "3.5")
        debit = {"account": other.id, "currency": COIN, "amount": "0.5", "reference": "d"}
        self.assert_ok(server.admin("debit", debit))
        for part in range(15):
            self.assert_placed(server.place(self.renter, *(order(each, 0.01 + part) for each in range(40))))
            ids = [each["id"] for each in server.orders(self.renter)]
            self.assertEqual([], server.cancel(self.renter, *ids)["failed_to_cancel"])
        self.assert_placed(server.place(self.renter, order(7, 1)))
        self.assert_placed(server.place(other, order(7, 2)))
        postings = server.ledger(self.renter.id)
        self.assertEqual(1 + 3 * 600 + 2, len(postings))  # more than one page
        places = [(each["record"], each["number"]) for each in postings]
        self.assertEqual(sorted(set(places)), places)
        for account in (self.renter, other, self.provider):
            self.assertEqual(server.wallet(account), tuple(sums_of(server.ledger(account.id), account.id).values()))
        market = sums_of(server.ledger(0), 0)
        wallets = sum(sum(server.wallet(account)) for account in (self.renter, other, self.provider))
        self.assertEqual((-units("1003"), 602), (market["outside"], market["fees"]))
        self.assertEqual(units("1003"), wallets + market["fees"])
        self.assertEqual([], server.ledger(self.provider.id))

    def test_a_bill_can_be_computed_again_from_the_ledger(self):
        """A posting has the time of its record, also before it is in the books."""
        server = self.start("--interval", "1d", "--refill", "at_once", "--request-every", "0ms", "--heartbeat", "1h")
        before = time.time() * 1000
        self.assert_ok(server.admin("rate", {"currency": COIN, "usd": "1", "fee_ppm": 25_000}))
        self.provider, self.renter = server.account("host"), server.account("renter", 1000)
        self.assert_ok(server.machine(self.provider, 7))
        self.assert_placed(server.place(self.renter, order(7, "120.0001")))
        started = server.get("/page/market.json")["hosts"][0]["run"]["since"]
        time.sleep(0.3)
        self.assert_ok(server.request("DELETE", "/host/v1/machines/7", None, self.provider.token))
        for current in (server, None):  # what the view holds, then what the books hold
            if current is None:
                server.kill()
                current = self.start("--interval", "1d", "--request-every", "0ms")
            postings = current.ledger(self.renter.id)
            times = [each["time"] for each in postings]
            self.assertEqual(sorted(times), times)
            self.assertTrue(before - 1 <= times[0] <= times[-1] <= time.time() * 1000, times)
            bill = {each["kind"]: each for each in postings if each["order"] == 1 and each["kind"] in ("rent", "fee")}
            stopped = bill["rent"]["time"]
            self.assertGreaterEqual(stopped - started, 300)
            due = -(-units("120.0001") * (stopped - started) // 86_400_000)
            fee = due * 25_000 // 1_000_000
            self.assertEqual((due - fee, fee), (units(bill["rent"]["amount"]), units(bill["fee"]["amount"])))
            own = next(each for each in current.ledger(self.provider.id) if each["kind"] == "rent")
            self.assertEqual(bill["rent"], own)

    def test_the_ledger_is_whole_after_a_crash(self):
        server = self.market()
        self.assert_placed(server.place(self.renter, order(7, 10)))
        before = server.ledger(self.renter.id)
        server.kill()
        self.assertEqual(before, self.start().ledger(self.renter.id))

    def test_what_the_ledger_may_be_asked(self):
        server = self.market()
        for query in ("", "?account=", "?account=x", "?account=-1", "?account=1.5", "?account=99999999999999999999",
                      "?account=1&after=x", "?account=1&after=1", "?account=1&after=1.", "?account=1&after=.1",
                      "?account=1&after=-1.0", "?account=1&after=1.99999999999", "?account=1&after=1.2.3"):
            self.assert_error(400, 2, server.get("/admin/v1/ledger" + query, server.token))
        self.assertEqual([], server.ledger(99))

    def test_a_price_that_is_charged_reaches_the_provider_less_the_fee(self):
        server = self.start("--interval", "1s", "--request-every", "0ms", "--heartbeat", "1h")
        self.assert_ok(server.admin("rate", {"currency": COIN, "usd": "1", "fee_ppm": 100_000}))
        self.provider, self.renter = server.account("host"), server.account("renter", 10)
        self.assert_ok(server.machine(self.provider, 7))
        self.assert_placed(server.place(self.renter, order(7, 864)))
        kinds = until(lambda: {each["kind"]: each for each in server.ledger(self.renter.id)
                               if each["kind"] in ("rent", "fee") and each["order"] == 1})
        self.assertEqual(["0.009", "0.001"], [kinds[kind]["amount"] for kind in ("rent", "fee")])
        self.assertEqual({"account": self.provider.id, "part": "available"}, kinds["rent"]["to"])
        self.assertEqual({"account": 0, "part": "fees"}, kinds["fee"]["to"])


class Backup(Case):
    def test_a_server_on_a_backup_has_the_same_state(self):
        server = self.market()
        self.assert_placed(server.place(self.renter, order(7, 10)))
        copy = server.get("/admin/v1/backup", server.token)
        self.assertEqual((200, "application/octet-stream"), (copy.status, copy.headers["content-type"]))
        before = (server.orders(self.renter), server.wallet(self.renter), server.ledger(self.renter.id))
        self.assert_placed(server.place(self.renter, order(7, 11)))  # after the backup
        until(lambda: not [name for name in os.listdir(self.folder) if name.startswith("download")])
        other = self.start(folder=self.restored(server, copy.body))
        self.assertEqual(before, (other.orders(self.renter), other.wallet(self.renter), other.ledger(self.renter.id)))
        self.assert_placed(other.place(self.renter, order(7, 12)))

    def restored(self, server, database):
        folder = self.folder + "-restored"
        os.mkdir(folder)
        with open(os.path.join(folder, "market.db"), "wb") as file:
            file.write(database)
        shutil.copy(os.path.join(server.folder, "admin.token"), folder)
        return folder

    def test_a_backup_under_load_has_all_that_was_answered_before(self):
        server = self.market(machines=range(20))
        ended, count = threading.Event(), 0

        def trade(account):
            number = 0
            while not ended.is_set() and number < 300:
                number += 1
                self.assert_placed(server.place(account, order(number % 20, number)))
        accounts = [server.account("renter", 1000000) for _ in range(3)]
        threads = [threading.Thread(target=trade, args=(account,)) for account in accounts]
        for thread in threads:
            thread.start()
        try:
            until(lambda: len(server.orders(accounts[0])) > 5)
            count = {account: len(server.orders(account)) for account in accounts}
            copy = server.get("/admin/v1/backup", server.token).body
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        other = self.start(folder=self.restored(server, copy))
        for account in accounts:
            found = [each["price"] for each in other.orders(account)]
            self.assertGreaterEqual(len(found), count[account])
            self.assertEqual(list(range(1, len(found) + 1)), sorted(found))
        self.assertEqual({"code": 0}, other.get("/healthz").json())

    def test_a_backup_that_was_never_sent_is_removed_at_the_next_start(self):
        server = self.market()
        server.kill()
        names = ["download.1796062665000", "download.1796062665000.new"]
        for name in names:
            with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
                file.write("as a kill during a backup leaves it")
        self.start()
        self.assertFalse(set(names) & set(os.listdir(self.folder)))

    def test_a_stop_during_a_backup(self):
        server = self.market()
        threading.Thread(target=lambda: self.ask_and_ignore(server)).start()
        self.assertEqual(0, server.stop(), server.errors())
        self.start().stop()

    def ask_and_ignore(self, server):
        try:
            server.get("/admin/v1/backup", server.token)
        except OSError:
            pass  # the server has stopped before


if __name__ == "__main__":
    unittest.main()
