"""Tests what the HTTP server does with slow clients, with too many of them, and when it stops."""
import select
import socket
import subprocess
import time
import unittest

from http_client import Case, ECHO, PATIENCE, until

LARGE = 10_000_000  # bytes of the answer of /large


class SlowClients(Case):
    options = {"request_time_max": 1, "idle_time_max": 1, "body_bytes_max": 100_000_000}

    def assert_cut(self, client, piece=b""):
        """The server ends the connection, however long the client goes on."""
        client.socket.settimeout(0.1)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                client.send(piece)
                if client.socket.recv(1) == b"":
                    return
            except TimeoutError:
                pass
            except ConnectionError:
                return
        self.fail("the connection is still open")

    def test_slow_headers_and_bodies(self):
        starts = [(b"", b""), (b"GET / HTTP/1.1\r\n", b"A: b\r\n"), (b"G", b"E"),
                  (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", b"x"),
                  (b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")]
        clients = []
        for start, piece in starts:
            clients.append((self.client(), piece))
            clients[-1][0].send(start)
        self.assert_serves()
        for client, piece in clients:
            self.assert_cut(client, piece)
        until(lambda: self.counts()["connections"] == 1)

    def test_idle_connections(self):
        client = self.client()
        client.get("/small")
        self.assert_cut(client)

    def test_a_client_that_does_not_read(self):
        client = self.client(receive_bytes=4096)
        client.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        until(lambda: self.counts()["connections"] == 2)
        until(lambda: self.counts()["connections"] == 1)

    def test_a_client_that_pipelines_and_does_not_read(self):
        client = self.client(receive_bytes=4096)
        client.socket.settimeout(1)
        with self.assertRaises(OSError):  # its requests are not taken without end
            while True:
                client.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n" * 1000)
        until(lambda: self.counts()["connections"] == 1)

    def test_a_slow_client_that_makes_progress_gets_all(self):
        client = self.client(receive_bytes=65_536)
        client.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        _, headers = client.head()
        have = len(client.rest)
        while have < LARGE:
            data = client.socket.recv(100_000)
            self.assertNotEqual(b"", data)
            have += len(data)
            time.sleep(0.02)
        self.assertEqual(LARGE, have)

    def test_a_long_poll_is_not_idle(self):
        self.assertEqual(b"delayed ", self.get("/delayed?ms=3000")[2])

    def test_a_client_that_goes_away_during_a_long_poll_is_noticed(self):
        polls = [self.client() for _ in range(10)]
        for client in polls:
            client.send(b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
        until(lambda: self.counts()["connections"] == 11)
        for client in polls[::2]:
            client.close()
        for client in polls[1::2]:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()  # with a reset
        until(lambda: self.counts()["connections"] == 1)
        self.assertEqual(b"10", self.get("/kept")[2])  # their replies come when the server stops

    def test_an_answer_for_a_client_that_is_gone(self):
        client = self.client()
        client.send(b"GET /delayed?ms=300 HTTP/1.1\r\nHost: a\r\n\r\n")
        until(lambda: self.counts()["connections"] == 2)
        client.close()
        until(lambda: self.counts()["connections"] == 1)
        self.assertEqual(b"delayed ", self.get("/delayed?ms=600")[2])


class Connections(Case):
    options = None

    def assert_refused(self, client):
        try:
            answer = client.get("/small")
        except ConnectionError:
            return  # closed at once
        self.assert_fails(503, 5, answer)
        self.assertIn("retry-after", answer[1])

    def test_too_many_connections(self):
        self.begin(connections_max=10)
        clients = [self.client() for _ in range(10)]
        for client in clients:
            self.assertEqual(200, client.get("/small")[0])
        for _ in range(20):
            self.assert_refused(self.client())
        clients[0].close()

        def is_served():
            try:
                return self.get("/small")[0] == 200
            except ConnectionError:
                return False

        until(is_served)
        self.assertGreaterEqual(self.counts()["refused_connections"], 20)

    def test_too_many_connections_of_one_address(self):
        self.begin(connections_per_address_max=5)
        clients = [self.client() for _ in range(5)]
        for client in clients:
            self.assertEqual(200, client.get("/small")[0])
        self.assert_refused(self.client())
        self.assertEqual(200, self.client(source="127.0.0.2").get("/small")[0])
        for client in clients:
            client.close()
        until(lambda: self.client(source="127.0.0.2").get("/counts")[2].count(b'"connections":2'))
        self.assert_serves()

    def test_too_many_large_bodies_at_once(self):
        self.begin(body_bytes_max=400_000, body_bytes_total_max=1_000_000)
        clients = [self.client() for _ in range(4)]
        for client in clients:
            client.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n" + b"x" * 300_000)
        ready, _, _ = select.select([client.socket for client in clients], [], [], PATIENCE)
        refused = [client for client in clients if client.socket in ready]
        self.assertEqual(1, len(refused))
        self.assert_fails(503, 5, refused[0].answer())
        for client in clients:
            if client not in refused:
                client.send(b"x" * 100_000)
                self.assertEqual(200, client.answer()[0])
        for _ in range(3):  # the count goes back
            self.assertEqual(200, self.post("/echo", b"x" * 400_000)[0])
        for _ in range(5):
            client = self.client()
            client.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n" + b"x" * 390_000)
            client.close()
        until(lambda: self.counts()["connections"] <= 5)
        self.assertEqual(200, self.post("/echo", b"x" * 400_000)[0])

    def test_too_many_open_files(self):
        self.begin(files_max=40)
        clients = [self.client() for _ in range(100)]  # the kernel takes them, the server cannot
        self.assertEqual(200, clients[0].get("/small")[0])
        clients[-1].send(b"GET /small HTTP/1.1\r\nHost: a\r\n\r\n")
        for client in clients[:-1]:
            client.close()
        self.assertEqual(200, clients[-1].answer()[0])

    def test_an_address_that_is_taken(self):
        self.begin()
        again = subprocess.run([ECHO, f"port={self.port}"], stderr=subprocess.PIPE, text=True)
        self.assertEqual(1, again.returncode)
        self.assertIn(f"127.0.0.1 port {self.port}: Address already in use", again.stderr)
        self.assertIn("cannot listen on nowhere", subprocess.run([ECHO, "address=nowhere"], stderr=subprocess.PIPE,
                                                                 text=True).stderr)


class Stop(Case):
    options = None

    def test_connections_of_every_kind_end(self):
        for polls in (1, 2):  # after the server is gone, replies are called or only destroyed
            with self.subTest(polls=polls):
                self.begin()
                clients = [self.client(receive_bytes=4096) for _ in range(7 + polls)]
                clients[0].send(b"GET / HT")
                clients[1].send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx")
                clients[2].get("/small")
                clients[3].events()
                clients[4].send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
                clients[5].send(b"GET /delayed?ms=300 HTTP/1.1\r\nHost: a\r\n\r\n")
                clients[6].send(b"GET /after?ms=100000 HTTP/1.1\r\nHost: a\r\n\r\n")
                for client in clients[7:]:
                    client.send(b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
                until(lambda: self.counts()["requests"] >= 5 + polls)
                self.end(self.server)
                self.assertEqual((200, b"delayed "), clients[5].answer()[::2])  # it was on its way
                for client in clients:
                    client.all()

    def test_replies_that_come_during_the_end(self):
        self.begin()
        clients = [self.client() for _ in range(150)]
        for i, client in enumerate(clients):
            client.send(b"GET /delayed?ms=%d HTTP/1.1\r\nHost: a\r\n\r\n" % (10 * i))
        until(lambda: self.counts()["requests"] > len(clients))
        self.end(self.server)  # in the midst of them: the others find no server
        for client in clients:
            client.all()

    def test_nobody_is_connected(self):
        self.begin()
        self.assert_serves()


if __name__ == "__main__":
    unittest.main()
