"""Tests requests and answers of the HTTP server, the malformed ones too."""
import os
import random
import socket
import tempfile
import threading
import unittest

from http_client import Case, until

LARGE = b"x" * 10_000_000


class Requests(Case):
    options = {"header_bytes_max": 4000, "body_bytes_max": 100_000}

    def echo(self, client, target, *headers, body=b""):
        status, _, text = client.post(target, body, *headers)
        self.assertEqual(200, status)
        return text.decode().split("\n")

    def test_the_handler_gets_all_parts_of_a_request(self):
        got = self.echo(self.client(), "/ec%68o?a=1&key=b%20+%2B", "auth: token", body=b"text")
        self.assertEqual(["POST", "/echo", "a=1&key=b%20+%2B", "token", "test", "b  +", "text"], got)

    def test_values_of_a_query(self):
        for query, value in (("", ""), ("key", ""), ("key=", ""), ("key=%zz", "%zz"), ("key=%4", "%4"), ("key=%", "%"),
                             ("key=%4z", "%4z"), ("akey=1&key=2", "2"), ("key=1&key=2", "1"), ("k%65y=1", "1"),
                             ("&&=&key=1=2&", "1=2"), ("key=%41%6a%C3%A4", "Ajä")):
            with self.subTest(query=query):
                self.assertEqual(value, self.echo(self.client(), "/echo?" + query)[5])

    def test_one_connection_serves_many_requests(self):
        client = self.client()
        for i in range(50):
            self.assertEqual(str(i), self.echo(client, "/echo", body=b"%d" % i)[-1])
        self.assertEqual(1, self.counts()["connections"] - 1)

    def test_pipelined_requests_are_answered_in_order(self):
        client = self.client()
        one = b"POST /delayed?ms=%d HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n%03d"
        count = 300
        sender = threading.Thread(target=lambda: [client.send(one % (100 * (i == 0), i)) for i in range(count)])
        sender.start()
        self.assertEqual([b"delayed %03d" % i for i in range(count)], [client.answer()[2] for _ in range(count)])
        sender.join()

    def test_head_has_the_header_of_get_and_no_body(self):
        client = self.client()
        status, headers, body = client.get("/large", method="HEAD")
        self.assertEqual((200, "10000000", b""), (status, headers["content-length"], body))
        self.assertEqual(b'{"code":0}', client.get("/small")[2])

    def test_chunked_bodies(self):
        client = self.client()
        head = b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        client.send(head + b"3\r\nabc\r\nA;name=value\r\n0123456789\r\n0\r\n\r\n")
        self.assertTrue(client.answer()[2].endswith(b"\nabc0123456789"))
        for byte in head + b"2\r\nxy\r\n0\r\nauth: trailer\r\n\r\n":
            client.send(bytes([byte]))
        self.assertEqual(b"POST\n/echo\n\n\na\n\nxy", client.answer()[2])  # a trailer is not a header

    def test_the_body_is_asked_for_if_the_client_waits(self):
        client = self.client()
        head = "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
        client.send((head % 4).encode())
        self.assertEqual(b"HTTP/1.1 100 Continue\r\n\r\n", client.until_text(b"\r\n\r\n"))
        client.send(b"body")
        self.assertTrue(client.answer()[2].endswith(b"\nbody"))
        client.send((head % 4).encode() + b"body")  # it may also not wait
        while (answer := client.answer())[0] == 100:
            pass
        self.assertTrue(answer[2].endswith(b"\nbody"))
        client.send((head % 100_001).encode())
        self.assert_fails(413, 2, client.answer())

    def test_old_clients(self):
        client = self.client()
        client.send(b"GET /small HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        self.assertEqual("keep-alive", client.answer()[1]["connection"])
        client.send(b"GET /small HTTP/1.0\r\n\r\n")
        self.assertEqual("close", client.answer()[1]["connection"])
        self.assertEqual(b"", client.all())

    def test_a_client_may_ask_for_the_end_of_the_connection(self):
        client = self.client()
        self.assertEqual("close", client.get("/small", "Connection: close")[1]["connection"])
        self.assertEqual(b"", client.all())

    def test_a_whole_address_as_target(self):
        self.assertEqual("/echo", self.echo(self.client(), "http://test/echo")[1])

    def test_malformed_requests(self):
        cases = [b"\0\0\0\0\r\n\r\n", b"GET\r\n\r\n", b"GET /small\r\n\r\n", b"GET  /small HTTP/1.1\r\n\r\n",
                 b"GET small HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
                 b"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /%0a HTTP/1.1\r\nHost: a\r\n\r\n",
                 b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /% HTTP/1.1\r\nHost: a\r\n\r\n",
                 b"GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n",
                 b"GET /%4z HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /?%00 HTTP/1.1\r\nHost: a\r\n\r\n",
                 b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\nHost: a\n\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nna me: b\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nauth: a\r\nauth: b\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\0\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
                 b"GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"]
        before = self.counts()["malformed_requests"]
        for case in cases:
            with self.subTest(case=case):
                client = self.client()
                client.send(case)
                self.assert_fails(400, 2, client.answer())
                self.assertEqual(b"", client.all())
        self.assertEqual(len(cases), self.counts()["malformed_requests"] - before)

    def test_an_unknown_expectation(self):
        self.assert_fails(417, 2, self.get("/small", "Expect: a miracle"))

    def test_a_header_that_is_too_large(self):
        cases = ["GET /" + "a" * 5000, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "a" * 5000,
                 "GET / HTTP/1.1\r\nHost: a\r\n" + "A: b\r\n" * 1000]
        for case in cases:
            for piece in (10_000, 7):  # at once, or so that each part alone is within the limit
                with self.subTest(case=case[:30], piece=piece):
                    client = self.client()
                    try:
                        for i in range(0, len(case), piece):
                            client.send(case[i:i + piece].encode())
                    except (BrokenPipeError, ConnectionResetError):
                        pass  # it was answered before the end
                    self.assertIn("4000 bytes", self.assert_fails(431, 2, client.answer()))
        self.assertEqual(200, self.get("/small", "X: " + "a" * 3900)[0])

    def test_a_flood_of_headers_ends(self):
        client = self.client()
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n")
        with self.assertRaises(ConnectionError):  # the rest is not read without end
            while True:
                client.send(b"A: b\r\n" * 10_000)
        self.assert_serves()

    def test_a_body_that_is_too_large(self):
        self.assertIn("100000 bytes", self.assert_fails(413, 2, self.post("/echo", b"x" * 100_001)))
        self.assertEqual(200, self.post("/echo", b"x" * 100_000)[0])
        client = self.client()
        client.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send((b"1000\r\n" + b"x" * 0x1000 + b"\r\n") * 25)
        self.assert_fails(413, 2, client.answer())

    def test_lines_of_a_chunked_body_have_a_limit(self):
        for line in (b"1;" + b"a" * 5000, b"0\r\nA: " + b"a" * 5000):
            client = self.client()
            client.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + line)
            self.assert_fails(431, 2, client.answer())

    def test_random_damage(self):
        rng = random.Random(1)
        whole = (b"POST /echo?key=%41 HTTP/1.1\r\nHost: a\r\nauth: t\r\nTransfer-Encoding: chunked\r\nExpect: "
                 b"100-continue\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"
                 b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nLast-Event-ID: 7\r\n\r\nabc")
        for _ in range(500):
            data = bytearray(whole)
            for _ in range(rng.randint(1, 4)):
                at = rng.randrange(len(data))
                data[at:at + rng.randint(0, 3)] = rng.choice([bytes([rng.randrange(256)]), b"\r\n", b"", b"0", b"%"])
            client = self.client()
            client.send(bytes(data[:len(data) // 2]))
            client.send(bytes(data[len(data) // 2:]))
            client.socket.shutdown(socket.SHUT_WR)
            client.all()
            client.close()
        self.assert_serves()


class Answers(Case):
    def test_headers_that_each_answer_has(self):
        headers = self.get("/small")[1]
        self.assertEqual("no-store", headers["cache-control"])
        self.assertEqual("nosniff", headers["x-content-type-options"])
        self.assertIn("date", headers)
        self.assertNotIn("server", headers)
        headers = self.get("/headers")[1]
        self.assertEqual("max-age=60", headers["cache-control"])  # the handler's own instead
        self.assertEqual("a  X-Injected: b", headers["x-split"])

    def test_statuses_without_a_body(self):
        client = self.client()
        for status in (204, 304):
            self.assertEqual(status, client.get(f"/status?status={status}")[0])
            self.assertEqual(b'{"code":0}', client.get("/small")[2])

    def test_answers_of_other_threads(self):
        clients = [self.client() for _ in range(100)]
        for i, client in enumerate(clients):
            client.send(b"POST /delayed?ms=%d HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n%02d" % (i % 7, i))
        for i, client in enumerate(clients):
            self.assertEqual(b"delayed %02d" % i, client.answer()[2])

    def test_work_for_later(self):
        self.assertEqual(b"later", self.get("/after?ms=30")[2])

    def test_a_request_without_an_answer(self):
        self.assert_fails(500, 1, self.get("/dropped"))

    def test_a_handler_that_throws(self):
        self.assertNotIn("secret", self.assert_fails(500, 1, self.get("/throws")))

    def test_a_second_answer_is_ignored(self):
        client = self.client()
        self.assertEqual(b"first", client.get("/twice")[2])
        self.assertEqual(b"delayed ", client.get("/delayed?ms=500")[2])

    def test_a_large_body_that_answers_share(self):
        clients = [self.client() for _ in range(8)]
        for client in clients:
            client.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        for client in clients:
            self.assertEqual(LARGE, client.answer()[2])

    def test_a_client_that_has_sent_all_still_gets_a_large_answer(self):
        client = self.client()
        client.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        status, headers = client.head()
        client.socket.shutdown(socket.SHUT_WR)
        self.assertEqual((200, LARGE), (status, client.all()))


class Files(Case):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.name = os.path.join(folder.name, "file")

    def gone(self):
        return not os.path.exists(self.name)

    def test_a_file_is_sent_and_deleted(self):
        client = self.client()
        for size in (0, 1, 262_144, 3_000_000):
            self.assertEqual((200, b"f" * size), client.get(f"/file?bytes={size}&name={self.name}")[::2])
            until(self.gone)

    def test_a_file_that_is_not_sent_is_deleted_too(self):
        self.assertEqual("5", self.get(f"/file?bytes=5&name={self.name}", method="HEAD")[1]["content-length"])
        until(self.gone)
        client = self.client(receive_bytes=4096)
        client.send(f"GET /file?bytes=30000000&name={self.name} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        client.head()
        self.assertFalse(self.gone())
        client.close()
        until(self.gone)

    def test_a_file_that_is_missing(self):
        self.assert_fails(500, 1, self.get(f"/file?bytes=5&gone=1&name={self.name}"))


if __name__ == "__main__":
    unittest.main()
