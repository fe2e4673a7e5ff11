"""Tests gigaspot-host when things go wrong: signals, servers that are away, hostile answers, and secrets."""
import json
import os
import signal
import ssl
import subprocess
import time
import unittest

from host_agent import PATIENCE, RUN, TOKEN, Case, FakeServer, error, until


class Ends(Case):
    def test_a_signal_takes_the_machine_offline_and_stops_the_workload(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number):
                self.server = FakeServer()
                self.server.set(5, RUN)
                self.record.write_text("")
                self.start("--on-run", self.recorder())
                until(lambda: len(self.records()) == 1 and self.server.count("beat"))
                waits = self.server.vain_waits
                self.agent.send_signal(number)
                self.assert_ends(0)
                self.assertEqual("5|||null", self.records()[-1])
                self.assertEqual(2, len(self.records()))
                self.assertEqual({"online": False}, self.server.beats()[-1])
                self.assertEqual(1, self.server.beats().count({"online": False}))
                self.assertEqual(waits, self.server.vain_waits)  # the stop ends the wait for a run
                self.server.close()

    def test_the_status_says_whether_the_workload_has_stopped(self):
        self.start("--on-run", self.program('record; test $(wc -l < record) -eq 1'))
        until(lambda: self.records() and self.server.count("beat"))
        self.stop(status=1)
        self.assertEqual(["0|||null"] * 2, self.records())
        self.has_error("program: exit status 1")

    def test_a_server_that_is_away_does_not_matter(self):
        self.start("--on-run", self.recorder())
        until(lambda: self.server.count("beat") and self.records())
        self.server.close()
        self.stop()
        self.assertEqual(["0|||null"] * 2, self.records())

    def test_a_server_that_never_answers_does_not_matter_either(self):
        self.start("--on-run", self.recorder())
        until(lambda: self.server.count("beat") and self.records())
        beats = self.server.count("beat")
        self.server.script("beat", *[raw(b"", keeps_open=True)] * 100)
        until(lambda: self.server.count("beat") > beats)
        self.stop()
        self.assertEqual(["0|||null"] * 2, self.records())
        self.has_error("last heartbeat: ")

    def test_it_can_end_before_the_machine_is_registered(self):
        self.server.close()
        self.start("--on-run", self.recorder())
        self.has_error("registration: cannot connect")
        self.stop()
        self.assertEqual(["0|||null"], self.records())
        self.assertNotIn("last heartbeat", self.errors())

    def test_a_program_that_hangs_is_ended_before_the_stop(self):
        self.server.set(5, RUN)
        self.start("--on-run", self.program('record; test -z "$GIGASPOT_BID" || exec sleep 1000'))
        until(lambda: self.records() and self.server.count("beat"))
        self.stop()
        self.assertEqual("5|||null", self.records()[-1])
        self.assertEqual(2, len(self.records()))
        self.assertIn("was ended because gigaspot-host stops", self.errors())

    def test_a_status_program_that_hangs_is_ended(self):
        program = self.program("echo $$ >> record; exec sleep 1000", "status")
        self.start("--dry-run", "--status", program, heartbeat="1h")
        process = int(until(self.records)[0])
        self.stop()
        with self.assertRaises(ProcessLookupError):
            os.kill(process, 0)

    def test_a_second_signal_ends_the_program_at_once(self):
        self.start("--on-run", self.program('record; test $(wc -l < record) -eq 1 || sleep 1000 &'
                                            'echo $! >> sleep; wait'))
        until(lambda: self.records() and self.server.count("beat"))
        self.agent.send_signal(signal.SIGTERM)
        until(lambda: len(self.records()) == 2)
        self.agent.send_signal(signal.SIGTERM)
        self.assert_ends(-signal.SIGTERM)
        os.kill(int(until(lambda: (self.folder / "sleep").read_text().split()[1:])[0]), signal.SIGKILL)


class Outages(Case):
    def test_after_a_restart_of_the_server_it_goes_on_where_it_was(self):
        self.server.set(5, RUN)
        self.start("--on-run", self.recorder())
        until(lambda: self.server.all("run")[-1:] and "after=5" in self.server.all("run")[-1][1] and self.records())
        port = self.server.port
        self.server.close()
        self.has_error("heartbeat: ")
        self.has_error("run: ")
        polls, beats = self.server.count("run"), self.server.count("beat")
        self.server.begin(port)
        until(lambda: self.server.count("run") > polls and self.server.count("beat") > beats)
        self.assertEqual({"after=5&wait=30"}, {query for _, query, *_ in self.server.all("run")[polls:]})
        self.assertEqual((1, 1), (len(self.records()), self.server.count("put")))
        self.server.close()
        self.server.set(6, None)
        self.server.begin(port)
        until(lambda: self.records()[1:] == ["6|||null"])
        self.assertEqual(1, self.server.count("put"))
        self.has_error("heartbeat: works again")

    def test_a_run_is_stopped_after_a_time_without_the_server_and_then_started_again(self):
        self.server.set(5, RUN)
        self.start("--on-run", self.recorder(), "--stop-after", "1s")
        until(lambda: len(self.records()) == 1)
        port = self.server.port
        self.server.close()
        until(lambda: self.records()[1:] == ["5|||null"])
        self.has_error("no answer of the server for too long: the run is stopped")
        self.server.begin(port)
        until(lambda: self.records()[2:] == self.records()[:1])

    def test_a_problem_is_reported_once(self):
        self.server.script("beat", *[(500, b"")] * 20)
        self.start("--dry-run")
        until(lambda: self.server.count("beat") > 21)
        self.assertEqual(1, self.errors().count("HTTP status 500"))

    def test_a_server_that_does_not_wait_is_not_flooded(self):
        answer = 200, b'{"code":0,"sequence":5,"run":null}'
        self.server.script("run", *[answer] * 10_000)
        self.start("--dry-run")
        until(lambda: self.server.count("beat") >= 30)
        self.assertLess(self.server.count("run"), 30)

    def test_changes_without_end_do_not_flood_it_either(self):
        self.server.script("run", *[(200, b'{"code":0,"sequence":%d,"run":null}' % i) for i in range(10_000)])
        self.start("--dry-run", heartbeat="300ms")
        until(lambda: self.server.count("beat") >= 10)
        self.assertLess(self.server.count("run"), 200)


def raw(data, keeps_open=False):
    def send(handler):
        handler.close_connection = True
        handler.wfile.write(data)
        if keeps_open:
            handler.rfile.read(1)  # until the client goes away
    return send


def hostile_answers():
    run = {"code": 0, "sequence": 8, "run": {"bid": 1}}
    texts = [b"", b"null", b"[]", b"{", b"<html>", b"\xff\xfe", b'{"code":0}', b'{"code":"0","sequence":8,"run":null}',
             b"[" * 100_000, b'{"code":0,"sequence":8,"run":null', b'{"code":1e400}', b'{"code":0,"run":null}',
             b'{"code":0,"sequence":8,"run":{"bid":1,"image":"\xff"}}', b"{}" + b" " * 5_000_000,
             json.dumps({**run, "error": "x" * 4_200_000}).encode()]
    texts += [json.dumps({**run, "sequence": bad}).encode() for bad in (None, "8", -1, 1.5, 2**53 + 1, 2**70, [], True)]
    texts += [json.dumps({**run, "run": bad}).encode() for bad in (False, 1, "x", [], {}, {"bid": "1"}, {"bid": -1})]
    texts += [json.dumps({**run, "run": {"bid": 1, **bad}}).encode()
              for bad in ({"image": 1}, {"env": []}, {"env": {"K": 1}}, {"env": {"K": None}}, {"oc": {}}, {"oc": [1]},
                          {"oc": [{"pl": "150"}]}, {"oc": [{"pl": [1]}]})]
    yield from ((200, text) for text in texts)
    good = json.dumps(run).encode()
    yield from ((status, good) for status in (201, 204, 302, 400, 500, 503))
    yield 429, b"", [("Retry-After", "-5")]
    yield 200, good, [("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    yield raw(b"")
    yield raw(b"\0" * 1000)
    yield raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + good)
    yield raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + good)
    yield raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + good)
    yield raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 400_000 + b"\r\n\r\n" + good)


class Hostile(Case):
    def test_a_bad_answer_changes_nothing(self):
        self.start("--dry-run")
        until(self.output)
        for sequence, answer in enumerate(hostile_answers(), 100):
            with self.subTest(answer=str(answer)[:100]):
                lines = self.output().splitlines()
                polls = self.server.count("run")
                self.server.script("run", answer)
                until(lambda: self.server.count("run") > polls)  # it has asked again
                self.assertEqual(lines, self.output().splitlines())
                self.server.set(sequence, {"bid": sequence})
                until(lambda: self.output().splitlines() == lines + ['{"bid":%d}' % sequence])
        self.assertIsNone(self.agent.poll())

    def test_a_bad_answer_to_a_heartbeat_changes_nothing(self):
        for answer in hostile_answers():
            if callable(answer) or answer[0] != 200 or b'"code":0' not in answer[1]:
                self.server.script("beat", answer)
        self.start("--dry-run")
        until(lambda: not self.server.answers["beat"])
        self.server.next_beat()
        self.assertEqual(1, self.server.count("put"))

    def test_an_image_that_could_be_an_option_is_only_in_the_text(self):
        self.start("--on-run", self.recorder())
        until(self.records)
        for sequence, image in enumerate(("--privileged", "-v/:/h", "", "a b", "a\nb", "a\0b", "$(touch bad)", "ä",
                                          ".a", "a" * 513), 1):
            with self.subTest(image=image):
                self.server.set(sequence, {"bid": 2, "image": image})
                line = until(lambda: [each for each in self.records() if each.startswith(f"{sequence}|")])[0]
                head, _, text = line.partition("||")
                self.assertEqual((f"{sequence}|2", image), (head, json.loads(text)["image"]))
        image = "registry.example:5000/A_b/c-d:1.0@sha256:0123"
        self.server.set(50, {"bid": 2, "image": image})
        until(lambda: f'50|2|{image}|{{"bid":2,"image":"{image}"}}' in self.records())

    def test_a_renters_environment_is_only_in_the_text(self):
        self.start("--on-run", self.program("cat /proc/$$/environ > environment; echo x >> record; "
                                            "tr '\\0' '\\n' < /proc/$$/cmdline > arguments"))
        env = {"PATH": "/evil", "LD_PRELOAD": "evil.so", "GIGASPOT_BID": "evil", "K": "`touch bad`$(touch bad)\n';"}
        until(self.records)
        self.server.set(5, {**RUN, "env": env})
        until(lambda: len(self.records()) == 2)
        for name in ("environment", "arguments"):
            text = (self.folder / name).read_text()
            self.assertNotIn("evil", text)
            self.assertNotIn("touch", text)

    def test_a_large_run_reaches_the_program_even_if_it_does_not_read_it(self):
        large = {**RUN, "env": {"K": "x" * 3_000_000}}
        self.start("--on-run", self.write("program", f"#!/bin/sh\necho $GIGASPOT_SEQUENCE >> '{self.record}'\n", 0o700))
        until(self.records)
        self.server.set(5, large)
        until(lambda: self.records() == ["0", "5"])
        self.write("program", f"#!/bin/sh\nwc -c >> '{self.record}'\n", 0o700)
        self.server.set(6, large)
        size = len(json.dumps(large, separators=(",", ":"))) + 1
        until(lambda: self.records() == ["0", "5", str(size)])


class Secrets(Case):
    def test_the_token_is_nowhere_to_be_seen(self):
        self.server.script("beat", error(500, 1, f"bad token {TOKEN}"))
        self.start("--on-run", self.program("cat /proc/$$/environ > environment; ls -l /proc/self/fd > files; "
                                            "echo x >> record"))
        until(self.records)
        self.has_error("bad token [hidden]")
        for name in ("cmdline", "environ"):
            with open(f"/proc/{self.agent.pid}/{name}", "rb") as file:
                self.assertNotIn(TOKEN.encode(), file.read())
        self.assertNotIn(TOKEN, (self.folder / "environment").read_text())
        names = [line.split(" -> ")[0].split()[-1] for line in (self.folder / "files").read_text().splitlines()[1:]]
        self.assertLessEqual(set(names), {"0", "1", "2", "3"})  # 3 is the folder that ls reads
        self.assertNotIn("socket", (self.folder / "files").read_text())

    def test_a_token_that_all_can_read_is_warned_of(self):
        self.start("--dry-run", token_file=self.write("open", TOKEN, 0o644))
        self.has_error("all users of this machine can read the token")
        self.server.next_beat()
        self.stop()
        (self.folder / "stderr").write_text("")
        self.start("--dry-run")
        self.server.next_beat()
        self.stop()
        self.assertNotIn("warning", self.errors())

    def test_a_token_that_crosses_a_network_is_warned_of(self):
        self.start("--dry-run", url="http://nowhere.invalid")
        self.has_error("without https, others can read the token")
        self.has_error("registration: ")

    def test_a_redirect_does_not_get_the_token(self):
        other = FakeServer()
        self.addCleanup(other.close)
        for action in ("beat", "run"):
            for status in (301, 302, 307, 308):
                where = f"http://127.0.0.1:{other.port}/host/v1/machines/7/{action}"
                self.server.script(action, (status, b"", [("Location", where)]))
        self.start("--dry-run")
        until(lambda: not self.server.answers["beat"] and not self.server.answers["run"])
        self.server.next_beat()
        self.assertEqual([], other.requests)

    def start_server_with_tls(self):
        """Returns a server for https://localhost, and the file with its certificate."""
        key, certificate = self.folder / "key", self.folder / "certificate"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2",
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        server = FakeServer(tls=tls)
        self.addCleanup(server.close)
        return server, certificate

    def test_a_certificate_is_verified(self):
        server, _ = self.start_server_with_tls()
        self.start("--dry-run", url=f"https://localhost:{server.port}")
        self.has_error("certificate")
        self.assertEqual([], server.requests)
        self.assertIsNone(self.agent.poll())

    def test_an_own_certificate_authority_is_trusted_if_it_is_named(self):
        server, certificate = self.start_server_with_tls()
        self.start("--dry-run", "--ca", certificate, url=f"https://localhost:{server.port}")
        until(lambda: server.count("beat") and server.count("run"))


if __name__ == "__main__":
    unittest.main()
