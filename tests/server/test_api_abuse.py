"""Tests that gigaspot-server keeps secrets and survives whatever clients send."""
import json
import os
import re
import time
import unittest
import urllib.parse

from server_client import COIN, MACHINE, Case, order, units, until

NUMBERS = ["-1", "0.5", "1e3", "1e400", "9007199254740993", "18446744073709551616", "9" * 400, "\"7\"", "null", "true",
           "[]", "{}", "NaN", "-0", "07", "0x7"]


class Secrets(Case):
    def test_no_token_appears_anywhere(self):
        server = self.market("--interval", "1s", "--request-every", "0ms")
        extra = server.admin("tokens", {"account": self.renter.id})["token"]
        tokens = [server.token, self.renter.token, self.provider.token, extra]
        seen = []

        def get(path, token=None):
            answer = server.get(path, token)
            seen.append(path.encode() + repr(answer.headers).encode() + answer.body)
            return answer
        for token in tokens:  # in all the wrong places
            for path in ("/v1/wallets", "/admin/v1/ledger?account=0", "/host/v1/machines/7/run",
                         "/v1/wallets?auth=" + token, "/" + token, "/page/hosts/" + token + ".json",
                         "/snapshots/" + token):
                answer = server.get(path, token + "x")
                seen.append(repr(answer.headers).encode() + answer.body)
            for path in ("/v1/create_gigaspot_orders", "/host/v1/machines/7/heartbeat", "/admin/v1/credit"):
                seen.append(server.post(path, {"account": token}, token + "x").body)
        self.assert_placed(server.place(self.renter, order(7, 864)))
        until(lambda: server.orders(self.renter)[0]["active"])
        for path in ("/", "/metrics", "/healthz", "/page/market.json", "/page/hosts/7.json", "/page.css", "/main.js"):
            get(path)
        for path in ("/v1/my_orders?return_completed=true", "/v1/wallets"):
            get(path, self.renter.token)
        get(urllib.parse.urlsplit(get("/v1/get_gigaspot", self.renter.token)["v1_snapshot_url"]).path)
        get("/host/v1/machines/7/run", self.provider.token)
        get("/admin/v1/ledger?account=0", server.token)
        get("/admin/v1/backup", server.token)
        self.assertEqual(1, server.admin("tokens/revoke", {"token": extra})["revoked"])
        seen += self.files(server)
        server.stop()
        seen += self.files(server)
        seen.append(server.errors().encode())
        for token in tokens:
            for secret in (token.encode(), token.upper().encode(), bytes.fromhex(token)):
                self.assertFalse([data[:200] for data in seen if secret in data])

    def files(self, server):
        found = []
        for name in os.listdir(server.folder):
            if name != "admin.token":
                with open(os.path.join(server.folder, name), "rb") as file:
                    found.append(file.read())
        self.assertGreater(len(found), 2)
        return found


class Hostile(Case):
    def setUp(self):
        super().setUp()
        self.server = self.market()
        self.assert_placed(self.server.place(self.renter, order(7, 10)))
        self.all = [("POST", "/v1/create_gigaspot_orders", self.renter.token),
                    ("POST", "/v1/edit_gigaspot_orders", self.renter.token),
                    ("POST", "/v1/cancel_orders", self.renter.token),
                    ("PUT", "/host/v1/machines/8", self.provider.token),
                    ("POST", "/host/v1/machines/7/heartbeat", self.provider.token)]
        self.all += [("POST", "/admin/v1/" + name, self.server.token) for name in
                     ("accounts", "tokens", "tokens/revoke", "credit", "debit", "rate")]

    def check_all(self, body, statuses=(400,)):
        """Each endpoint rejects a body, and nothing has changed."""
        before = self.state()
        for method, path, token in self.all:
            with self.subTest(path=path, body=body[:60]):
                answer = self.server.request(method, path, body, token)
                self.assertIn(answer.status, statuses)
                self.assertEqual({"code", "error"}, set(json.loads(answer.body.decode())))
        self.assertEqual(before, self.state())

    def state(self):
        page = self.server.get("/page/market.json").json()
        return (page["rates"], page["totals"], self.server.wallet(self.renter), self.server.orders(self.renter),
                self.server.get("/page/hosts/7.json")["state"])

    def test_bodies_that_are_not_what_anybody_wants(self):
        for body in (b"{", b"}", b"nul", b"7", b"\"text\"", b"true", b"\0", b"{}\0", b"{\"a\":1}", b"\xff\xfe",
                     b"{\"\xc3\":1}",
                     b"\xef\xbb\xbf{}x", b"{\"x\":\"\\ud800\"}", b"[[[[[]]]]]", b"[{}]", b"[null]", b"{} {}",
                     b"[" * 100_000,
                     b"{\"a\":" * 50_000, b"[" * 2000 + b"]" * 2000, b"\n{\"op\":\"close\"}\n", b"9" * 10_000,
                     b"{" + b"\"account\":1," * 1000 + b"\"z\":1}"):
            self.check_all(body)

    def test_requests_that_change_nothing_take_no_room_on_the_disk(self):
        def records():
            text = self.server.get("/metrics").body.decode()
            return float(re.search(r"^gigaspot_journal_records (\S+)$", text, re.M)[1])
        token = self.renter.token
        self.assert_ok(self.server.place(self.renter, order(7, 10)))
        before = records()
        for body in ("", "[{", "[{}]", json.dumps([order(7, 10)])[:-1] + " " * 100_000):
            for path in ("create_gigaspot_orders", "edit_gigaspot_orders", "cancel_orders"):
                self.assert_error(400, 2, self.server.post("/v1/" + path, body, token))
            self.assert_error(400, 2, self.server.request("PUT", "/host/v1/machines/7", body, self.provider.token))
        self.assert_ok(self.server.place(self.renter, order(7, 10)))  # the same again
        self.assertEqual(before, records())

    def test_bodies_that_are_too_large(self):
        self.check_all(b" " * ((1 << 20) + 1), (413,))
        self.check_all(b" " * (1 << 20))

    def test_an_array_that_is_as_large_as_a_body_may_be(self):
        entry = json.dumps(order(7, 10)).encode()
        body = b"[" + b",".join([entry] * ((1 << 20) // (len(entry) + 1) - 1)) + b"]"
        answer = self.server.request("POST", "/v1/create_gigaspot_orders", body, self.renter.token)
        self.assertIn(answer.status, (200, 400))
        self.assertLessEqual(len(self.server.orders(self.renter)), 16)
        self.assertEqual({"code": 0}, self.server.get("/healthz").json())

    def test_numbers_that_are_not_ids(self):
        token, before = self.renter.token, self.state()
        for number in NUMBERS:
            with self.subTest(number=number):
                for path, body in (("cancel_orders", f'{{"order_ids":[{number}]}}'),
                                   ("edit_gigaspot_orders", f'[{{"order_id":{number},"price":5}}]'),
                                   ("create_gigaspot_orders",
                                    f'[{{"currency":"{COIN}","renting_server":{number},"price":5,'
                                                              '"oc":[{"pl":200}]}]')):
                    answer = self.server.post("/v1/" + path, body, token)
                    data = answer.json()
                    if answer.status == 200:  # a number, but of nothing
                        lists = [data.get(key) for key in ("failed_to_cancel", "failed_to_update_ids",
                                                           "failed_to_rent_servers")]
                        self.assertTrue(any(lists), answer)
                    else:
                        self.assert_error(400, 2, answer)
                for path in ("machines/%s" % urllib.parse.quote(number, safe=""),):
                    answer = self.server.request("PUT", "/host/v1/" + path, MACHINE, self.provider.token)
                    if number != "07":
                        self.assert_error(404, 4, answer)
        self.assertEqual(before[2:], self.state()[2:])

    def test_prices_that_are_not_prices(self):
        before = self.state()
        for price in NUMBERS + ["-5", "0", "0.00000000001", "1e-30", "5001", "\"5\""]:
            with self.subTest(price=price):
                body = f'[{{"currency":"{COIN}","renting_server":7,"price":{price},"oc":[{{"pl":200}}]}}]'
                answer = self.server.post("/v1/create_gigaspot_orders", body, self.renter.token)
                if price in ("0.5", '"5"', '"7"'):
                    self.assert_placed(answer)
                    continue
                if answer.status == 200:
                    self.assertEqual([7], answer["failed_to_rent_servers"])
                else:
                    self.assert_error(400, 2, answer)
        self.assertLessEqual(len(self.state()[3]), len(before[3]) + 4)
        self.assertGreaterEqual(min(self.server.wallet(self.renter)), 0)

    def test_the_body_of_a_machine_does_not_choose_who_it_is(self):
        text = json.dumps(MACHINE)[1:]
        for extra in ('"id":99,', '"op":"remove_host",', '"op":"rate","currency":"x","usd":"9",', '"time":0,',
                      '"time":1e18,',
                      '"op":"close","time":9999999999999,', '"id":99,"op":"host","time":5,"id":98,', '"\\u0069d":99,'):
            for body in ("{" + extra + text, " \n{ " + extra + text, "{" + text[:-1] + "," + extra[:-1] + "}"):
                with self.subTest(body=body[:60]):
                    answer = self.server.request("PUT", "/host/v1/machines/8", body, self.provider.token)
                    if answer.status == 200:
                        self.assertEqual({"code": 0, "id": 8}, answer.json())
                    else:
                        self.assert_error(400, 2, answer)
        machines = [row["id"] for row in self.server.get("/page/market.json")["hosts"]]
        self.assertLessEqual(set(machines), {7, 8})
        page = self.server.get("/page/market.json").json()
        self.assertLess(page["time"], (time.time() + 60) * 1000)
        self.assertEqual([COIN], list(page["rates"]))

    def test_owners_and_ids_in_orders_are_ignored_or_refused(self):
        other = self.server.account("renter", 100)
        self.server.place(other, order(7, 20, owner=self.renter.id, id=1, order_id=1, bid=1))
        self.assertEqual([1], [each["id"] for each in self.server.orders(self.renter)])
        self.server.edit(other, {"order_id": 1, "price": 1, "owner": self.renter.id})
        self.assertEqual(10, self.server.orders(self.renter)[0]["price"])
        self.server.post("/v1/cancel_orders", {"order_ids": [1], "owner": self.renter.id}, other.token)
        self.assertEqual(1, len(self.server.orders(self.renter)))

    def test_more_than_64_cancels(self):
        self.assert_error(400, 2, self.server.cancel(self.renter, *range(1, 66)))
        self.assert_error(400, 2, self.server.cancel(self.renter))
        self.assertEqual(list(range(2, 65)), self.server.cancel(self.renter, *range(1, 65))["failed_to_cancel"])

    def test_strange_texts_come_back_as_they_were(self):
        text = "a\u0000b\"\\\n\u2028é\U0001F600</script>"
        made = self.server.admin("accounts", {"name": text, "kind": "renter"})
        self.assertEqual(0, made["code"])
        self.assert_ok(self.server.credit(self.renter.id, 1, text))
        env = {"K": text.replace("\0", "")}
        answer = self.server.place(self.renter, order(7, 11, env=env))
        self.assert_placed(answer)
        for _ in range(2):
            self.assertIn(text, [each["reference"] for each in self.server.ledger(self.renter.id)])
            self.assertIn(env, [each["env"] for each in self.server.orders(self.renter)])
            self.server.stop()
            self.server = self.start()

    def test_queries_with_bad_numbers(self):
        for query in ("watts=0", "watts=-1", "watts=x", "watts=1e3", "watts=1000001", "watts=99999999999999999999",
                      "watts=%00"):
            answer = self.server.get("/page/hosts/7.json?" + query)
            self.assertEqual(400, answer.status, query)
        self.assertEqual(200, self.server.get("/page/hosts/7.json?watts=280&watts=x&y").status)
        for path in ("/page/hosts/-1.json", "/page/hosts/1e3.json", "/page/hosts/99999999999999999999.json",
                     "/page/hosts/.json", "/page/hosts/7", "/snapshots/gigaspot_x.json",
                     "/snapshots/gigaspot_99999999999999999999.json"):
            self.assert_error(404, 4, self.server.get(path))
        self.assert_ok(self.server.get("/v1/my_orders?return_completed=%ff&x=" + "y" * 5000, self.renter.token))

    def test_head_asks_without_a_body(self):
        for path, token in (("/", None), ("/healthz", None), ("/metrics", None), ("/page/market.json", None),
                            ("/v1/wallets", self.renter.token), ("/admin/v1/ledger?account=1", self.server.token),
                            ("/admin/v1/backup", self.server.token)):
            answer = self.server.request("HEAD", path, None, token)
            self.assertEqual((200, b""), (answer.status, answer.body), path)
            self.assertGreater(int(answer.headers["content-length"]), 0)
        for method, path, token in self.all:
            self.assertEqual(404, self.server.request("HEAD", path, None, token).status)
        until(lambda: not [name for name in os.listdir(self.folder) if name.startswith("download")])

    def test_methods_that_are_not_offered(self):
        for method in ("PATCH", "OPTIONS", "TRACE", "DELETE", "PROPFIND", "FOO"):
            for path in ("/", "/v1/wallets", "/v1/cancel_orders", "/admin/v1/credit", "/healthz", "/page/market.json"):
                answer = self.server.request(method, path, None, self.server.token)
                self.assertIn(answer.status, (400, 404, 405), (method, path))
        self.assertEqual({"code": 0}, self.server.get("/healthz").json())
        self.assertEqual(units(990), self.server.wallet(self.renter)[0])


if __name__ == "__main__":
    unittest.main()
