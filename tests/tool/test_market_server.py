"""Kills the example market_server at any moment, and compares it with an undisturbed run of `gigaspot replay`."""
import json
import os
import pathlib
import random
import re
import resource
import subprocess
import tempfile
import threading
import time
import unittest

TOOL = os.environ["GIGASPOT"]
SERVER = os.environ["MARKET_SERVER"]
INTERVAL = 60_000
MAIN = "CLORE-Blockchain"


def made_up_commands(count, seed):
    """Returns pairs of a time and a command without a time. There are no closes, because the server makes them."""
    made = subprocess.run([TOOL, "generate", "--commands", str(count), "--seed", str(seed), "--hosts", "6"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.splitlines()
    lines = [line for line in made if '"op":"close"' not in line]
    return [(json.loads(line)["time"], re.sub(r'"time":\d+,', "", line)) for line in lines]


def with_closes(commands):
    """Returns all commands of the market as (whether a client sent it, time, line), with a close at each whole minute."""
    told, clock = [], commands[0][0]
    for now, command in commands:
        for due in range((clock // INTERVAL + 1) * INTERVAL, now + 1, INTERVAL):
            told.append((False, due, '{"op":"close","time":%d}' % due))
        told.append((True, now, command.replace("{", '{"time":%d,' % now, 1)))
        clock = now
    return told


def replayed(lines):
    done = subprocess.run([TOOL, "replay", "--digest", "-"], input="".join(line + "\n" for line in lines), check=True,
                          stdout=subprocess.PIPE, text=True)
    *events, digest = done.stdout.splitlines()
    return events, digest


class Crashes(unittest.TestCase):
    def setUp(self):
        # Uses memory if possible: a killed process needs no disk, and a busy disk makes the tests slow.
        temporary = tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def start(self, save_every, file_bytes_max):
        def limit():
            if file_bytes_max is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_max, file_bytes_max))

        return subprocess.Popen([SERVER, str(self.folder), str(INTERVAL), str(save_every), "times"], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=limit)

    def events_of(self, out, seen):
        """Notes complete lines of events by their command. Repeated events must equal those published before."""
        again = {}
        for line in out:
            again.setdefault(json.loads(line)["command"], []).append(line)
        for command, events in again.items():
            before = seen.get(command, [])
            shorter = min(len(before), len(events))
            self.assertEqual(before[:shorter], events[:shorter])
            seen[command] = max(before, events, key=len)

    def run_once(self, told, save_every, seen, kill=None, file_bytes_max=None):
        """Starts the server and sends the commands that it has not taken yet.

        `kill`, if given, kills the server some seconds after some lines of events. The lines count from the start,
        or from the moment when the server is ready again. Returns how many commands the server had taken when it was
        ready (None if it never was), and its digest, if it reached its end.
        """
        server = self.start(save_every, file_bytes_max)
        ready, feeder, out = None, None, []

        def count_down():
            if kill and len(out) == kill["lines"] + told_again and kill["in_recovery"] == (ready is None):
                time.sleep(kill["seconds"])
                server.kill()

        told_again = 0
        count_down()
        for line in server.stdout:
            if not line.endswith(b"\n"):
                break
            if line.startswith(b'{"ready"'):
                ready = json.loads(line)["ready"]
                self.assertGreaterEqual(ready, max(seen, default=0))  # the server must not forget what it published
                # Send all further commands except closes, which the server makes.
                rest = "".join("%d %s\n" % (now, re.sub(r'^{"time":\d+,', "{", line))
                               for is_client, now, line in told[ready:] if is_client)
                feeder = threading.Thread(target=self.feed, args=(server.stdin, rest.encode()))
                feeder.start()
                told_again = len(out)
                count_down()
                continue
            out.append(line.decode().rstrip("\n"))
            count_down()
        if feeder:
            feeder.join()
        else:
            self.feed(server.stdin, b"")
        server.stdout.close()
        server.wait()
        digest = out.pop() if out and out[-1].startswith('{"digest"') else None
        self.events_of(out, seen)
        return ready, digest

    @staticmethod
    def feed(pipe, data):
        for act in (lambda: pipe.write(data), pipe.close):
            try:
                act()
            except BrokenPipeError:
                pass

    def disturb(self, save_every, kills, seed, between=lambda random: None):
        chance = random.Random(seed)
        told = with_closes(made_up_commands(8000, seed))
        wanted, wanted_digest = replayed([line for _, _, line in told])
        seen, ready_at = {}, []
        for _ in range(kills):
            if chance.random() < 0.25:
                kill = {"in_recovery": True, "lines": 0, "seconds": chance.uniform(0, 0.01)}
            else:
                lines = chance.randint(1, len(wanted) // kills // 4)
                kill = {"in_recovery": False, "lines": lines, "seconds": chance.uniform(0, 0.001)}
            ready, digest = self.run_once(told, save_every, seen, kill)
            self.assertIsNone(digest)
            ready_at.append(ready)
            between(chance)
        _, digest = self.run_once(told, save_every, seen)
        self.assertEqual([event for command in sorted(seen) for event in seen[command]], wanted)
        self.assertEqual(digest, wanted_digest)
        self.assertGreater(len(set(ready_at)), kills // 3)  # not always at the same position

    def test_killed_at_any_moment(self):
        self.disturb(save_every=200, kills=12, seed=1)

    def test_killed_among_saves(self):
        self.disturb(save_every=1, kills=12, seed=2)

    def test_what_a_kill_can_leave_behind(self):
        def leave(chance):
            (self.folder / "save.new").write_bytes(b"half a save")
            (self.folder / "journal.999999").write_bytes(b'{"op":"close","time":1}\n')
            for journal in self.folder.glob("journal.*"):
                with journal.open("ab") as file:
                    file.write(b'{"time":1800000000000,"op":"close"'[:chance.randint(1, 34)])

        self.disturb(save_every=50, kills=8, seed=3, between=leave)

    def test_half_a_line_is_cut_off(self):
        def leave(chance):
            with (self.folder / "journal.0").open("ab") as file:
                file.write(b'{"time":1800000000000,"op":"close"'[:chance.randint(1, 34)])

        self.disturb(save_every=1_000_000, kills=8, seed=4, between=leave)

    def test_a_full_disk(self):
        """A limit on file sizes stops the journal or a save in the middle of a write."""
        told = with_closes(made_up_commands(300, 6))
        wanted, wanted_digest = replayed([line for _, _, line in told])
        for save_every, stopped_by in ((10, "save"), (1_000_000, "journal")):
            seen, stops = {}, set()
            for path in self.folder.iterdir():
                path.unlink()
            for size in range(200, 60_000, 1_777):
                ready, digest = self.run_once(told, save_every, seen, file_bytes_max=size)
                if digest:
                    break
                stops.add("save" if (self.folder / "save.new").exists() else "journal")
            self.assertIn(stopped_by, stops)
            _, digest = self.run_once(told, save_every, seen)
            self.assertEqual([event for command in sorted(seen) for event in seen[command]], wanted)
            self.assertEqual(digest, wanted_digest)

    def test_a_damaged_save_is_rejected(self):
        told = with_closes(made_up_commands(100, 4))
        self.run_once(told, 10, {})
        save = self.folder / "save"
        damaged = bytearray(save.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        save.write_bytes(damaged)
        done = subprocess.run([SERVER, str(self.folder), str(INTERVAL), "10", "times"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn(b"the saved market was changed or cut off", done.stderr)

    def test_only_the_newest_files_stay(self):
        told = with_closes(made_up_commands(100, 5))
        self.run_once(told, 30, {})
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"save", "journal.%d" % (len(told) // 30 * 30)})
        lines = (self.folder / ("journal.%d" % (len(told) // 30 * 30))).read_text().splitlines()
        self.assertEqual(lines, [line for _, _, line in told[len(told) // 30 * 30:]])

    def test_a_client_s_own_time_does_not_count(self):
        self.feed_lines = b'1700000000000 {"op":"rate","time":5,"currency":"x","usd":1}\n1700000000001 {}\n1700000000002 [1]\n' \
            b'1700000000003 \xef\xbb\xbf\n1700000000004 \xef\xbb\xbf{"op":"rate","time":5,"currency":"x","usd":1}\n'
        done = subprocess.run([SERVER, str(self.folder), str(INTERVAL), "10", "times"], input=self.feed_lines, check=True,
                              stdout=subprocess.PIPE)
        events = [json.loads(line) for line in done.stdout.splitlines()[1:-1]]
        self.assertEqual([(event["event"], event["time"]) for event in events],
                         [("accepted", 1700000000000), ("rejected", 1700000000000), ("rejected", 1700000000000),
                          ("accepted", 1700000000004)])

    def test_the_timer_closes_without_a_client(self):
        server = subprocess.Popen([SERVER, str(self.folder), "50", "1000"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        server.stdin.write(b'{"op":"rate","currency":"%s","usd":1}\n'
                           b'{"op":"host","id":7,"energy_price":0,"gpus":[{"pl":[1,9]}]}\n'
                           b'{"op":"bid","id":1,"host":7,"owner":2,"price":5,"currency":"%s","oc":[{"pl":5}]}\n'
                           % (MAIN.encode(), MAIN.encode()))
        server.stdin.flush()
        times = []
        for line in server.stdout:  # no further command comes, but the bid starts and pays
            event = json.loads(line)
            if event.get("event") == "charged":
                times.append(event["time"])
            if len(times) == 3:
                break
        server.stdin.close()
        self.assertEqual([later - sooner for sooner, later in zip(times, times[1:])], [50, 50])
        self.assertEqual(times[0] % 50, 0)
        server.stdout.read()
        server.stdout.close()
        self.assertEqual(server.wait(), 0)


unittest.main()
