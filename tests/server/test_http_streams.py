"""Tests the streams of server-sent events: order, resuming, and readers that are stuck."""
import select
import time
import unittest

from http_client import Case, until


class Streams(Case):
    options = {"events_kept": 100, "event_bytes_kept": 100_000, "streams_max": 10}

    def publish(self, count, body=b""):
        status, _, last = self.post(f"/publish?count={count}", body)
        self.assertEqual(200, status)
        return int(last)

    def last(self):
        return int(self.get("/last")[2])

    def stream(self, *arguments):
        client = self.client()
        client.events(*arguments)
        first = client.event()
        self.assertEqual("2000", first.pop("retry"))
        return client, first

    def test_a_new_reader_gets_what_comes(self):
        last = self.publish(3)
        client, first = self.stream()
        self.assertEqual({"id": str(last)}, first)  # a reader that comes back before the first event has a place
        self.assertEqual("text/event-stream", client.stream_headers["content-type"])
        self.assertEqual("no-store", client.stream_headers["cache-control"])
        self.publish(2, b"body\r\nid: 1\n\nmore")
        for i in range(2):
            self.assertEqual({"id": str(last + 1 + i), "event": "test", "data": f"{i} body  id: 1  more"},
                             client.event())

    def test_a_reader_that_comes_back_gets_what_it_missed(self):
        start = self.last()
        self.publish(100)
        for number in (start, start + 1, start + 50, start + 99):
            client, first = self.stream("/events", f"Last-Event-ID: {number}")
            self.assertEqual(str(number + 1), first["id"])
            for i in range(number + 2, start + 101):
                self.assertEqual(str(i), client.event()["id"])
            client.close()

    def test_the_number_may_be_in_the_query(self):
        start = self.last()
        self.publish(3)
        self.assertEqual(str(start + 1), self.stream(f"/events?last={start}")[1]["id"])
        # The browser sends the header when it comes back, with the old query.
        client, first = self.stream(f"/events?last={start}", f"Last-Event-ID: {start + 2}")
        self.assertEqual(str(start + 3), first["id"])

    def test_a_reader_with_all_events_waits(self):
        last = self.publish(3)
        client = self.client()
        client.events("/events", f"Last-Event-ID: {last}")
        self.publish(1)
        self.assertEqual(str(last + 1), client.event()["id"])

    def test_a_reader_that_missed_too_much_starts_again(self):
        start = self.last()
        last = self.publish(101)
        for number in (0, start - 1, start, last + 1, 2**64, -1, "x", "1 2"):
            with self.subTest(number=number):
                client, first = self.stream("/events", f"Last-Event-ID: {number}")
                self.assertEqual({"id": str(last), "event": "reset", "data": "{}"}, first)
                client.close()
        client, _ = self.stream("/events", "Last-Event-ID: 0")
        self.publish(1)
        self.assertEqual(str(last + 1), client.event()["id"])

    def test_large_events_are_kept_up_to_a_limit_of_bytes(self):
        start = self.last()
        self.publish(12, b"x" * 10_000)
        self.assertEqual("reset", self.stream(f"/events?last={start}")[1]["event"])
        self.assertEqual("test", self.stream(f"/events?last={start + 4}")[1]["event"])
        start = self.publish(1, b"x" * 200_000)
        self.assertEqual(200_002, len(self.stream(f"/events?last={start - 1}")[1]["data"]))

    def test_numbers_grow_across_restarts(self):
        last = self.publish(50)
        self.end(self.server)
        self.begin()
        self.assertGreater(self.last(), last)
        self.assertEqual("reset", self.stream("/events", f"Last-Event-ID: {last}")[1]["event"])

    def test_too_many_streams(self):
        clients = [self.stream()[0] for _ in range(10)]
        self.assert_fails(503, 5, self.get("/events"))
        self.assertEqual(10, self.counts()["streams"])
        clients[0].close()
        until(lambda: self.counts()["streams"] == 9)
        self.stream()

    def test_other_methods(self):
        status, headers, body = self.get("/events", method="HEAD")
        self.assertEqual((200, "text/event-stream", b""), (status, headers["content-type"], body))
        client = self.client()
        answer = client.post("/events", b"")
        self.assert_fails(405, 2, answer)
        self.assertEqual("GET, HEAD", answer[1]["allow"])
        self.assertEqual(0, self.counts()["streams"])

    def test_a_quiet_stream_gets_comments(self):
        client, _ = self.stream()
        self.assertEqual(b":\n\n", client.until_text(b"\n\n") + b"")
        self.publish(1)
        self.assertEqual("test", client.event()["event"])

    def test_what_a_reader_sends_into_its_stream_is_ignored(self):
        client, _ = self.stream()
        for _ in range(100):
            client.send(b"x" * 10_000)
        self.publish(1)
        self.assertEqual("test", client.event()["event"])


class StuckReaders(Case):
    good, stuck = 200, 20

    def test_good_readers_get_all_and_stuck_ones_are_dropped(self):
        stuck = [self.client(receive_bytes=4096) for _ in range(self.stuck)]
        good = [self.client() for _ in range(self.good)]
        for client in stuck + good:
            client.events()
        for client in good:
            client.until_text(b"\n\n")
        number = int(self.get("/last")[2])
        bodies = [(600, b"x" * 1000), (1, b"a"), (65, b"b"), (64, b"c"), (300, b"d" * 3000)]
        expected = bytearray()
        for count, body in bodies:  # each at once, so that far more wait than a stuck reader may have
            for i in range(count):
                number += 1
                expected += b"id: %d\nevent: test\ndata: %d %s\n\n" % (number, i, body)
            self.post(f"/publish?count={count}", body)
            self.read(good, bytes(expected))
        until(lambda: self.counts()["streams"] == self.good)
        counts = self.counts()
        self.assertEqual(self.stuck, counts["streams_dropped"])
        self.assertGreaterEqual(counts["events_sent"], 1030 * self.good)
        number += 1
        expected += b"id: %d\nevent: test\ndata: 0 last\n\n" % number
        self.post("/publish?count=1", b"last")
        self.read(good, bytes(expected))

    def test_a_reader_that_pauses_is_not_dropped_for_few_events(self):
        client = self.client(receive_bytes=4096)
        client.events()
        client.event()
        last = int(self.post("/publish?count=3", b"x" * 200_000)[2])
        time.sleep(3)  # longer than a stuck reader with many events is kept
        for i in range(3):
            self.assertEqual(str(last - 2 + i), client.event()["id"])
        self.assertEqual(0, self.counts()["streams_dropped"])

    def read(self, clients, expected):
        """Reads until each client has the expected text, and nothing else."""
        poll = select.poll()
        waiting = {}
        for client in clients:
            client.have = getattr(client, "have", len(client.rest))
            if client.have < len(expected):
                poll.register(client.socket, select.POLLIN)
                waiting[client.socket.fileno()] = client
        while waiting:
            ready = poll.poll(60_000)
            self.assertTrue(ready, f"{len(waiting)} readers wait without success")
            for file, _ in ready:
                client = waiting[file]
                data = client.socket.recv(1 << 20)
                self.assertTrue(data and expected.startswith(data, client.have))
                client.have += len(data)
                if client.have == len(expected):
                    poll.unregister(file)
                    del waiting[file]


if __name__ == "__main__":
    unittest.main()
