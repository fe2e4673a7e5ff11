"""Tests how gigaspot-server starts and stops, and that it does not start on damaged files."""
import http.client
import json
import os
import shutil
import socket
import stat
import subprocess
import threading
import time
import unittest
from unittest import mock

from server_client import COIN, SERVER, Case, Server, order, units, until


def files_in(folder):
    """All bytes of a folder. The lock has the process id of the last server that tried."""
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = file.read() if name != "lock" else b""
    return found


class Start(Case):
    def refused(self, *options, folder=None, listen="127.0.0.1:0", **popen):
        """Starts a server that must not start, and returns its exit status and what it says."""
        done = subprocess.run([SERVER, "--data", folder or self.folder, "--listen", listen, *options],
                              capture_output=True, text=True, timeout=60, **popen)
        self.assertNotEqual(0, done.returncode)
        self.assertEqual("", done.stdout)
        self.assertNotIn("terminate called", done.stderr)
        return done.returncode, done.stderr

    def digest(self, folder=None):
        done = subprocess.run([SERVER, "--data", folder or self.folder, "--digest"], capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return done.stdout

    def filled(self):
        """Leaves a folder with a journal, books, a save and a token, and returns a digest of it."""
        server = self.market()
        self.assert_placed(server.place(self.renter, order(7, 10)))
        self.assertEqual(0, server.stop())
        return self.digest()


class First(Start):
    def test_an_empty_folder_is_set_up(self):
        for folder in (self.folder, self.folder + "-made"):
            if folder == self.folder:
                os.mkdir(folder)
            server = self.start(folder=folder)
            with open(os.path.join(folder, "admin.token"), encoding="ascii") as file:
                self.assertRegex(file.read(), r"^[0-9a-f]{64}\n$")
            for name in ("admin.token", "market.db"):
                self.assertEqual(0o600, stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode), name)
            self.assertNotIn(server.token, server.errors())
            self.assertEqual({"code": 0}, server.get("/healthz").json())
            self.assertEqual(0, server.stop())

    def test_a_folder_whose_parent_is_missing_is_not_created(self):
        _, text = self.refused(folder=os.path.join(self.folder, "a", "b"))
        self.assertIn("cannot create the folder", text)

    def test_a_folder_with_other_files_is_refused(self):
        os.mkdir(self.folder)
        with open(os.path.join(self.folder, "notes.txt"), "w", encoding="ascii") as file:
            file.write("mine")
        _, text = self.refused()
        self.assertIn("notes.txt", text)
        self.assertEqual({"lock": b"", "notes.txt": b"mine"}, files_in(self.folder))

    def test_bad_options_are_refused_before_anything_is_written(self):
        for option in ("--interval=1e3", "--interval=0", "--interval=40d", "--interval=-1s", "--interval=1.5s",
                       "--interval=999", "--interval=", "--interval=1w", "--interval=99999999999999999999s",
                       "--switch-margin=-1", "--switch-margin-ppm=101%", "--creation-fee=x", "--creation-fee=x=-1",
                       "--batch-max=0", "--queue-max=x", "--refill=now", "--heartbeat=1ms", "--unknown=1",
                       "--price-min=10"):
            with self.subTest(option=option):
                extra = ["--price-max=9"] if option == "--price-min=10" else []
                status, text = self.refused(option, *extra)
                self.assertEqual(2, status, text)
                self.assertIn(option.split("=")[0], text)
                self.assertFalse(os.path.exists(self.folder))

    def test_bad_addresses_are_refused_before_anything_is_written(self):
        for address in ("8080", "127.0.0.1:70000", "127.0.0.1:", ":80", "127.0.0.1:x", "127.0.0.1:-1"):
            with self.subTest(address=address):
                status, text = self.refused(listen=address)
                self.assertEqual(2, status, text)
                self.assertIn(address, text)
                self.assertFalse(os.path.exists(self.folder))

    def test_a_configuration_file_is_read_and_checked(self):
        name = self.folder + ".toml"
        for text, is_good in (("interval = \"5m\"\n", True), ("interval = \"1e3\"\n", False),
                              ("intervall = 1\n", False)):
            with open(name, "w", encoding="ascii") as file:
                file.write(text)
            if is_good:
                server = self.start("--config", name)
                self.assertEqual(300_000, server.get("/page/market.json")["interval"])
                server.stop()
            else:
                self.assertIn("interval", self.refused("--config", name)[1])

    def test_a_port_that_is_in_use(self):
        self.filled()
        before = files_in(self.folder)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            status, text = self.refused(listen=f"127.0.0.1:{port}")
            self.assertEqual(1, status)
            self.assertIn(f"cannot listen on 127.0.0.1 port {port}: Address already in use", text)
        self.assertEqual(before, files_in(self.folder))

    def test_a_disk_that_takes_no_byte(self):
        import resource

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        _, text = self.refused(preexec_fn=limit)
        self.assertIn(self.folder, text)
        shutil.rmtree(self.folder)
        digest = self.filled()
        before = files_in(self.folder)
        _, text = self.refused(preexec_fn=limit)
        self.assertIn(self.folder, text)
        self.assertEqual(before, files_in(self.folder))
        self.assertEqual(digest, self.digest())

    def test_a_place_where_no_folder_can_be(self):
        self.assertIn("/proc/market", self.refused(folder="/proc/market")[1])
        with open(self.folder, "w", encoding="ascii") as file:
            file.write("a file")
        self.assertIn("is not a folder", self.refused()[1])


class Again(Start):
    def test_a_second_server_on_the_folder_is_refused(self):
        server = self.market()
        self.assert_placed(server.place(self.renter, order(7, 10)))
        before = files_in(self.folder)
        _, text = self.refused()
        self.assertIn(f"process {server.process.pid}", text)
        self.assertEqual(before, files_in(self.folder))
        self.assert_placed(server.place(self.renter, order(7, 11)))
        server.kill()  # the lock ends with the process
        server = self.start()
        self.assertEqual(2, len(server.orders(self.renter)))

    def test_the_next_start_is_at_the_same_state(self):
        server = self.market()
        self.assert_placed(server.place(self.renter, order(7, 10)))
        paths = ["/v1/my_orders", "/v1/wallets", "/page/market.json", "/page/hosts/7.json"]

        def state():
            found = {path: server.get(path, self.renter.token).json() for path in paths}
            for key in ("event", "time"):
                found["/page/market.json"].pop(key)
            found["/page/hosts/7.json"].pop("time")
            return {**found, "ledger": server.ledger(self.renter.id)}
        before = state()
        for end in (Server.stop, Server.kill):
            end(server)
            server = self.start()
            self.assertEqual(before, state())

    def test_sigterm_answers_what_was_taken(self):
        server = self.market()
        answers, sent = [], threading.Barrier(17)

        def ask(number):
            connection = server.connect()
            self.addCleanup(connection.close)
            for i in range(1000):
                if i == 1:
                    sent.wait()
                try:
                    answer = server.request("POST", "/v1/create_gigaspot_orders",
                                            json.dumps([order(7, 10, x_number=[number, i])]), self.renter.token,
                                            connection)
                except (OSError, http.client.HTTPException):
                    return  # it was not answered at all
                answers.append(answer)
                if answer.status != 200:
                    return
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        sent.wait()
        self.assertEqual(0, server.stop(), server.errors())
        for thread in threads:
            thread.join()
        self.assertLessEqual({answer.status for answer in answers}, {200, 503})
        taken = [answer for answer in answers if answer.status == 200]
        self.assertGreaterEqual(len(taken), 16)
        server = self.start()
        self.assertGreaterEqual(len(server.orders(self.renter)),
                                sum(not answer["failed_to_rent_servers"] for answer in taken))

    def test_another_policy_or_interval_becomes_a_record(self):
        server = self.market(coins="20")
        self.assert_placed(server.place(self.renter, order(7, 10)))
        self.assertEqual(units(10), server.wallet(self.renter)[1])
        server.stop()
        before = self.digest()
        server = self.start("--interval", "12h", "--request-every", "0ms", "--reserve", "11",
                            "--creation-fee", COIN + "=1")
        until(lambda: server.wallet(self.renter) == (units(15), units(5)))  # one interval of the new length
        self.assertEqual("below_reserve", server.orders(self.renter)[0]["why_not"])
        self.assert_placed(server.place(self.renter, order(7, 12)))
        self.assertEqual((units(8), units(11)), server.wallet(self.renter))
        server.stop()
        self.assertNotEqual(before, self.digest())
        server = self.start("--interval", "12h", "--request-every", "0ms", "--reserve", "11",
                            "--creation-fee", COIN + "=1")
        records = int(server.errors().split(" records")[0].split()[-1])
        server.stop()
        self.assertEqual(f"{records} records", self.digest().split(",")[0])  # the same settings add none

    def test_closes_that_came_due_without_a_server_are_made_before_it_answers(self):
        options = ("--interval", "1s", "--request-every", "0ms", "--batch-max", "1")
        server = self.market(*options)
        self.assert_placed(server.place(self.renter, order(7, 864)))
        until(lambda: server.orders(self.renter)[0]["active"])
        server.kill()
        time.sleep(3.2)
        started = int(time.time()) * 1000
        server = self.start(*options)
        page = server.get("/page/market.json").json()
        times = [point[0] for point in page["history"]]
        self.assertGreaterEqual(times[-1], started)
        self.assertEqual(list(range(times[0], times[-1] + 1, 1000)), times)
        charged = [units(each["amount"]) for each in server.ledger(self.renter.id) if each["kind"] == "rent"]
        self.assertGreaterEqual(len(charged), 3)
        self.assertEqual(units("0.01"), charged[-1])  # 864 coins per day are 0.01 per second


class Damage(Start):
    def change(self, name, how):
        path = os.path.join(self.folder, name)
        if how == "missing":
            return os.remove(path)
        if how == "readable":
            return os.chmod(path, 0o644)
        with open(path, "r+b") as file:
            data = file.read()
            keep = {"empty": 0, "half": len(data) // 2, "cut": len(data) - 1}
            if how in keep:
                return file.truncate(keep[how])
            at = {"first byte": 0, "last byte": len(data) - 1, "middle": len(data) // 2}.get(how)
            if at is None:  # the bytes of a record
                at = data.rindex(how.encode()) + 1
            file.seek(at)
            file.write(bytes([data[at] ^ 1]))

    def test_damaged_files_are_refused_and_left_alone(self):
        self.filled()
        save = next(name for name in os.listdir(self.folder) if name.startswith("save."))
        whole = self.folder + "-whole"
        shutil.copytree(self.folder, whole)
        rows = [("market.db", how, "market.db") for how in ("missing", "empty", "half", "cut", "first byte",
                                                            "renting_server", "applied")]
        rows += [("market.db-mark", how, "market.db-mark") for how in ("cut", "first byte", "last byte")]
        rows += [(save, how, "Move it away") for how in ("empty", "half", "cut", "first byte", "middle", "last byte")]
        rows += [("admin.token", how, "admin.token") for how in ("missing", "empty", "half", "readable")]
        for name, how, text in rows:
            with self.subTest(file=name, how=how):
                shutil.rmtree(self.folder)
                shutil.copytree(whole, self.folder)
                self.change(name, how)
                before = files_in(self.folder)
                status, said = self.refused()
                self.assertEqual(1, status)
                self.assertIn(text, said)
                self.assertGreaterEqual(len(said.split()), 8, said)  # a sentence, not a code
                self.assertEqual(before, files_in(self.folder))

    def test_a_log_that_is_lost_or_cut_is_refused(self):
        server = self.market()
        self.assert_placed(server.place(self.renter, order(7, 10)))
        server.kill()
        whole = self.folder + "-whole"
        shutil.copytree(self.folder, whole)
        self.assertTrue(os.path.getsize(os.path.join(whole, "market.db-wal")))
        for how in ("missing", "empty", "half"):
            with self.subTest(how=how):
                shutil.rmtree(self.folder)
                shutil.copytree(whole, self.folder)
                self.change("market.db-wal", how)
                self.assertIn("market.db", self.refused()[1])

    def test_a_damaged_save_can_be_moved_away(self):
        digest = self.filled()
        save = next(name for name in os.listdir(self.folder) if name.startswith("save."))
        self.change(save, "middle")
        self.assertIn(save, self.refused()[1])
        os.rename(os.path.join(self.folder, save), self.folder + "-damaged")
        self.assertEqual(digest, self.digest())
        server = self.start()
        self.assertEqual(1, len(server.orders(self.renter)))

    def test_files_that_the_server_can_make_again(self):
        for name in ("lock", "market.db-mark", "save"):
            digest = self.filled()
            for each in os.listdir(self.folder):
                if each.startswith(name):
                    os.remove(os.path.join(self.folder, each))
            self.assertEqual(digest, self.digest())
            server = self.start()
            self.assertEqual(1, len(server.orders(self.renter)))
            self.assertEqual(0, server.stop())
            shutil.rmtree(self.folder)

    def test_another_admin_token_may_be_put_in_place(self):
        server = self.market()
        old = server.token
        server.stop()
        with open(os.path.join(self.folder, "admin.token"), "w", encoding="ascii") as file:
            file.write("0123456789abcdef" * 4 + "\n")
        server = self.start()
        self.assertNotEqual(old, server.token)
        self.assert_ok(server.rate("2"))
        with mock.patch.object(server, "token", old):
            self.assert_error(401, 3, server.rate("3"))

    def test_a_digest_of_a_folder_without_a_market(self):
        os.mkdir(self.folder)
        done = subprocess.run([SERVER, "--data", self.folder, "--digest"], capture_output=True, text=True, check=False)
        self.assertEqual((1, "", []), (done.returncode, done.stdout, os.listdir(self.folder)))
        self.assertIn("market.db does not exist", done.stderr)


if __name__ == "__main__":
    unittest.main()
