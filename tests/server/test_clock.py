"""Sets the clock of a running gigaspot-server back and forward. Time must never go back, and nobody pays for time that
has not passed."""
import re
import time
import unittest

from faults import Faults
from server_client import Case, order, sums_of, units, until
from test_crash import digest

HOUR = 3600


class Clock(Case):
    options = ("--interval", "1s", "--request-every", "0ms", "--heartbeat", "1h")

    def begin(self):
        self.faults = Faults(self.folder)
        self.addCleanup(self.faults.remove)
        server = self.market(coins="1000")
        self.assert_placed(server.place(self.renter, order(7, 864)))  # 0.01 coins per interval
        until(lambda: server.orders(self.renter)[0]["active"])
        until(lambda: len(self.closes(server)) > 2)
        return server

    def start(self, *options, **popen):
        return super().start(*options, env=self.faults.environment, **popen)

    def closes(self, server):
        return [point[0] for point in server.get("/page/market.json")["history"]]

    def charges(self, server):
        return [units(each["amount"]) for each in server.ledger(self.renter.id) if each["kind"] == "rent"]

    def check_market(self, server):
        """Each close came at its time, once, and was charged once."""
        closes = self.closes(server)
        self.assertEqual(list(range(closes[0], closes[-1] + 1, 1000)), closes)
        self.assertEqual({units("0.01")}, set(self.charges(server)))
        self.assertIn("gigaspot_ledger_balanced 1", server.get("/metrics").body.decode())
        balance = until(lambda: self.still(server))
        self.assertEqual(balance, tuple(sums_of(server.ledger(self.renter.id), self.renter.id).values()))

    def still(self, server):
        before = server.wallet(self.renter), len(server.ledger(self.renter.id))
        return (server.wallet(self.renter), len(server.ledger(self.renter.id))) == before and before[0]

    def clock_error(self, server):
        return float(re.search(r"^gigaspot_clock_error_seconds (\S+)$", server.get("/metrics").body.decode(), re.M)[1])

    def end_well(self, server):
        self.assertEqual(0, server.stop(), server.errors())
        digest(self.folder)


class Back(Clock):
    def test_a_clock_that_is_set_back_while_the_server_runs(self):
        server = self.begin()
        self.faults.set(clock=-HOUR)
        until(lambda: self.clock_error(server) < -HOUR / 2)
        before = self.closes(server)
        self.assert_placed(server.place(self.renter, order(7, 5)))  # orders are taken
        time.sleep(2.5)
        self.assertEqual(before, self.closes(server))  # the market's time waits
        self.assertEqual({"code": 0}, server.get("/healthz").json())
        created = [each["created"] for each in server.orders(self.renter)]
        self.assertEqual(sorted(created), created)
        self.assertIn("the clock was set back and is 59 min behind the market's time", server.errors())
        self.faults.set(clock=0)
        until(lambda: len(self.closes(server)) > len(before) + 3)
        self.assertEqual(0, self.clock_error(server))
        self.assertIn("the clock is right again", server.errors())
        self.check_market(server)
        self.end_well(server)
        server = self.start()
        self.assertEqual(2, len(server.orders(self.renter)))
        self.check_market(server)

    def test_a_kill_and_a_start_with_a_clock_that_was_set_back(self):
        server = self.begin()
        closes = self.closes(server)
        server.kill()
        self.faults.set(clock=-HOUR)
        server = self.start()
        self.assert_placed(server.place(self.renter, order(7, 5)))
        self.assertLessEqual(len(self.closes(server)), len(closes) + 1)
        server.kill()
        digest(self.folder)
        self.faults.set(clock=0)
        server = self.start()
        until(lambda: len(self.closes(server)) > len(closes) + 3)
        self.assertEqual(2, len(server.orders(self.renter)))
        self.check_market(server)
        self.end_well(server)


class Forward(Clock):
    def test_a_clock_that_is_set_far_forward_while_the_server_runs(self):
        server = self.begin()
        self.faults.set(clock=HOUR)
        until(lambda: self.clock_error(server) > 0)
        before = self.closes(server)
        paid = len(self.charges(server))
        for answer in (server.place(self.renter, order(7, 5)), server.beat(self.provider, 7), server.rate("2")):
            self.assertIn("the server's clock was set forward; nothing was changed", self.assert_error(503, 1, answer))
            self.assertRegex(answer.headers["retry-after"], r"^\d+$")
        self.assertIn("clock", self.assert_error(503, 1, server.get("/healthz")))
        time.sleep(2.5)
        self.assertEqual(before, self.closes(server))  # nothing was billed
        self.assertLessEqual(len(self.charges(server)), paid + 1)  # the postings of the last close come with the next
        self.assertTrue(server.orders(self.renter)[0]["active"])  # it can be read
        self.assertIn("the clock was set forward by 1 h 0 min. Requests that change something get 503",
                      server.errors())
        self.faults.set(clock=0)
        until(lambda: len(self.closes(server)) > len(before) + 3)
        self.assert_placed(server.place(self.renter, order(7, 5)))
        self.assertLess(self.closes(server)[-1], time.time() * 1000 + 1)
        self.check_market(server)
        self.end_well(server)

    def test_an_operator_goes_on_with_the_new_time(self):
        server = self.begin()
        before = len(self.closes(server))
        self.faults.set(clock=HOUR // 2)
        until(lambda: self.clock_error(server) > 0)
        self.end_well(server)
        server = self.start()
        closes = self.closes(server)
        self.assertGreaterEqual(len(closes), min(before + HOUR // 2, 1440))
        self.check_market(server)
        self.end_well(server)

    def test_a_start_with_a_clock_that_is_days_ahead_is_rejected(self):
        server = self.begin()
        self.end_well(server)
        before = digest(self.folder)
        self.faults.set(clock=48 * HOUR + 60)
        with self.assertRaises(RuntimeError) as caught:
            self.start()
        self.assertRegex(str(caught.exception),
                         r"ended with 1: .*market: 17\d{4} closes are due since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC, "
                         r"2 d 0 h ago\. .* --downtime-max allows 24 h 0 min\. .* start with --downtime-max 49h")
        self.assertEqual(before, digest(self.folder))
        self.faults.set(clock=0)
        server = self.start()
        self.check_market(server)
        self.end_well(server)

    def test_the_option_accepts_a_long_downtime(self):
        server = self.begin()
        paid = len(self.charges(server))
        self.end_well(server)
        self.faults.set(clock=600)
        with self.assertRaisesRegex(RuntimeError, "--downtime-max allows 5 min"):
            self.start(*self.options, "--downtime-max", "5m")
        server = self.start(*self.options, "--downtime-max", "11m")
        until(lambda: len(self.charges(server)) >= paid + 600)
        self.check_market(server)
        self.end_well(server)


if __name__ == "__main__":
    unittest.main()
