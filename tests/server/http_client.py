"""Starts the small server of echo.cpp, and talks to it through raw sockets."""
import json
import os
import signal
import socket
import subprocess
import time
import unittest

ECHO = os.environ["HTTP_ECHO"]
PATIENCE = 60  # seconds until a test gives up; a server that works needs far less


def until(condition):
    """Waits for something that other threads or processes do."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("waited without success")
        time.sleep(0.02)


class Client:
    """One connection. Every wait ends, if need be with an error."""

    def __init__(self, port, receive_bytes=None, source=None):
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        self.rest = b""

    def send(self, data):
        self.socket.sendall(data)

    def get(self, target, *headers, method="GET"):
        lines = [f"{method} {target} HTTP/1.1", "Host: test", *headers, "", ""]
        self.send("\r\n".join(lines).encode())
        return self.answer(is_head=method == "HEAD")

    def post(self, target, body, *headers):
        lines = [f"POST {target} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}", *headers, "", ""]
        self.send("\r\n".join(lines).encode() + body)
        return self.answer()

    def more(self):
        """Reads what comes next. Returns false at the end of the connection."""
        try:
            data = self.socket.recv(1 << 18)
        except ConnectionResetError:
            data = b""
        self.rest += data
        return data != b""

    def until_text(self, text):
        """Reads up to this text, and returns all before its end."""
        while text not in self.rest:
            if not self.more():
                raise ConnectionError(f"closed after {self.rest!r}")
        end = self.rest.index(text) + len(text)
        data, self.rest = self.rest[:end], self.rest[end:]
        return data

    def head(self):
        first, *lines = self.until_text(b"\r\n\r\n").decode().splitlines()[:-1]
        assert first.startswith("HTTP/1.1 "), first[:100]
        return int(first.split()[1]), {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}

    def answer(self, is_head=False):
        """Returns the status, the headers and the body of the next answer."""
        status, headers = self.head()
        size = 0 if is_head else int(headers.get("content-length", 0))
        pieces, have = [self.rest], len(self.rest)
        self.rest = b""
        while have < size:
            if not self.more():
                raise ConnectionError(f"closed after {have} of {size} bytes")
            have += len(self.rest)
            pieces.append(self.rest)
            self.rest = b""
        data = b"".join(pieces)
        self.rest = data[size:]
        return status, headers, data[:size]

    def all(self):
        """Reads until the server closes the connection."""
        while self.more():
            pass
        return self.rest

    def events(self, target="/events", *headers):
        """Opens a stream. Returns the text before its first event."""
        self.send("\r\n".join([f"GET {target} HTTP/1.1", "Host: test", *headers, "", ""]).encode())
        status, self.stream_headers = self.head()
        assert status == 200, status

    def event(self):
        """Returns the fields of the next block of the stream."""
        block = self.until_text(b"\n\n").decode()
        return dict(line.split(": ", 1) for line in block.strip().splitlines() if line != ":")

    def close(self):
        self.socket.close()


class Case(unittest.TestCase):
    """A test with a server of its own, which must end well."""
    options = {}  # None: the test begins it

    def setUp(self):
        if self.options is not None:
            self.begin(**self.options)

    def begin(self, **options):
        server = subprocess.Popen([ECHO, *(f"{k}={v}" for k, v in options.items())], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
        self.server = server
        self.addCleanup(self.end, server)
        self.port = int(server.stdout.readline())

    def end(self, server):
        """Stops the server. It must close cleanly: sanitizers report here too."""
        if server.returncode is not None:
            return
        server.send_signal(signal.SIGTERM)
        try:
            out, errors = server.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.communicate()
            self.fail("the server did not stop")
        self.assertEqual(("stopped\n", "", 0), (out, errors, server.returncode))

    def client(self, **options):
        client = Client(self.port, **options)
        self.addCleanup(client.close)
        return client

    def get(self, target, *headers, method="GET"):
        client = self.client()
        answer = client.get(target, *headers, method=method)
        client.close()
        return answer

    def post(self, target, body=b""):
        client = self.client()
        answer = client.post(target, body)
        client.close()
        return answer

    def counts(self):
        return json.loads(self.get("/counts")[2])

    def assert_serves(self):
        self.assertEqual((200, b'{"code":0}'), self.get("/small")[::2])

    def assert_fails(self, status, code, answer):
        self.assertEqual(status, answer[0], answer)
        self.assertEqual("application/json", answer[1]["content-type"])
        body = json.loads(answer[2])
        self.assertEqual({"code", "error"}, set(body))
        self.assertEqual(code, body["code"])
        return body["error"]
