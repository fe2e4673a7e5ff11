"""Runs gigaspot-host against a small server that does what a test says."""
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

HOST = os.environ["GIGASPOT_HOST"]
PATIENCE = 60  # seconds until a test gives up; a program that works needs far less
TOKEN = "secret-Token_0123456789"
CAPABILITIES = '{ "energy_price":"0.11", "gpus":[{"model":"RTX 4090","pl":[150,450]}] }\n'
RUN = {"bid": 41, "image": "0123456789abcdef01234567", "env": {"K": "V"}, "oc": [{"pl": 150, "core_lock": 1500}]}


def until(condition):
    """Waits for something that other threads or processes do, and returns it."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > end:
            raise TimeoutError("waited without success")
        time.sleep(0.02)
    return found


def error(status, code, text="no"):
    return status, json.dumps({"code": code, "error": text}).encode()


class FakeServer:
    """Knows one machine. `answers` holds the first answers per action ("put", "beat", "run"). An answer is a status,
    a body, and headers if any; or a function of the handler; or None, for the answer of a real server."""

    def __init__(self, port=0, tls=None):
        self.changed = threading.Condition()
        self.requests = []  # (action, query, headers, body)
        self.answers = {"put": [], "beat": [], "run": []}
        self.sequence, self.run, self.is_registered, self.is_closed = 0, None, False, False
        self.vain_waits = 0  # waits for a run that ended without a change
        self.begin(port, tls)

    def begin(self, port, tls=None):
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_request(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                path, _, query = self.path.partition("?")
                action = {"PUT /host/v1/machines/7": "put", "POST /host/v1/machines/7/heartbeat": "beat",
                          "GET /host/v1/machines/7/run": "run"}.get(f"{self.command} {path}", path)
                answer = fake.answer(action, query, self.headers, body.decode())
                if answer is None:
                    self.close_connection = True
                elif callable(answer):
                    answer(self)
                else:
                    self.reply(*answer)

            do_GET = do_PUT = do_POST = handle_request

            def setup(self):
                super().setup()
                fake.connections.append(self.connection)

            def reply(self, status, body, headers=()):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # a client may go away at any time

        self.http = Server(("127.0.0.1", port), Handler)
        if tls:
            self.http.socket = tls.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_address[1]
        self.is_closed, self.connections = False, []
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, action, query, headers, body):
        with self.changed:
            self.requests.append((action, query, dict(headers), body))
            scripted = self.answers.get(action) or [None]
            if (first := scripted.pop(0)) is not None:
                return first
            if action == "put":
                self.is_registered = True
            if not self.is_registered:
                return error(404, 4, "machine 7 is not registered")
            if action != "run":
                return 200, b'{"code":0}'
            return self.wait_for_run(query)

    def wait_for_run(self, query):
        asked = dict(re.findall(r"(\w+)=(\d+)", query))
        if "after" in asked:
            has_changed = self.changed.wait_for(
                lambda: self.sequence != int(asked["after"]) or self.is_closed or self.answers["run"],
                int(asked["wait"]))
            self.vain_waits += not has_changed
        if self.is_closed:
            return None
        if self.answers["run"] and (scripted := self.answers["run"].pop(0)) is not None:
            return scripted
        return 200, json.dumps({"code": 0, "sequence": self.sequence, "run": self.run}).encode()

    def set(self, sequence, run):
        with self.changed:
            self.sequence, self.run = sequence, run
            self.changed.notify_all()

    def script(self, action, *answers):
        """Gives these answers next. A question that waits is answered with the first."""
        with self.changed:
            self.answers[action].extend(answers)
            self.changed.notify_all()

    def count(self, action):
        return len(self.all(action))

    def all(self, action):
        return [request for request in list(self.requests) if request[0] == action]

    def beats(self):
        return [json.loads(body) for *_, body in self.all("beat")]

    def next_beat(self, **wanted):
        """Waits for a heartbeat, from now on, that says this."""
        begin = self.count("beat")
        until(lambda: any(wanted.items() <= beat.items() for beat in self.beats()[begin:]))

    def close(self):
        with self.changed:
            self.is_closed = True
            self.changed.notify_all()
        self.http.shutdown()
        self.http.server_close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it is closed already


class Case(unittest.TestCase):
    """A test with a server and a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.record = self.folder / "record"
        self.token_file = self.write("token", TOKEN + "\n")
        self.capabilities = self.write("capabilities.json", CAPABILITIES)
        self.server = FakeServer()
        self.addCleanup(lambda: self.server.is_closed or self.server.close())

    def write(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def program(self, script, name="program"):
        """A program for --on-run. `record` writes a line that says what it got."""
        lines = ["#!/bin/sh", f"cd '{self.folder}'", 'input="$(cat)"',
                 'record() { printf "%s\\n" "$GIGASPOT_SEQUENCE|$GIGASPOT_BID|$GIGASPOT_IMAGE|$input" >> record; }',
                 script]
        return self.write(name, "\n".join(lines) + "\n", 0o700)

    def recorder(self):
        return self.program("record")

    def records(self):
        return self.record.read_text().splitlines() if self.record.exists() else []

    def start(self, *options, url=None, token_file=None, heartbeat="100ms"):
        """Starts the agent with a quick heartbeat. At the end of the test it must still run, or have ended well."""
        output = open(self.folder / "stdout", "ab"), open(self.folder / "stderr", "ab")
        command = [HOST, "--server", url or f"http://127.0.0.1:{self.server.port}", "--token-file",
                   str(token_file or self.token_file), "--machine", "7", "--capabilities", str(self.capabilities),
                   "--heartbeat", heartbeat, *map(str, options)]
        clean = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
        self.agent = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output[0], stderr=output[1], env=clean)
        for file in output:
            file.close()
        self.addCleanup(self.end, self.agent)
        return self.agent

    def end(self, agent):
        if agent.poll() is None:
            agent.kill()
            agent.wait()
        self.assertIn(agent.returncode, (0, 1, -signal.SIGKILL, -signal.SIGTERM), self.errors())
        self.assertNotIn(TOKEN, self.errors() + self.output())
        self.assertNotIn("Sanitizer", self.errors())

    def stop(self, status=0):
        self.agent.send_signal(signal.SIGTERM)
        self.assert_ends(status)

    def assert_ends(self, status):
        self.assertEqual(status, self.agent.wait(PATIENCE), self.errors())

    def errors(self):
        return (self.folder / "stderr").read_text()

    def output(self):
        return (self.folder / "stdout").read_text()

    def has_error(self, text):
        return until(lambda: text in self.errors())
