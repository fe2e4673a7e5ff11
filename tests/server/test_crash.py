"""Kills gigaspot-server at random moments under load, and lets its files and its clients fail.

GIGASPOT_KILLS says how often the load is killed, GIGASPOT_SEED when.
"""
import http.client
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import threading
import time
import unittest

from crash_load import Book, Operator, Provider, Renter
from server_client import COIN, MACHINE, SERVER, Case, order, sums_of, units, until

KILLS = int(os.environ.get("GIGASPOT_KILLS", "12"))
SEED = int(os.environ.get("GIGASPOT_SEED", "1"))
OPTIONS = ("--interval", "1s", "--request-every", "0ms")


def digest(folder):
    """What a folder holds by its journal alone. Fails if its newest save gives anything else."""
    done = subprocess.run([SERVER, "--data", folder, "--digest"], capture_output=True, text=True, timeout=60,
                          check=False)
    if done.returncode or done.stderr:
        raise AssertionError(f"{done.returncode} {done.stderr}")
    return done.stdout


class Kill(Case):
    options = (*OPTIONS, "--save-every", "150", "--creation-fee", COIN + "=0.00000001", "--heartbeat", "1h")

    def digest_of_copy(self):
        copy = self.folder + "-copy"
        shutil.copytree(self.folder, copy)
        try:
            return digest(copy)
        finally:
            shutil.rmtree(copy)

    def load(self, server, seconds):
        """Lets all clients work, kills the server, and waits until each client has noticed."""
        threads = [threading.Thread(target=worker.work, args=(server,)) for worker in self.workers]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        server.kill()
        for thread in threads:
            thread.join()
        for worker in self.workers:
            if worker.problem:
                raise worker.problem

    def accounts(self):
        return [worker.account for worker in self.workers if worker.account] + self.operator.accounts

    def check_money(self, server):
        """The balances of each account are the sums of its postings."""
        for account in self.accounts():
            book = self.books.setdefault(account.id, Book(account.id))

            def still():  # closes go on, so what is read must be of one moment
                before = server.wallet(account)
                book.read(server)
                return before == server.wallet(account) and before
            available, reserved = until(still)
            self.assertEqual((available, reserved), (book.sums["available"], book.sums["reserved"]), account.id)
            self.assertGreaterEqual(min(available, reserved), 0)
        self.books[0].read(server)

    def check_sum(self, server):
        """No unit has appeared or disappeared. Needs a server that closes nothing meanwhile."""
        self.check_money(server)
        market = self.books[0].sums
        self.assertEqual(-market["outside"] - market["fees"],
                         sum(sum(server.wallet(account)) for account in self.accounts()))

    def check(self, server):
        self.assertEqual({"code": 0}, server.get("/healthz").json())
        for worker in self.workers:
            worker.resolve(server)
        self.check_money(server)
        for worker in self.workers:
            worker.check(self, server, self.books)

    def kill_and_check(self, server, rng, is_start_killed):
        self.load(server, rng.uniform(0.02, 1))
        self.digest_of_copy()
        if is_start_killed:
            with subprocess.Popen([SERVER, "--data", self.folder, "--listen", "127.0.0.1:0", *self.options],
                                  stderr=subprocess.DEVNULL) as starting:
                time.sleep(rng.uniform(0, 0.05))
                starting.kill()
        server = self.start()
        self.check(server)
        return server

    def test_kill_at_random_moments(self):
        rng = random.Random(SEED)
        server = self.market(machines=(7, 8, 9), coins="1000")
        renters = [self.renter] + [server.account("renter", 1000) for _ in range(3)]
        self.operator = Operator(rng.random(), renters)
        self.workers = [Renter(rng.random(), each, (7, 8, 9)) for each in renters]
        self.workers += [Provider(rng.random(), self.provider, (7, 8, 9)), self.operator]
        self.books = {0: Book(0)}
        self.check(server)
        for kill in range(KILLS):
            try:
                server = self.kill_and_check(server, rng, is_start_killed=kill % 4 == 3)
            except Exception as problem:
                problem.add_note(f"at kill {kill} with GIGASPOT_SEED={SEED}")
                raise
        self.assertGreater(sum(len(worker.done) for worker in self.workers), KILLS)  # there was a load
        server.kill()
        server = self.start("--interval", "1d", *self.options[2:])
        self.check_sum(server)
        self.assertEqual(0, server.stop())  # saves what this process holds
        before = digest(self.folder)
        for name in os.listdir(self.folder):
            if name.startswith("save."):
                os.remove(os.path.join(self.folder, name))
        self.assertEqual(before, digest(self.folder))


class FullDisk(Case):
    """Files that cannot grow for a while, because of a limit of their size. test_disks.py fills a disk."""

    def limit_files(self, server, size=4096):  # less than any write of SQLite needs
        _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, hard))

    def allow_files(self, server):
        _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))

    def place_until_full(self, server):
        """Places orders until one is not taken. Returns how many were, and the one that was not."""
        for count in range(1000):
            body = order(7, 5, env={"N": str(self.placed), "A": "x" * 1500, "B": "x" * 1500})
            answer = server.place(self.renter, body)
            if answer.status != 200:
                return count, body, answer
            self.assert_placed(answer)
            self.placed += 1
        raise AssertionError("the disk is never full")

    def test_files_that_cannot_be_written_for_a_while(self):
        fill, free = self.limit_files, self.allow_files
        self.placed = 0
        server = self.market(coins="100000")
        self.assert_placed(server.place(self.renter, order(7, 5)))
        for _ in range(2):
            fill(server)
            _, body, answer = self.place_until_full(server)
            self.assert_error(503, 1, answer)
            self.assertRegex(answer.headers["retry-after"], r"^\d+$")
            self.assertIn("nothing was changed", answer["error"])
            self.assert_error(503, 1, server.get("/healthz"))
            self.assert_error(503, 1, server.credit(self.renter.id, 1, "while-full"))
            self.assertEqual(self.placed + 1, len(server.orders(self.renter)))  # it can still be read
            free(server)
            until(lambda: server.place(self.renter, body).status == 200)
            self.placed += 1
            self.assertEqual({"code": 0}, server.get("/healthz").json())
            self.assertEqual(self.placed + 1, len(server.orders(self.renter)))
        lines = [line for line in server.errors().splitlines() if " the journal " in line]
        self.assertEqual(4, len(lines), lines)  # two for each time, however many requests failed
        for failed, again in (lines[:2], lines[2:]):
            self.assertRegex(failed, r"the journal cannot be written: .*market\.db: .+; requests that change something "
                                     r"get 503 until it can$")
            self.assertTrue(again.endswith(" the journal can be written again"), again)
        fill(server)
        self.place_until_full(server)
        self.assertEqual(1, server.stop())
        self.assertIn("the next start makes them again", server.errors())
        server = self.start()
        self.assertEqual(self.placed + 1, len(server.orders(self.renter)))
        self.assertEqual(server.wallet(self.renter), tuple(sums_of(server.ledger(self.renter.id),
                                                                   self.renter.id).values()))
        self.assertEqual(0, server.stop())
        digest(self.folder)

    def test_closes_that_came_due_while_nothing_could_be_written_are_made_and_billed(self):
        server = self.market(*OPTIONS, "--heartbeat", "1h", "--downtime-max", "1s")
        self.assert_placed(server.place(self.renter, order(7, 864)))
        until(lambda: server.orders(self.renter)[0]["active"])
        sequence = server.run_of(self.provider, 7)["sequence"]
        self.limit_files(server)
        until(lambda: "the journal cannot be written" in server.errors())
        closes, paid = len(server.get("/page/market.json")["history"]), server.orders(self.renter)[0]["spent"]
        time.sleep(3.2)  # longer than --downtime-max, which is for starts
        self.assertEqual(closes, len(server.get("/page/market.json")["history"]))
        self.assertEqual(paid, server.orders(self.renter)[0]["spent"])
        self.assertEqual(sequence, server.run_of(self.provider, 7)["sequence"])  # the machine keeps its run
        self.allow_files(server)
        until(lambda: len(server.get("/page/market.json")["history"]) >= closes + 3)
        times = [point[0] for point in server.get("/page/market.json")["history"]]
        self.assertEqual(list(range(times[0], times[-1] + 1, 1000)), times)  # each close at its time
        rents = [each for each in server.ledger(self.renter.id) if each["kind"] == "rent"]
        self.assertEqual({"0.01"}, {each["amount"] for each in rents})  # 864 coins per day are 0.01 per second
        due = [each["time"] for each in rents]
        self.assertEqual(list(range(due[0], due[-1] + 1, 1000)), due)
        self.assertEqual(sequence, server.run_of(self.provider, 7)["sequence"])

    def test_a_stop_while_closes_are_due_and_the_disk_is_full(self):
        server = self.market(*OPTIONS, "--batch-max", "1")
        self.limit_files(server, 0)  # the server cannot even say so
        time.sleep(3)  # more closes are due than one batch takes
        self.assertEqual(1, server.stop())
        self.start(*OPTIONS)


class Trouble(Case):
    options = OPTIONS

    def test_a_long_poll_whose_client_is_gone(self):
        server = self.market("--interval", "1d")
        sequence = server.run_of(self.provider, 7)["sequence"]
        for number in range(50):
            connection = server.connect()
            connection.request("GET", f"/host/v1/machines/7/run?after={sequence}&wait=60", None,
                               {"auth": self.provider.token})
            if number % 2:
                connection.sock.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER: the client resets it
            connection.sock.close()
            connection.close()
        self.assertEqual({"code": 0}, server.get("/healthz").json())
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(server.run_of(self.provider, 7, sequence, 60)))
        waiting.start()
        self.assert_ok(server.request("DELETE", "/host/v1/machines/7", None, self.provider.token))
        waiting.join()
        self.assert_error(404, 4, answers[0])

    def test_a_host_that_is_killed_while_it_polls(self):
        server = self.market(*OPTIONS, "--heartbeat", "1h")
        sequence = server.run_of(self.provider, 7)["sequence"]
        url = f"http://127.0.0.1:{server.port}/host/v1/machines/7/run?after={sequence}&wait=30"
        hosts = [subprocess.Popen(["curl", "-s", "-H", f"auth: {self.provider.token}", url], stdout=subprocess.PIPE)
                 for _ in range(3)]
        until(lambda: server.requests_open() >= 3)
        hosts[0].kill()  # before the run begins
        self.assert_placed(server.place(self.renter, order(7, 864)))
        hosts[1].kill()  # perhaps while it is answered
        run = json.loads(hosts[2].communicate(timeout=60)[0])["run"]  # another poll of the machine is not disturbed
        for host in hosts:
            host.wait()
            host.stdout.close()
        self.assertEqual([{"pl": 200}], run["oc"])
        # The next poll of a killed host gets at once what the host has missed, and so does the one after it.
        for _ in range(2):
            self.assertEqual(run, server.run_of(self.provider, 7, sequence, 60)["run"])
        self.assertEqual({"code": 0}, server.get("/healthz").json())
        self.assertEqual(0, server.get("/page/hosts/7.json")["interruptions"])
        until(lambda: server.requests_open() == 0)
        self.assertEqual(0, server.stop())
        digest(self.folder)

    def test_an_agent_that_is_killed_gets_the_run_when_it_starts_again(self):
        server = self.market(*OPTIONS, "--heartbeat", "1h")
        for name, text in (("token", self.provider.token), ("machine", json.dumps(MACHINE))):
            with open(self.folder + name, "w", encoding="ascii") as file:
                file.write(text)
        command = [os.environ["GIGASPOT_HOST"], "--server", f"http://127.0.0.1:{server.port}", "--token-file",
                   self.folder + "token", "--machine", "7", "--capabilities", self.folder + "machine", "--dry-run"]

        def start_agent():
            agent = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            self.addCleanup(lambda: (agent.kill(), agent.wait(), agent.stdout.close()))
            return agent
        agent = start_agent()
        until(lambda: server.requests_open() >= 1)
        agent.kill()
        self.assert_placed(server.place(self.renter, order(7, 864)))
        until(lambda: server.orders(self.renter)[0]["active"])
        again = start_agent()
        lines = iter(again.stdout.readline, "")
        run = json.loads(next(line for line in lines if line.startswith("{")))
        self.assertEqual(run, server.run_of(self.provider, 7)["run"])

    def test_a_long_poll_ends_when_the_server_does(self):
        server = self.market("--interval", "1d")
        connection = server.connect()
        self.addCleanup(connection.close)
        connection.request("GET", "/host/v1/machines/7/run?after=0&wait=60", None, {"auth": self.provider.token})
        self.assertEqual(0, server.stop())
        try:
            self.assertEqual(500, connection.getresponse().status)
        except (ConnectionError, http.client.HTTPException):
            pass  # or it is closed without an answer

    def test_a_server_that_was_frozen_for_longer_than_an_interval(self):
        server = self.market(*OPTIONS, "--heartbeat", "500ms")
        ended = threading.Event()
        agent = threading.Thread(target=self.beat, args=(server, ended))
        agent.start()
        try:
            self.assert_placed(server.place(self.renter, order(7, 864)))
            until(lambda: server.orders(self.renter)[0]["active"])
            server.process.send_signal(signal.SIGSTOP)
            time.sleep(3.5)
            server.process.send_signal(signal.SIGCONT)
            awake = time.time() * 1000
            # A close after the pause: all that were due before it have happened then.
            until(lambda: server.get("/page/market.json")["history"][-1][0] > awake)
        finally:
            ended.set()
            agent.join()
        page = server.get("/page/market.json").json()
        times = [point[0] for point in page["history"]]
        self.assertEqual(list(range(times[0], times[-1] + 1, 1000)), times)  # each close at its time
        self.assertTrue(server.orders(self.renter)[0]["active"])  # the machine never went offline
        charges = [each for each in server.ledger(self.renter.id) if each["kind"] == "rent"]
        self.assertEqual({units("0.01")}, {units(each["amount"]) for each in charges})
        self.assertEqual(0, server.get("/page/hosts/7.json")["interruptions"])

    def beat(self, server, ended):
        while not ended.wait(0.1):
            self.assert_ok(server.beat(self.provider, 7))


if __name__ == "__main__":
    unittest.main()
