"""Tests gigaspot-host: a machine is registered, beats, and runs what the server says."""
import json
import os
import re
import signal
import subprocess
import sys
import unittest

from host_agent import CAPABILITIES, HOST, PATIENCE, RUN, TOKEN, Case, error, until

RUN_TEXT = json.dumps(RUN, separators=(",", ":"))
RECORD = f"5|41|{RUN['image']}|{RUN_TEXT}"
BUSY = (503, b'{"code":1,"error":"busy"}', [("Retry-After", "1")])


class Registration(Case):
    def test_the_machine_is_registered_and_beats(self):
        self.start("--on-run", self.recorder())
        until(lambda: self.server.count("beat") >= 3)
        self.assertEqual(["put"], [action for action, *_ in self.server.requests[:1]])
        self.assertEqual([CAPABILITIES], [body for *_, body in self.server.all("put")])
        self.assertEqual({TOKEN}, {headers["auth"] for _, _, headers, _ in self.server.requests})

    def test_it_is_tried_again_while_the_server_is_away(self):
        port = self.server.port
        self.server.close()
        self.start("--dry-run")
        self.has_error("registration: cannot connect")
        self.server.begin(port)
        until(lambda: self.server.count("beat"))

    def test_it_is_tried_again_after_an_answer_that_may_change(self):
        answers = [BUSY, error(429, 5), (502, b"<html>"), None]
        for answer in answers:
            self.server.script("put", answer)
        self.start("--dry-run")
        until(lambda: self.server.count("beat"))
        self.assertEqual(len(answers), self.server.count("put"))

    def test_the_program_ends_if_the_server_rejects_the_machine(self):
        for answer in (error(401, 3), error(403, 6), error(400, 2), error(200, 6), error(404, 4), (401, b""),
                       (404, b"<html>"), (301, b"", [("Location", "http://127.0.0.1:1/")])):
            with self.subTest(answer=answer):
                before = len(self.server.requests)
                self.server.script("put", answer)
                self.start("--on-run", self.recorder())
                self.assert_ends(1)
                self.assertEqual(before + 1, len(self.server.requests))
                self.assertIn("registration: ", self.errors())
                self.assertEqual([], self.records())

    def test_the_servers_reason_is_shown(self):
        self.server.script("put", error(403, 6, f"7 belongs to another account\n\x1b[31m {TOKEN}"))
        self.start("--dry-run")
        self.assert_ends(1)
        self.assertEqual("registration: 7 belongs to another account??[31m [hidden]\n", self.errors())

    def test_a_machine_that_became_unknown_is_registered_again(self):
        self.start("--dry-run")
        for action in ("beat", "run"):
            until(lambda: self.server.count("beat") and self.server.count("run"))
            before = self.server.count("put")
            self.server.script(action, error(404, 4, "machine 7 is not registered"))
            until(lambda: self.server.count("put") > before)
            self.server.next_beat()
        self.server.set(5, RUN)
        until(lambda: RUN_TEXT in self.output())

    def test_a_404_of_another_server_is_not_the_markets(self):
        self.start("--dry-run")
        until(lambda: self.server.count("beat"))
        self.server.script("beat", (404, b"<html>"), (401, b""), (403, b"{}"), (404, b'{"code":"4"}'))
        until(lambda: not self.server.answers["beat"])
        self.server.next_beat()
        self.assertEqual(1, self.server.count("put"))
        self.server.script("put", (404, b"<html>"), (401, b""), None)
        self.server.script("beat", error(404, 4))
        until(lambda: self.server.count("put") == 4)
        self.server.next_beat()

    def test_a_machine_that_cannot_be_registered_again_is_stopped(self):
        self.server.set(5, RUN)
        self.start("--on-run", self.recorder())
        until(lambda: self.server.count("beat") and self.records()[-1:] == [RECORD])
        self.server.script("put", error(400, 2, "gpus: missing"))
        self.server.script("beat", error(404, 4))
        self.assert_ends(1)
        self.assertEqual([RECORD, "5|||null"], self.records())
        self.assertIn("registration: gpus: missing", self.errors())

    def is_revoked(self, action):
        self.server.set(5, RUN)
        self.start("--on-run", self.recorder())
        until(lambda: self.server.count("beat") and self.records()[-1:] == [RECORD])
        self.server.script(action, error(401, 3, "bad token"))
        self.assert_ends(1)
        self.assertEqual([RECORD, "5|||null"], self.records())
        self.assertIn(f"{action}: bad token", self.errors().replace("heartbeat", "beat"))
        self.assertNotIn({"online": False}, self.server.beats())

    def test_a_token_that_was_revoked_at_a_heartbeat_stops_the_workload_and_the_program(self):
        self.is_revoked("beat")

    def test_a_token_that_was_revoked_during_a_wait_stops_the_workload_and_the_program(self):
        self.is_revoked("run")


class Runs(Case):
    def test_each_change_is_handed_to_the_program(self):
        self.start("--on-run", self.recorder())
        self.assertEqual(["0|||null"], until(self.records))
        self.server.set(5, RUN)
        until(lambda: len(self.records()) == 2)
        self.server.set(9, None)
        until(lambda: len(self.records()) == 3)
        self.server.set(3, {"bid": 0, "image": None, "env": {}, "oc": [], "later": {"x": [1.5, True]}})
        until(lambda: len(self.records()) == 4)
        self.assertEqual([RECORD, "9|||null",
                          '3|0||{"bid":0,"image":null,"env":{},"oc":[],"later":{"x":[1.5,true]}}'], self.records()[1:])
        self.assertEqual(["", "after=0&wait=30", "after=5&wait=30", "after=9&wait=30"],
                         [query for _, query, *_ in self.server.all("run")][:4])

    def test_dry_run_prints_each_change(self):
        self.start("--dry-run")
        until(self.output)
        self.server.set(5, RUN)
        until(lambda: len(self.output().splitlines()) == 2)
        self.stop()
        self.assertEqual(["null", RUN_TEXT, "null"], self.output().splitlines())

    def test_only_the_newest_counts_of_the_changes_that_come_while_the_program_runs(self):
        self.start("--on-run", self.program('record; until test -e go; do sleep 0.05; done; '
                                            'echo "end $GIGASPOT_SEQUENCE" >> record'))
        until(self.records)
        for sequence in (1, 2, 3):
            self.server.set(sequence, {"bid": sequence})
            until(lambda: f"after={sequence}&" in self.server.all("run")[-1][1])
        self.assertEqual(["0|||null"], self.records())
        (self.folder / "go").touch()
        until(lambda: len(self.records()) == 4)
        self.assertEqual(["0|||null", "end 0", '3|3||{"bid":3}', "end 3"], self.records())

    def test_a_program_that_fails_is_tried_again_and_reported(self):
        self.start("--on-run", self.program('record; test -e good -o -z "$GIGASPOT_BID" || exit 3'))
        self.server.next_beat()
        self.assertNotIn({"working_properly": False}, self.server.beats())
        self.server.set(5, RUN)
        self.server.next_beat(working_properly=False)
        self.has_error("sequence 5: bid 41: " + str(self.folder / "program") + ": exit status 3")
        until(lambda: self.records().count(RECORD) >= 2)
        self.assertEqual({"working_properly": False}, self.server.beats()[-1])
        (self.folder / "good").touch()
        until(lambda: self.server.beats()[-1] == {})
        tries = len(self.records())
        for _ in range(30):
            self.server.next_beat()
        self.assertEqual(tries, len(self.records()))  # not again once it has succeeded

    def test_a_run_that_failed_counts_for_a_while_after_its_stop(self):
        self.start("--on-run", self.program('record; test -z "$GIGASPOT_BID"'))

        def broken_beats_after_a_stop(sequence):
            self.server.set(sequence, RUN)
            self.has_error(f"sequence {sequence}: bid 41: {self.folder}/program: exit status 1")
            self.server.set(sequence + 1, None)
            until(lambda: f"{sequence + 1}|||null" in self.records())
            begin = self.server.count("beat")
            until(lambda: {} in self.server.beats()[begin:])
            return self.server.beats()[begin:].index({})

        # The pauses grow, so that even a slow computer sends some heartbeats in one of them.
        self.assertTrue(any(broken_beats_after_a_stop(sequence) >= 3 for sequence in range(1, 12, 2)))
        self.assertIsNone(self.agent.poll())

    def test_a_stop_that_fails_is_tried_again(self):
        self.start("--on-run", self.program('record; test $(wc -l < record) -gt 1'))
        self.server.next_beat(working_properly=False)
        until(lambda: self.server.beats()[-1] == {})
        self.assertEqual(["0|||null"] * 2, self.records())

    def test_a_program_that_hangs_does_not_stop_the_heartbeats(self):
        self.start("--on-run", self.program('echo $$ >> record; exec sleep 1000'))
        process = int(until(self.records)[0])
        for _ in range(5):
            self.server.next_beat()
        self.assertEqual({}, self.server.beats()[-1])
        os.kill(process, signal.SIGKILL)
        self.server.next_beat(working_properly=False)
        self.has_error("ended by signal 9")

    def is_ended_after_the_timeout(self, first, second):
        child = f'sh -c "{second}exec sleep 1000" & echo $! >> record; echo $$ >> record; wait; wait'
        self.start("--run-timeout", "500ms", "--on-run", self.program(first + child))
        processes = until(lambda: len(self.records()) == 2 and self.records())
        self.has_error("ran for more than 0.5 s and was ended")
        for process in processes:
            until(lambda: not is_alive(process))
        self.server.next_beat(working_properly=False)
        until(lambda: len(self.records()) >= 4)  # it is tried again

    def test_a_timeout_ends_a_program_that_ignores_sigterm(self):
        self.is_ended_after_the_timeout("trap '' TERM; ", "")

    def test_a_timeout_ends_the_children_that_ignore_sigterm(self):
        self.is_ended_after_the_timeout("", "trap '' TERM; ")

    def test_the_workload_goes_on_after_its_program_has_ended(self):
        self.start("--on-run", self.program("sleep 1000 & echo $! >> record"))
        workload = until(self.records)[0]
        self.addCleanup(os.kill, int(workload), signal.SIGKILL)
        self.server.next_beat()
        self.server.set(5, RUN)
        until(lambda: len(self.records()) == 2)
        self.addCleanup(os.kill, int(self.records()[1]), signal.SIGKILL)
        self.assertTrue(is_alive(workload))

    def test_the_program_ignores_no_signal(self):
        self.start("--on-run", self.program("cat /proc/self/status > status; record"))
        until(self.records)
        self.assertEqual(0, signals_of("SigIgn", self.folder / "status") & ~0x180000000)  # the C library's own

    def test_the_program_starts_with_no_blocked_signal_and_one_value_per_variable(self):
        os.environ["GIGASPOT_BID"] = "of the operator"
        self.addCleanup(os.environ.pop, "GIGASPOT_BID")
        # Not in shell: dash clears the mask of signals and drops all except one of equal variables.
        program = self.write("program", f"#!{sys.executable}\nimport os, shutil\nos.chdir('{self.folder}')\n"
                             "for name in ('status', 'environ'):\n    shutil.copy(f'/proc/self/{name}', name)\n"
                             "os.rename('environ', 'record')\n", 0o700)
        self.start("--on-run", program)
        until(self.records)
        self.assertEqual(0, signals_of("SigBlk", self.folder / "status"))
        variables = self.record.read_text().split("\0")
        self.assertEqual(["GIGASPOT_BID="], [each for each in variables if each.startswith("GIGASPOT_BID")])

    def test_no_shell_runs_the_program(self):
        program = self.write("no shell; touch bad", f"echo x > '{self.record}'\n", 0o700)
        self.start("--on-run", program)
        self.has_error("is not a program; a script must begin with a line such as #!/bin/sh")
        self.assertEqual([], self.records())


def signals_of(name, status):
    return int(re.search(name + r":\s*(\w+)", status.read_text())[1], 16)


def is_alive(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Status(Case):
    def test_what_the_program_prints_is_reported(self):
        for text, report in (
                ("{}", {}), ('{"online":false,"x_own":[{}]}', {"online": False}),
                ('{"on_demand_rented":true,"working_properly":null,"cached":["a/b:1","\\u00e4\\""]}',
                 {"on_demand_rented": True, "cached": ["a/b:1", 'ä"']}), ('{"cached":[]}', {"cached": []})):
            with self.subTest(text=text):
                begin = self.server.count("beat")
                self.start("--dry-run", "--status", self.program(f"cat <<'END'\n{text}\nEND", "status"),
                           heartbeat="1h")
                until(lambda: self.server.count("beat") > begin)
                self.assertEqual(report, self.server.beats()[begin])
                self.stop()

    def test_anything_else_is_a_malfunction(self):
        for script, problem in (
                ("exit 4", "exit status 4"), ("true", "not JSON"), ("echo nonsense", "not JSON"),
                ("echo '[]'", "expected an object"), ("echo '{\"online\":1}'", "online: expected true or false"),
                ("echo '{\"cached\":[1]}'", "cached: expected an array of texts"),
                ("echo '{\"cached\":\"a\"}'", "cached: expected an array of texts"),
                ("echo '{\"onlin\":true}'", "unknown field onlin"), ("echo '{}'; exit 1", "exit status 1"),
                ("yes", "printed more than 1048576 bytes"), ("kill -9 $$", "ended by signal 9"),
                ("sleep 1000 & wait", "ran for more than 0.1 s and was ended")):
            with self.subTest(script=script):
                self.start("--dry-run", "--status", self.program(script, "status"))
                self.has_error("--status: " + problem)
                self.server.next_beat(working_properly=False)
                self.program("echo '{}'", "new").rename(self.folder / "status")
                until(lambda: {} in self.server.beats()[-2:])
                self.has_error("--status: works again")
                self.stop()
                (self.folder / "stderr").write_text("")

    def test_a_background_process_that_keeps_the_output_open_does_not_matter(self):
        program = self.program("sleep 1000 & echo $! >> record; echo '{\"cached\":[]}'", "status")
        self.start("--dry-run", "--status", program)
        until(lambda: {"cached": []} in self.server.beats())
        self.stop()
        for process in self.records():
            os.kill(int(process), signal.SIGKILL)

    def test_a_program_that_fails_for_a_run_wins_over_a_good_status(self):
        self.start("--on-run", self.program("exit 1"), "--status",
                   self.program("echo '{\"working_properly\":true}'", "status"))
        self.server.next_beat(working_properly=False)


class Options(Case):
    def fails(self, *options):
        found = subprocess.run([HOST, *map(str, options)], capture_output=True, text=True, timeout=PATIENCE)
        self.assertNotEqual(0, found.returncode)
        self.assertEqual("", found.stdout)
        return found.stderr

    def test_bad_options(self):
        good = {"--server": "http://127.0.0.1:1", "--token-file": self.token_file, "--machine": "7",
                "--capabilities": self.capabilities, "--on-run": self.recorder()}
        for option, value, message in (
                ("--server", "ftp://a", "expected an address"), ("--server", "http://u:p@a", "must not hold a user"),
                ("--server", "http://a?b=c", "must not hold a user"), ("--server", "", "expected an address"),
                ("--machine", "-1", "expected a whole number"), ("--machine", "x", "expected a whole number"),
                ("--machine", str(2**53 + 1), "expected a whole number"), ("--heartbeat", "10", "with a unit"),
                ("--heartbeat", "0s", "with a unit"), ("--heartbeat", "99999999999999999999s", "with a unit"),
                ("--heartbeat", "1e3s", "with a unit"), ("--run-timeout", "0s", "with a unit"),
                ("--on-run", f"{self.recorder()} --gpu 0", "without arguments"), ("--on-run", "", "not a program"),
                ("--on-run", self.folder, "not a program"), ("--status", "/etc/passwd", "not a program"),
                ("--token-file", self.folder / "absent", "No such file"), ("--token-file", self.folder, "director"),
                ("--token-file", self.write("empty", "\n"), "expected one token"),
                ("--token-file", self.write("two", "tokenish\ntokenish\n"), "expected one token"),
                ("--capabilities", self.write("bad", '{"a":1,}'), "not JSON"),
                ("--capabilities", self.write("list", "[]"), "expected an object"),
                ("--dry-run", None, "either --on-run or --dry-run")):
            with self.subTest(option=option, value=value):
                options = [str(part) for pair in {**good, option: value}.items() for part in pair if part is not None]
                errors = self.fails(*options)
                self.assertIn(message, errors)
                self.assertNotIn("tokenish", errors)
        for option in good:
            rest = [str(part) for key in good if key != option for part in (key, good[key])]
            self.assertIn("--dry-run" if option == "--on-run" else option, self.fails(*rest))

    def test_options_can_come_from_a_file(self):
        text = f'server = "http://127.0.0.1:{self.server.port}"\ntoken-file = "{self.token_file}"\nmachine = 7\n' \
               f'capabilities = "{self.capabilities}"\ndry-run = true\n'
        agent = subprocess.Popen([HOST, "--config", self.write("agent.toml", text)], stdout=subprocess.PIPE)
        self.assertEqual(b"null\n", agent.stdout.readline())
        agent.send_signal(signal.SIGTERM)
        self.assertEqual((b"null\n", None), agent.communicate(timeout=PATIENCE))
        self.assertEqual(0, agent.returncode)
        self.assertIn("tokn", self.fails("--config", self.write("agent.toml", text + "tokn = 1\n")))

    def test_help_names_each_option(self):
        text = subprocess.run([HOST, "--help"], capture_output=True, text=True, check=True).stdout
        for option in ("server", "token-file", "machine", "capabilities", "on-run", "dry-run", "status", "heartbeat",
                       "run-timeout", "config"):
            self.assertIn(f"--{option} ", text)


if __name__ == "__main__":
    unittest.main()
