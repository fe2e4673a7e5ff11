"""Runs examples/market_server/nginx.conf in front of gigaspot-server, with a certificate of its own."""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

SERVER = os.environ["GIGASPOT_SERVER"]
SITE = pathlib.Path(__file__).resolve().parents[2] / "examples/market_server/nginx.conf"
PATIENCE = 60  # seconds; what works takes far less
NAME = "market.example"
MACHINE = {"gpus": [{"model": "RTX 3090", "pl": [100, 350]}], "energy_price": "0.1"}

# nginx writes only below its folder, and ends with this test.
NGINX = """daemon off; pid nginx.pid; error_log nginx.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    include {site};
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition):
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > end:
            raise TimeoutError("waited for too long")
        time.sleep(0.05)
    return found


class Proxy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="gigaspot-proxy-")
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        cls.port, cls.server_port = free_port(), free_port()
        cls.start([SERVER, "--data", str(cls.folder / "market"), "--listen", f"127.0.0.1:{cls.server_port}",
                   "--interval", "1d", "--refill", "at_once", "--request-every", "0ms",
                   "--public-url", f"https://{NAME}:{cls.port}",
                   "--connections-per-address-max", "4096"])
        until(lambda: cls.is_open(cls.server_port))
        cls.admin = (cls.folder / "market/admin.token").read_text().strip()
        cls.start_nginx()
        cls.operate("rate", {"currency": "CLORE-Blockchain", "usd": "1"})
        cls.provider = cls.operate("accounts", {"name": "Ada", "kind": "host"})["token"]
        cls.renter = cls.operate("accounts", {"name": "Bob", "kind": "renter"})["token"]
        cls.operate("credit", {"account": 2, "currency": "CLORE-Blockchain", "amount": "1000", "reference": "1"})

    @classmethod
    def start_nginx(cls):
        certificate, key = cls.folder / "market.pem", cls.folder / "market.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
                        "-out", certificate, "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"],
                       check=True, stderr=subprocess.DEVNULL)
        site = SITE.read_text()
        for old, new in (("listen 443 ", f"listen 127.0.0.1:{cls.port} "),
                         ("127.0.0.1:8080", f"127.0.0.1:{cls.server_port}"),
                         (f"/etc/ssl/certs/{NAME}.pem", str(certificate)),
                         (f"/etc/ssl/private/{NAME}.key", str(key))):
            assert site.count(old) == 1, old
            site = site.replace(old, new)
        (cls.folder / "site.conf").write_text(site)
        (cls.folder / "nginx.conf").write_text(NGINX.format(site=cls.folder / "site.conf"))
        cls.start(["nginx", "-p", str(cls.folder), "-c", "nginx.conf", "-e", "start.log"])
        until(lambda: cls.is_open(cls.port))
        cls.tls = ssl.create_default_context(cafile=certificate)

    @classmethod
    def start(cls, command):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def stop():
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
        cls.addClassCleanup(stop)

    @staticmethod
    def is_open(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    @classmethod
    def connect(cls):
        """A connection to the proxy, whose certificate is verified by its name."""
        connection = http.client.HTTPSConnection(NAME, cls.port, context=cls.tls, timeout=PATIENCE)
        connection.sock = cls.tls.wrap_socket(socket.create_connection(("127.0.0.1", cls.port), PATIENCE),
                                              server_hostname=NAME)
        return connection

    @classmethod
    def ask(cls, connection, method, path, token=None, body=None):
        connection.request(method, path, None if body is None else json.dumps(body), {"auth": token} if token else {})
        answer = connection.getresponse()
        return answer.status, answer.read()

    @classmethod
    def operate(cls, name, body):
        direct = http.client.HTTPConnection("127.0.0.1", cls.server_port, timeout=PATIENCE)
        status, answer = cls.ask(direct, "POST", "/admin/v1/" + name, cls.admin, body)
        direct.close()
        assert status == 200 and json.loads(answer)["code"] == 0, answer
        return json.loads(answer)

    def through(self, method, path, token=None, body=None):
        connection = self.connect()
        self.addCleanup(connection.close)
        return self.ask(connection, method, path, token, body)

    def test_a_renter_reads_the_market_at_its_public_address(self):
        status, body = self.through("GET", "/v1/get_gigaspot", self.renter)
        self.assertEqual(200, status, body)
        found = re.fullmatch(rf"https://{re.escape(NAME)}:{self.port}(/snapshots/gigaspot_\d+\.json)",
                             json.loads(body)["v1_snapshot_url"])
        self.assertTrue(found, body)
        self.assertEqual(200, self.through("GET", found[1])[0])
        self.assertEqual(401, self.through("GET", "/v1/wallets", "0" * 64)[0])

    def test_a_long_poll_is_answered_when_the_run_starts_or_its_time_ends(self):
        self.assertEqual(200, self.through("PUT", "/host/v1/machines/7", self.provider, MACHINE)[0])
        poll = "/host/v1/machines/7/run?wait={}&after={}"
        begun = time.monotonic()
        status, body = self.through("GET", poll.format(2, 0), self.provider)
        self.assertEqual((200, None), (status, json.loads(body)["run"]))
        self.assertGreater(time.monotonic() - begun, 1.9)
        waiting = self.connect()
        self.addCleanup(waiting.close)
        waiting.request("GET", poll.format(60, 0), headers={"auth": self.provider})
        order = {"currency": "CLORE-Blockchain", "renting_server": 7, "price": 50, "oc": [{"pl": 200}]}
        status, body = self.through("POST", "/v1/create_gigaspot_orders", self.renter, [order])
        self.assertEqual([], json.loads(body)["reasons"])
        answer = waiting.getresponse()
        self.assertEqual([{"pl": 200}], json.loads(answer.read())["run"]["oc"])

    def test_events_arrive_one_by_one(self):
        reader = self.connect()
        self.addCleanup(reader.close)
        reader.request("GET", "/events")
        stream = reader.getresponse()
        self.assertEqual("text/event-stream", stream.getheader("Content-Type").partition(";")[0])

        def next_rate():
            while line := stream.readline().decode():
                if line.startswith("data: {") and "rates" in line:
                    return json.loads(line[6:])["rates"]["CLORE-Blockchain"]
            raise EOFError("the proxy has ended the stream")
        for usd in ("1.5", "1.25"):  # if the proxy kept events back, neither would come
            self.operate("rate", {"currency": "CLORE-Blockchain", "usd": usd})
            until(lambda: next_rate() == usd)

    def test_what_is_for_the_operator_stays_inside(self):
        for path in ("/metrics", "/admin/v1/ledger?account=1", "/admin/v1/backup"):
            status, body = self.through("GET", path, self.admin)
            self.assertEqual(404, status, path)
            self.assertIn(b"nginx", body)

    def test_one_address_has_a_limit(self):
        statuses = []
        for _ in range(65):
            reader = self.connect()
            self.addCleanup(reader.close)
            reader.request("GET", "/events")
            statuses.append(reader.getresponse().status)
        self.assertEqual((200, 429), (statuses[0], statuses[64]))


if __name__ == "__main__":
    unittest.main()
