"""Tests what renters ask of gigaspot-server, by real requests.

Where the duties of a marketplace (docs/incentives.md) have their tests:

    steady closes           test_start  closes_that_came_due_..., test_crash  ..._frozen_for_longer_...
    a deposit per bid       here  money_is_held_from_the_bid_to_its_end
    who cannot pay          test_api_hosts  whoever_cannot_pay_for_the_next_interval_is_revoked
    numbers and owners      here  nobody_touches_..., test_api_abuse  owners_and_ids_in_orders_...
    coins without a rate    test_api_operators  rates
    a list of GPU models    test_api_hosts  models_come_from_a_list_that_the_operator_extends
    images, seen and late   test_api_hosts  only_bids_with_a_cached_image_win
    providers who cheat     test_api_hosts  a_protected_run_..., a_run_whose_machine_goes_silent_...
    refill at_once          test_api_hosts  a_moved_rate_fills_idle_hosts_at_once_...
"""
import json
import threading
import time
import unittest
import urllib.parse

from server_client import COIN, Case, Server, order, units, until


class PublicClient:
    """Behaves as the market's public Python client does, except for the base address.

    It tries three times, 2 s apart, whatever goes wrong, and has no idempotency key. It begins with two
    requests at once, reads the snapshot without a token, and finds the ids of its orders there.
    """
    attempts = 3
    pause = 2

    def __init__(self, server, account):
        self.server, self.token = server, account.token
        self.requests = []  # all that it has sent: method, path, status
        first = [threading.Thread(target=self.read_market) for _ in range(2)]
        for thread in first:
            thread.start()
        for thread in first:
            thread.join()

    def ask(self, method, path, keys, body=None):
        for attempt in range(self.attempts):
            if attempt:
                time.sleep(self.pause)
            answer = self.server.request(method, path, body, self.token)
            self.requests.append((method, path, answer.status))
            data = answer.json()
            if data.get("code") == 0 and all(key in data for key in keys):
                return data
        return None

    def read_market(self):
        """Returns all bids as (machine, bid); the ids of its own orders are only there."""
        data = self.ask("GET", "/v1/get_gigaspot", ["my_user_id", "v1_snapshot_url"])
        self.user = data["my_user_id"]
        self.price = data.get("clore_price", 0)
        self.fees = data["creation_fees"]
        self.url = data["v1_snapshot_url"]
        where = urllib.parse.urlsplit(self.url)
        assert where.port == self.server.port, self.url
        self.snapshot = json.loads(self.server.get(where.path).body)
        return [(int(number), bid) for number, machine in self.snapshot.items() for bid in machine["bids"]]

    def own_bids(self):
        return {bid["id"]: (machine, bid) for machine, bid in self.read_market() if bid["owner"] == self.user}

    def rent(self, orders):
        data = self.ask("POST", "/v1/create_gigaspot_orders",
                        ["status", "failed_to_oc_servers", "failed_to_rent_servers"], orders)
        failed = data["failed_to_oc_servers"] + data["failed_to_rent_servers"]
        return [each["renting_server"] for each in orders if each["renting_server"] not in failed]

    def edit(self, edits):
        data = self.ask("POST", "/v1/edit_gigaspot_orders", ["success_to_update_ids"], edits)
        return data["success_to_update_ids"]

    def cancel(self, ids):
        data = self.ask("POST", "/v1/cancel_orders", ["failed_to_cancel"], {"order_ids": ids})
        return [each for each in ids if each not in data["failed_to_cancel"]]


class DropIn(Case):
    def test_the_public_client_reads_places_edits_and_cancels(self):
        server = self.market("--interval", "1d", "--creation-fee", COIN + "=0.5", machines=(7, 8))
        rival = server.account("renter", 100)
        self.assert_placed(server.place(rival, order(8, 3)))
        until(lambda: server.orders(rival))
        client = PublicClient(server, self.renter)
        self.assertEqual([200, 200], [status for _, _, status in client.requests])  # both at once
        self.assertEqual((self.renter.id, 1, {COIN: 0.5}), (client.user, client.price, client.fees))

        wanted = [order(7, 12.5), order(8, 0), order(9, 5), order(8, 20, watts=351), order(8, 4.25, watts=150)]
        self.assertEqual([7], client.rent(wanted))  # 8 is in a list, since two of its three orders failed
        own = until(client.own_bids)
        self.assertEqual([(7, 12.5, 200), (8, 4.25, 150)],
                         sorted((machine, bid["price"], bid["pl"]) for machine, bid in own.values()))
        ids = {machine: number for number, (machine, _) in own.items()}

        self.assertEqual([ids[7]], client.edit([{"order_id": ids[7], "price": 13.5}, {"order_id": 999, "price": 9}]))
        until(lambda: client.own_bids()[ids[7]][1]["price"] == 13.5)
        self.assertEqual([ids[8]], client.cancel([ids[8], 999]))
        until(lambda: list(client.own_bids()) == [ids[7]])
        self.assertIn(429, [status for _, _, status in client.requests])  # it asks too often, and gets over it

        wallets = {each["name"]: each for each in client.ask("GET", "/v1/wallets", ["wallets"])["wallets"]}
        self.assertEqual({"name": COIN, "deposit": "", "balance": 985.5, "reserved": "13.5", "withdrawal_fee": 0},
                         wallets[COIN])
        orders = client.ask("GET", "/v1/my_orders", ["orders", "limit"])["orders"]
        self.assertEqual([(ids[7], 7, 13.5, COIN)],
                         [(each["id"], each["renting_server"], each["price"], each["currency"]) for each in orders])

    def test_a_client_that_got_no_answer_asks_again_and_pays_once(self):
        server = self.market("--interval", "1d")
        body = json.dumps([order(7, 10)])
        lost = server.connect()
        lost.request("POST", "/v1/create_gigaspot_orders", body, {"auth": self.renter.token})
        until(lambda: server.get("/page/market.json")["totals"]["bids"] == 1)
        lost.close()  # the answer is not read
        client = PublicClient(server, self.renter)
        self.assertEqual([7], client.rent([order(7, 10)]))
        self.assertEqual(1, len(server.orders(self.renter)))

    def test_the_snapshot_is_read_without_a_token_and_kept_after_a_newer_one(self):
        server = self.market()

        def url():
            return urllib.parse.urlsplit(server.get("/v1/get_gigaspot", self.renter.token)["v1_snapshot_url"]).path
        first = url()
        self.assertRegex(first, r"_\d+\.json$")
        before = server.get(first)
        self.assertEqual((200, "application/json"), (before.status, before.headers["content-type"]))
        self.assert_placed(server.place(self.renter, order(7, 10)))
        until(lambda: url() != first)
        self.assertEqual(before.body, server.get(first).body)
        machine = until(lambda: server.get(url()).json()["7"] if url() != first else None)
        self.assertEqual(
            [{"owner": self.renter.id, "id": 1, "active": False, "to_cache": False, "cached": False, "price": 10,
              "currency": COIN, "pl": 200}], machine.pop("bids"))
        self.assertEqual([{"model": "RTX 3090", "pl": [100, 350], "core_lock": [210, 2100]}], machine.pop("gpus"))
        self.assertLessEqual({"on_demand_rented": False, "online": True, "working_properly": True, "min_bid": 0,
                              "energy_price": 0, "host": self.provider.id}.items(), machine.items())
        self.assert_error(404, 4, server.get("/snapshots/gigaspot_1.json"))
        self.assert_error(404, 4, server.get("/snapshots/gigaspot_-1.json"))


class Codes(Case):
    """One example per code. Code 1 has its examples in test_crash.py, where the disk is full."""

    def test_code_0(self):
        server = self.market()
        for path in ("get_gigaspot", "wallets", "my_orders", "my_orders?return_completed=true"):
            self.assert_ok(server.get("/v1/" + path, self.renter.token))

    def test_code_2_names_the_field(self):
        server = self.market()
        error = self.assert_error(400, 2, server.place(self.renter, order(7, 10), order(7, "x")))
        self.assertIn("[1].price", error)
        self.assertEqual([], server.orders(self.renter))

    def test_code_3_for_each_endpoint(self):
        server = self.market()
        short = server.account("renter", expires_in=1)
        for token in (None, "", "x", "0" * 64, self.renter.token[:-1], self.renter.token + "0", server.token,
                      "é" * 8, "'; --"):
            with self.subTest(token=token):
                token = token and token.encode("utf-8").decode("latin-1")
                for path in ("get_gigaspot", "wallets", "my_orders"):
                    self.assert_error(401, 3, server.get("/v1/" + path, token))
                for path in ("create_gigaspot_orders", "edit_gigaspot_orders", "cancel_orders"):
                    self.assert_error(401, 3, server.post("/v1/" + path, [], token))
        until(lambda: server.get("/v1/wallets", short.token).status == 401)  # expired

    def test_code_4_for_other_paths_and_methods(self):
        server = self.market()
        for method, path in (("GET", "/v1/"), ("GET", "/v1/x"), ("POST", "/v1/wallets"), ("GET", "/v1/cancel_orders"),
                             ("DELETE", "/v1/my_orders"), ("PUT", "/v1/create_gigaspot_orders"), ("GET", "/v2/wallets"),
                             ("GET", "/V1/wallets"), ("GET", "/v1/wallets/"), ("GET", "//v1/wallets"),
                             ("GET", "/v1/../admin.token"), ("GET", "/page/hosts/x.json"), ("POST", "/")):
            with self.subTest(path=path, method=method):
                self.assert_error(404, 4, server.request(method, path, None, self.renter.token))

    def test_code_5_has_whole_seconds_to_wait(self):
        server = self.market("--interval", "1d", "--request-every", "1m")
        self.assert_ok(server.get("/v1/wallets", self.renter.token))
        self.assert_ok(server.get("/v1/wallets", self.renter.token))  # a second GET may come at once
        for early in (server.get("/v1/wallets", self.renter.token), server.place(self.renter, order(7, 10))):
            error = self.assert_error(429, 5, early)
            self.assertRegex(early.headers["retry-after"], r"^[0-9]+$")
            self.assertEqual(f"too many requests; try again in {early.headers['retry-after']} s", error)
            self.assertTrue(1 <= int(early.headers["retry-after"]) <= 120)
        other = server.account("renter", 100)  # another token has a limit of its own
        self.assert_placed(server.place(other, order(7, 10)))
        self.assert_error(429, 5, server.place(other, order(7, 11)))
        second = server.admin("tokens", {"account": other.id})["token"]
        self.assert_placed(server.post("/v1/create_gigaspot_orders", [order(7, 12)], second))

    def test_the_wait_that_is_asked_for_is_enough(self):
        server = self.market("--interval", "1d")
        self.assert_placed(server.place(self.renter, order(7, 10)))
        refused = server.place(self.renter, order(7, 11))
        self.assert_error(429, 5, refused)
        time.sleep(int(refused.headers["retry-after"]))
        self.assert_placed(server.place(self.renter, order(7, 11)))

    def test_code_6_says_why(self):
        server = self.start()
        renter = server.account("renter")
        self.assertIn("exchange rate", self.assert_error(200, 6, server.get("/v1/get_gigaspot", renter.token)))
        provider = server.account("host")
        self.assertIn("provider", self.assert_error(200, 6, server.place(provider, order(7, 10))))


class Orders(Case):
    def reasons(self, answer):
        return {each.get("renting_server", each.get("order_id")): each["error"] for each in answer["reasons"]}

    def test_each_list_of_the_answer(self):
        server = self.market(machines=(7, 8, 9))
        self.assert_ok(server.machine(self.provider, 9, min_bid="2"))
        answer = server.place(self.renter, order(7, 10), order(8, 10, watts=99), order(9, 1.9), order(10, 10))
        body = self.assert_ok(answer)
        self.assertEqual("ok", body["status"])
        self.assertEqual([8], body["failed_to_oc_servers"])
        self.assertEqual([9, 10], body["failed_to_rent_servers"])  # a bid that is too low is in both
        self.assertEqual([9], body["too_low_bids_servers"])
        reasons = self.reasons(answer)
        self.assertIn("99", reasons[8])
        self.assertIn("not in the market", reasons[10])
        answer = server.edit(self.renter, {"order_id": 1, "price": 11}, {"order_id": 1, "price": 0},
                             {"order_id": 2, "price": 5})
        body = self.assert_ok(answer)
        self.assertEqual(([1], [1, 2], [1]), (body["success_to_update_ids"], body["failed_to_update_ids"],
                                              body["too_low_bid_ids"]))
        self.assertEqual([2, 1], server.cancel(self.renter, 2, 1, 1)["failed_to_cancel"])

    def test_money_is_held_from_the_bid_to_its_end(self):
        server = self.market(coins="20")
        self.assert_placed(server.place(self.renter, order(7, 12.5)))
        self.assertEqual((units("7.5"), units("12.5")), server.wallet(self.renter))
        self.assertEqual([("12.5", "0")], [(each["reserved"], each["spent"]) for each in server.orders(self.renter)])
        answer = server.place(self.renter, order(7, 8))
        self.assertEqual([7], answer["failed_to_rent_servers"])
        self.assertIn("7.5 are available", self.reasons(answer)[7])
        self.assertEqual([1], server.edit(self.renter, {"order_id": 1, "price": 20.5})["failed_to_update_ids"])
        self.assertEqual([1], server.edit(self.renter, {"order_id": 1, "price": 20})["success_to_update_ids"])
        self.assertEqual((0, units("20")), server.wallet(self.renter))
        self.assertEqual([], server.cancel(self.renter, 1)["failed_to_cancel"])
        self.assertEqual((units("20"), 0), server.wallet(self.renter))
        self.assertEqual([], server.orders(self.renter))
        ended = server.orders(self.renter, "?return_completed=true")
        self.assertEqual([(1, False, "cancelled")], [(each["id"], each["active"], each["reason"]) for each in ended])

    def test_my_orders_tell_what_the_client_needs(self):
        server = self.market("--interval", "1s", "--request-every", "0ms", coins="5000")
        self.assert_placed(server.place(self.renter, order(7, 864, env={"KEY": "a \"b\" \\ é"})))
        until(lambda: server.orders(self.renter)[0]["active"])
        until(lambda: float(server.orders(self.renter)[0]["spent"]) > 0)
        own = server.orders(self.renter)[0]
        self.assertEqual({"KEY": "a \"b\" \\ é"}, own["env"])
        self.assertEqual([{"pl": 200}], own["oc"])
        self.assertEqual((True, None, False, 200), (own["wins"], own["why_not"], own["cancelled"], own["watts"]))
        self.assertEqual("0.01", own["reserved"])
        self.assertEqual([], server.cancel(self.renter, 1)["failed_to_cancel"])
        until(lambda: server.orders(self.renter) == [])
        self.assertEqual("cancelled", server.orders(self.renter, "?return_completed=1")[0]["reason"])

    def test_the_same_request_within_a_minute_counts_once_even_across_a_restart(self):
        server = self.market()
        for _ in range(2):
            self.assert_placed(server.place(self.renter, order(7, 10)))
        self.assertEqual(1, len(server.orders(self.renter)))
        other = server.account("renter", 100)
        self.assert_placed(server.place(other, order(7, 10)))
        self.assertEqual(1, len(server.orders(other)))
        for end in (Server.kill, Server.stop):
            end(server)
            server = self.start()
            self.assert_placed(server.place(self.renter, order(7, 10)))
            self.assertEqual(1, len(server.orders(self.renter)))
        self.assert_placed(server.place(self.renter, order(7, 10, watts=201)))
        self.assertEqual(2, len(server.orders(self.renter)))

    def test_nobody_touches_or_sees_the_orders_of_another(self):
        server = self.market()
        other = server.account("renter", 100)
        self.assert_placed(server.place(self.renter, order(7, 10, env={"PASSWORD": "s3cr3t-env"})))
        self.assertEqual([1], server.edit(other, {"order_id": 1, "price": 1})["failed_to_update_ids"])
        self.assertEqual([1], server.cancel(other, 1)["failed_to_cancel"])
        self.assertEqual([], server.orders(other))
        self.assertEqual(10, server.orders(self.renter)[0]["price"])
        for path in ("/page/market.json", "/page/hosts/7.json", "/metrics",
                     urllib.parse.urlsplit(server.get("/v1/get_gigaspot", other.token)["v1_snapshot_url"]).path):
            self.assertNotIn(b"s3cr3t-env", server.get(path).body)


if __name__ == "__main__":
    unittest.main()
