"""Lets gigaspot-server's disk be full, fail and be read-only while orders flow, and looks whether it loses something."""
import os
import threading
import unittest

from crash_load import Book
from faults import FailingDisk, Faults, SmallDisk, enter_own_mounts
from server_client import COIN, Case, order, until
from test_crash import digest


def setUpModule():
    enter_own_mounts()


class Client:
    """Places and cancels orders until told to stop. Remembers what was acknowledged."""

    def __init__(self, server, account):
        self.server, self.account = server, account
        self.live = set()  # marks of orders
        self.unsure = set()  # of the one whose last request got no answer, or 503
        self.count = 0
        self.rejected = []
        self.problem = None
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        try:
            while not self.ended.is_set():
                self.step()
        except Exception as problem:  # `finish` raises it again
            self.problem = problem

    def ask(self, request):
        """Clients repeat what was not taken; it then counts once. Returns nothing if the test ends meanwhile."""
        while (answer := request()).status == 503:
            self.rejected.append(answer)
            if self.ended.wait(0.05):
                return None
        assert answer.status == 200, answer
        return answer

    def step(self):
        self.count += 1
        mark = str(self.count)
        body = order(7, 5, env={"N": mark, "A": "x" * 1500})
        self.unsure.add(mark)
        answer = self.ask(lambda: self.server.place(self.account, body))
        if not answer:
            return
        assert not answer["reasons"], answer
        self.unsure.clear()
        self.live.add(mark)
        if len(self.live) < 5:
            return
        own = next(each for each in self.server.orders(self.account) if not each["cancelled"])
        self.live.remove(own["env"]["N"])
        self.unsure.add(own["env"]["N"])
        answer = self.ask(lambda: self.server.cancel(self.account, own["id"]))
        if answer:
            assert answer["failed_to_cancel"] == [], answer
            self.unsure.clear()

    def finish(self):
        self.ended.set()
        self.thread.join()
        if self.problem:
            raise self.problem


class Disks(Case):
    options = ("--interval", "1s", "--request-every", "0ms", "--creation-fee", COIN + "=0.00000001", "--heartbeat", "1h")

    def begin(self, **popen):
        """A server with clients whose orders flow. A run is charged each second."""
        server = self.start(**popen)
        self.assertEqual(200, server.rate().status)
        self.provider = server.account("host")
        self.assert_ok(server.machine(self.provider, 7))
        self.runner = server.account("renter", 1000)
        self.assert_placed(server.place(self.runner, order(7, 864)))
        until(lambda: server.orders(self.runner)[0]["active"])
        self.clients = [Client(server, server.account("renter", 1000)) for _ in range(2)]
        self.addCleanup(lambda: [client.ended.set() for client in self.clients])
        until(lambda: all(client.count > 3 for client in self.clients))
        return server

    def check_fails(self, server):
        """The disk takes nothing: the server says so, changes nothing, and can be read."""
        until(lambda: all(client.rejected or client.problem for client in self.clients))
        self.assertEqual([None, None], [client.problem for client in self.clients])
        for client in self.clients:
            error = self.assert_error(503, 1, client.rejected[-1])
            self.assertIn("the journal cannot be written now; nothing was changed", error)
            self.assertRegex(client.rejected[-1].headers["retry-after"], r"^\d+$")
        self.assert_error(503, 1, server.get("/healthz"))
        self.assert_error(503, 1, server.credit(self.runner.id, 1, "while the disk fails"))
        self.assertTrue(server.orders(self.runner)[0]["active"])  # it can still be read

    def check_goes_on(self, server):
        counts = [client.count for client in self.clients]
        until(lambda: all(client.count > count + 2 for client, count in zip(self.clients, counts)))
        self.assertEqual({"code": 0}, server.get("/healthz").json())
        closes = len(server.get("/page/market.json")["history"])
        until(lambda: len(server.get("/page/market.json")["history"]) > closes)

    def finish_clients(self):
        for client in self.clients:
            client.finish()

    def check_kept(self, server):
        """All that was acknowledged is there, once, and no unit of money has appeared or disappeared."""
        accounts = [self.provider, self.runner] + [client.account for client in self.clients]
        for client in self.clients:
            marks = [each["env"]["N"] for each in server.orders(client.account) if not each["cancelled"]]
            self.assertEqual(len(marks), len(set(marks)))
            # A request whose sync failed may have been taken after all, as if its answer had been lost.
            self.assertEqual(client.live, set(marks) - client.unsure)
        self.assertTrue(server.orders(self.runner)[0]["active"])
        for account in accounts:
            book = Book(account.id)

            def still():  # closes go on, so what is read must be of one moment
                before = server.wallet(account)
                book.read(server)
                return before == server.wallet(account) and before
            wallet = until(still)
            self.assertEqual((book.sums["available"], book.sums["reserved"]), wallet)
            self.assertGreaterEqual(min(wallet), 0)
        self.assertIn("gigaspot_ledger_balanced 1", server.get("/metrics").body.decode())
        history = [point[0] for point in server.get("/page/market.json")["history"]]
        self.assertEqual(list(range(history[0], history[-1] + 1, 1000)), history)  # no close is missing

    def end_well(self, server):
        """Ends the server. Its journal alone gives the same market as what it saved."""
        self.assertEqual(0, server.stop(), server.errors())
        digest(self.folder)

    def kill_and_check(self, server):
        server.kill()
        digest(self.folder)
        server = self.start()
        self.check_kept(server)
        self.end_well(server)


class Full(Disks):
    def setUp(self):
        super().setUp()
        self.disk = SmallDisk(self.folder, "24m")
        self.addCleanup(self.disk.unmount)

    def test_a_small_disk_that_is_full_while_orders_flow(self):
        server = self.begin()
        for _ in range(2):
            for client in self.clients:
                client.rejected.clear()
            self.disk.fill()
            self.check_fails(server)
            self.disk.free()
            self.check_goes_on(server)
        self.finish_clients()
        self.check_kept(server)
        self.kill_and_check(server)

    def test_a_kill_and_a_start_while_the_disk_is_full(self):
        server = self.begin()
        self.disk.fill()
        self.check_fails(server)
        self.finish_clients()
        server.kill()
        server = self.start()
        self.check_kept(server)
        until(lambda: server.get("/healthz").status == 503)  # as soon as a close is due
        self.disk.free()
        until(lambda: server.get("/healthz").status == 200)
        self.check_kept(server)
        self.end_well(server)

    def test_a_stop_while_the_disk_is_full(self):
        server = self.begin()
        self.disk.fill()
        self.check_fails(server)
        self.finish_clients()
        self.assertEqual(1, server.stop())
        self.assertIn("disk is full; the next start makes them again", server.errors())
        self.disk.free()
        server = self.start()
        self.check_kept(server)
        self.end_well(server)


class ReadOnly(Disks):
    def test_a_disk_that_fails_and_is_read_only_until_it_is_mounted_again(self):
        disk = FailingDisk(self.folder)
        self.addCleanup(disk.unmount)
        server = self.begin()
        disk.fail()
        with self.assertRaisesRegex(OSError, "Read-only file system"):
            with open(os.path.join(self.folder, "x"), "wb"):
                pass
        self.check_fails(server)
        self.finish_clients()
        self.assertEqual(1, server.stop())
        self.assertIn("the next start makes them again", server.errors())
        with self.assertRaisesRegex(RuntimeError, "ended with 1: .*Read-only file system"):
            self.start()
        disk.repair()
        server = self.start()
        self.check_kept(server)
        self.kill_and_check(server)

    def test_a_disk_that_is_read_only_for_a_while(self):
        # The kernel remounts no disk on which files are open for writing, so what it would say comes from a library.
        faults = Faults(self.folder)
        self.addCleanup(faults.remove)
        server = self.begin(env=faults.environment)
        for _ in range(2):
            for client in self.clients:
                client.rejected.clear()
            faults.set(read_only=True)
            self.check_fails(server)
            faults.set(read_only=False)
            self.check_goes_on(server)
        self.finish_clients()
        self.check_kept(server)
        self.kill_and_check(server)

    def test_a_start_on_a_disk_that_is_mounted_read_only(self):
        disk = SmallDisk(self.folder)
        self.addCleanup(disk.unmount)
        server = self.begin()
        self.finish_clients()
        self.assertEqual(0, server.stop())
        disk.remount("ro")
        with self.assertRaisesRegex(RuntimeError, "ended with 1: .*Read-only file system"):
            self.start()
        disk.remount("rw")
        server = self.start()
        self.check_kept(server)
        self.end_well(server)


if __name__ == "__main__":
    unittest.main()
