"""Tests what machines and their providers ask of gigaspot-server, by real requests."""
import threading
import time
import unittest
import urllib.parse

from server_client import COIN, IMAGE, MACHINE, Case, order, units, until

SECONDS = ("--interval", "1s", "--request-every", "0ms")
FULL = {"energy_price": "0.11", "min_bid": "20", "max_rental_length": 86400, "base_power": 50,
        "gpus": [{"model": "RTX 4090", "pl": [150, 450], "core_lock": [210, 2520], "mem_lock": [405, 10501],
                  "core_offset": [-1000, 200], "mem_offset": [-2000, 2000]}, {"model": "RTX 3090", "pl": [100, 350]}]}


class Machines(Case):
    def put(self, server, account, number, body):
        return server.request("PUT", f"/host/v1/machines/{number}", body, account.token)

    def state(self, server, number=7):
        return server.get(f"/page/hosts/{number}.json")["state"]

    def snapshot(self, server):
        url = server.get("/v1/get_gigaspot", self.renter.token)["v1_snapshot_url"]
        return server.get(urllib.parse.urlsplit(url).path).json()

    def bids(self, server):
        return self.snapshot(server).get("7", {"bids": []})["bids"]

    def test_a_machine_is_registered_with_all_its_fields_and_changed(self):
        server = self.market(machines=())
        self.assertEqual({"code": 0, "id": 42}, self.put(server, self.provider, 42, FULL).json())
        machine = until(lambda: self.snapshot(server).get("42"))
        self.assertEqual(FULL["gpus"], machine["gpus"])
        self.assertEqual((0.11, 20, 86400, 50, self.provider.id, True),
                         (machine["energy_price"], machine["min_bid"], machine["max_rental_length"],
                          machine["base_power"], machine["host"], machine["online"]))
        self.assert_ok(self.put(server, self.provider, 42, {**FULL, "min_bid": "30"}))
        until(lambda: self.snapshot(server)["42"]["min_bid"] == 30)

    def test_only_its_first_provider_may_use_a_machine(self):
        server = self.market()
        other = server.account("host")
        requests = [("PUT", "", MACHINE), ("DELETE", "", None), ("POST", "/heartbeat", {}), ("GET", "/run", None),
                    ("GET", "/run?after=1&wait=1", None)]
        for method, action, body in requests:
            path = "/host/v1/machines/7" + action
            with self.subTest(method=method, path=path):
                error = self.assert_error(403, 6, server.request(method, path, body, other.token))
                self.assertIn("another account", error)
                error = self.assert_error(403, 6, server.request(method, path, body, self.renter.token))
                self.assertIn("renter", error)
                for token in (None, "x", server.token):
                    self.assert_error(401, 3, server.request(method, path, body, token))
        self.assertEqual(self.provider.id, until(lambda: self.snapshot(server).get("7"))["host"])

    def test_machines_that_nobody_has_registered(self):
        server = self.market()
        for method, action in (("DELETE", ""), ("POST", "/heartbeat"), ("GET", "/run")):
            answer = server.request(method, "/host/v1/machines/9" + action, None, self.provider.token)
            self.assertIn("9 is not registered", self.assert_error(404, 4, answer))

    def test_models_come_from_a_list_that_the_operator_extends(self):
        server = self.market("--interval", "1d", "--gpu-model", "GTX 1", "--gpu-model", "Card, \"2\"")
        models = (("GTX 1", True), ("Card, \"2\"", True), ("RTX 4090", True), ("GTX 2", False), ("", False),
                  ("rtx 4090", False))
        for number, (model, is_known) in enumerate(models, 20):
            with self.subTest(model=model):
                answer = self.put(server, self.provider, number, {**MACHINE, "gpus": [{"model": model, "pl": [1, 2]}]})
                if is_known:
                    self.assert_ok(answer)
                else:
                    self.assertIn("not on the market's list", self.assert_error(200, 6, answer))
        self.assertIn("list", self.assert_error(200, 6, self.put(server, self.provider, 9,
                                                                 {**MACHINE, "gpus": [{"pl": [1, 2]}]})))

    def test_a_machine_that_cannot_be(self):
        server = self.market(machines=())
        for change, word in (({"energy_price": "x"}, "energy_price"), ({"min_bid": "-1"}, "min_bid"),
                             ({"gpus": []}, ""), ({"gpus": [{"model": "RTX 3090", "pl": [2, 1]}]}, ""),
                             ({"colour": "red"}, "colour"),
                             ({"gpus": [{"model": "RTX 3090"}]}, "pl"), ({"energy_price": None}, "energy_price")):
            with self.subTest(change=change):
                answer = self.put(server, self.provider, 7, {**MACHINE, **change})
                self.assertIn((answer.status, answer["code"]), ((400, 2), (200, 6)), answer)
                self.assertIn(word, answer["error"])
        self.assert_error(404, 4, server.beat(self.provider, 7))

    def test_heartbeats_set_the_status(self):
        server = self.market()
        for report, state in (({"on_demand_rented": True}, "rented"), ({}, "online"), ({"online": False}, "offline"),
                              ({"working_properly": False}, "broken"), ({"online": True, "cached": []}, "online")):
            self.assertEqual({"code": 0}, server.beat(self.provider, 7, **report).json())
            self.assertEqual(state, self.state(server))
        answer = server.post("/host/v1/machines/7/heartbeat", None, self.provider.token)  # no body: all is well
        self.assertEqual({"code": 0}, answer.json())
        for body in ([], "x", {"online": 1}, {"online": "true"}, {"cached": "x"}, {"cached": [1]}, {"id": 8},
                     {"op": "x"}):
            self.assert_error(400, 2, server.post("/host/v1/machines/7/heartbeat", body, self.provider.token))
        self.assertEqual("online", self.state(server))

    def test_a_machine_that_misses_three_heartbeats_goes_offline(self):
        server = self.market(*SECONDS, "--heartbeat", "200ms", machines=(7, 8))
        ended = threading.Event()

        def beat():
            while not ended.wait(0.05):
                self.assert_ok(server.beat(self.provider, 8))
        agent = threading.Thread(target=beat)
        agent.start()
        try:
            until(lambda: self.state(server, 7) == "offline")
            self.assertEqual("online", self.state(server, 8))
            self.assertEqual([7], server.place(self.renter, order(7, 10))["failed_to_rent_servers"])
            self.assert_ok(server.beat(self.provider, 7))
            self.assertEqual("online", self.state(server, 7))
            until(lambda: self.state(server, 7) == "offline")
        finally:
            ended.set()
            agent.join()

    def test_a_run_whose_machine_goes_silent_is_paid_up_to_then(self):
        server = self.market(*SECONDS, "--heartbeat", "1500ms")
        self.assert_placed(server.place(self.renter, order(7, 864)))
        until(lambda: server.orders(self.renter)[0]["active"])
        until(lambda: self.state(server) == "offline")
        until(lambda: not server.orders(self.renter) or not server.orders(self.renter)[0]["active"])
        self.assertEqual(1, server.get("/page/hosts/7.json")["interruptions"])
        paid = sum(units(each["amount"]) for each in server.ledger(self.renter.id) if each["kind"] == "rent")
        self.assertEqual(paid, server.wallet(self.provider)[0])
        self.assertGreater(paid, 0)

    def test_only_bids_with_a_cached_image_win(self):
        server = self.market(*SECONDS, "--require-cached", "--image-wait", "4s", "--heartbeat", "1h")
        self.assert_placed(server.place(self.renter, order(7, 20)))
        bid = until(lambda: next((each for each in self.bids(server) if each["to_cache"]), None))
        self.assertEqual((False, False), (bid["cached"], bid["active"]))
        self.assert_ok(server.beat(self.provider, 7, cached=["0" * 24]))
        self.assertFalse(server.orders(self.renter)[0]["active"])
        self.assert_ok(server.beat(self.provider, 7, cached=[IMAGE]))
        until(lambda: server.orders(self.renter)[0]["active"])
        self.assertTrue(until(lambda: self.bids(server)[0]["cached"]))
        self.assert_placed(server.place(self.renter, order(7, 30, image="1" * 24)))  # it never arrives

        def revoked():
            ended = server.orders(self.renter, "?return_completed=true")
            return [each["reason"] for each in ended if each["image"] == "1" * 24 and "reason" in each]
        self.assertEqual(["revoked"], until(revoked))

    def test_a_long_poll_wakes_at_the_close(self):
        server = self.market("--interval", "2s", "--request-every", "0ms", "--heartbeat", "1h")
        idle = self.assert_ok(server.run_of(self.provider, 7))
        self.assertIsNone(idle["run"])
        self.assert_placed(server.place(self.renter, order(7, 20, env={"A": "b"})))
        woken = self.assert_ok(server.run_of(self.provider, 7, idle["sequence"], 30))
        self.assertGreater(woken["sequence"], idle["sequence"])
        self.assertEqual({"bid": 1, "image": IMAGE, "env": {"A": "b"}, "oc": [{"pl": 200}]}, woken["run"])
        self.assertEqual(woken, server.run_of(self.provider, 7, idle["sequence"], 60).json())  # at once
        self.assertEqual(woken, server.run_of(self.provider, 7, woken["sequence"], 1).json())  # nothing new in 1 s
        self.assertEqual(woken, server.run_of(self.provider, 7).json())
        self.assertEqual([], server.cancel(self.renter, 1)["failed_to_cancel"])
        stopped = self.assert_ok(server.run_of(self.provider, 7, woken["sequence"], 30))
        self.assertIsNone(stopped["run"])
        server.kill()
        server = self.start("--interval", "2s", "--request-every", "0ms")
        self.assertEqual(stopped, server.run_of(self.provider, 7).json())  # numbers outlive the server

    def test_what_a_long_poll_may_ask(self):
        server = self.market()
        for query in ("after=-1", "after=x&wait=1", "after=1.5", "after=1&wait=-1", "after=1&wait=1e3",
                      "after=99999999999999999999&wait=1", "after=1&wait=99999999999999999999"):
            self.assert_error(400, 2, server.get("/host/v1/machines/7/run?" + query, self.provider.token))
        self.assert_ok(server.get("/host/v1/machines/7/run?wait=60", self.provider.token))  # without after: at once

    def test_a_removed_machine_gives_all_money_back(self):
        server = self.market()
        self.assert_placed(server.place(self.renter, order(7, 20), order(7, 30)))
        self.assertEqual(units(50), server.wallet(self.renter)[1])
        self.assert_ok(server.request("DELETE", "/host/v1/machines/7", None, self.provider.token))
        self.assertEqual((units(1000), 0), server.wallet(self.renter))
        ended = server.orders(self.renter, "?return_completed=true")
        self.assertEqual({"host_removed"}, {each["reason"] for each in ended})
        self.assert_error(404, 4, server.run_of(self.provider, 7))
        self.assert_error(404, 4, server.get("/page/hosts/7.json"))
        self.assertEqual([7], server.place(self.renter, order(7, 21))["failed_to_rent_servers"])
        other = server.account("host")
        self.assert_ok(server.machine(other, 7))

    def test_a_protected_run_is_not_ended_by_its_provider(self):
        server = self.market(*SECONDS, "--dwell-min", "1h", "--heartbeat", "1h")
        self.assert_placed(server.place(self.renter, order(7, 20)))
        until(lambda: server.orders(self.renter)[0]["active"])
        time.sleep(1)  # its first close has passed
        for change in ({"min_bid": "30"}, {"gpus": [{"model": "RTX 3090", "pl": [250, 350]}]}):
            self.assertIn("minimum dwell", self.assert_error(200, 6, server.machine(self.provider, 7, **change)))
        self.assert_ok(server.machine(self.provider, 7, gpus=[{**MACHINE["gpus"][0], "pl": [50, 400]}]))
        self.assertTrue(server.orders(self.renter)[0]["active"])

    def test_a_moved_rate_fills_idle_hosts_at_once_if_the_policy_says_so(self):
        server = self.market("--interval", "1d", "--request-every", "0ms", "--refill", "at_once", "--reserve", "5")
        self.assert_placed(server.place(self.renter, order(7, 2)))
        self.assertFalse(server.orders(self.renter)[0]["active"])
        self.assert_ok(server.rate("10"))
        self.assertTrue(server.orders(self.renter)[0]["active"])

    def test_whoever_cannot_pay_for_the_next_interval_is_revoked(self):
        server = self.market("--interval", "1s", "--request-every", "0ms", "--heartbeat", "1h", coins="0.025")
        self.assert_placed(server.place(self.renter, order(7, 864)))  # 0.01 per second
        ended = until(lambda: [each for each in server.orders(self.renter, "?return_completed=true")
                               if each.get("reason") == "revoked"])
        self.assertEqual("0.02", ended[0]["spent"])
        self.assertEqual((units("0.005"), 0), server.wallet(self.renter))
        self.assertEqual((units("0.02"), 0), server.wallet(self.provider))
        self.assertEqual(COIN, ended[0]["currency"])


if __name__ == "__main__":
    unittest.main()
