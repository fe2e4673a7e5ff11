"""Starts gigaspot-server in a folder of its own, makes accounts, and sends requests."""
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from typing import NamedTuple

SERVER = os.environ["GIGASPOT_SERVER"]
PATIENCE = 60  # seconds until a test gives up; a server that works needs far less
COIN = "CLORE-Blockchain"
IMAGE = "6771db990479c1fac87da6cc"


def until(condition):
    """Waits for something that other processes do, and returns it."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > end:
            raise TimeoutError("waited without success")
        time.sleep(0.02)
    return found


def units(text):
    """An amount of coins in its smallest unit, exactly."""
    whole, _, rest = str(text).partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole)) * 10 ** 8 + int(rest.ljust(8, "0")))


class Answer(NamedTuple):
    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)

    def __getitem__(self, key):
        return self.json()[key]


class Account(NamedTuple):
    id: int
    token: str


class Server:
    """A running server. `options` are those of the command line."""

    def __init__(self, folder, *options, **popen):
        self.folder = folder
        self.log = tempfile.NamedTemporaryFile(prefix="gigaspot-log-")
        self.process = subprocess.Popen([SERVER, "--data", folder, "--listen", "127.0.0.1:0", *options],
                                        stdout=self.log, stderr=self.log, **popen)

        def is_up():
            return "listening on" in self.errors() or self.process.poll() is not None
        try:
            until(is_up)
        except TimeoutError:
            self.kill()
            raise
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.errors())
        if not found:
            raise RuntimeError(f"the server ended with {self.process.wait()}: {self.errors()}")
        self.port = int(found[1])
        with open(os.path.join(folder, "admin.token"), encoding="ascii") as file:
            self.token = file.read().strip()
        self.references = 0

    def errors(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return file.read()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def request(self, method, path, body=None, token=None, connection=None):
        """Sends a request. A body that is neither bytes nor text is sent as JSON."""
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        own = connection or self.connect()
        try:
            own.request(method, path, body, {} if token is None else {"auth": token})
            answer = own.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            if own is not connection:
                own.close()

    def get(self, path, token=None):
        return self.request("GET", path, None, token)

    def post(self, path, body, token=None):
        return self.request("POST", path, body, token)

    def admin(self, name, body):
        return self.post("/admin/v1/" + name, body, self.token)

    def account(self, kind, coins=0, **more):
        made = self.admin("accounts", {"name": kind, "kind": kind, **more})
        account = Account(made["id"], made["token"])
        if coins:
            self.credit(account.id, coins)
        return account

    def credit(self, account, coins, reference=None, currency=COIN):
        self.references += 1
        reference = reference or f"{os.getpid()}-{time.monotonic_ns()}-{self.references}"
        return self.admin("credit", {"account": account, "currency": currency, "amount": str(coins),
                                     "reference": reference})

    def rate(self, usd="1", currency=COIN):
        return self.admin("rate", {"currency": currency, "usd": usd})

    def machine(self, provider, number, **more):
        """Registers a machine with one GPU that costs nothing to run."""
        return self.request("PUT", f"/host/v1/machines/{number}", {**MACHINE, **more}, provider.token)

    def beat(self, provider, number, **report):
        return self.post(f"/host/v1/machines/{number}/heartbeat", report, provider.token)

    def run_of(self, provider, number, after=None, wait=0):
        query = "" if after is None else f"?after={after}&wait={wait}"
        return self.get(f"/host/v1/machines/{number}/run{query}", provider.token)

    def place(self, renter, *orders):
        return self.post("/v1/create_gigaspot_orders", list(orders), renter.token)

    def edit(self, renter, *edits):
        return self.post("/v1/edit_gigaspot_orders", list(edits), renter.token)

    def cancel(self, renter, *ids):
        return self.post("/v1/cancel_orders", {"order_ids": list(ids)}, renter.token)

    def orders(self, renter, query=""):
        return self.get("/v1/my_orders" + query, renter.token)["orders"]

    def wallet(self, account, currency=COIN):
        """What an account has available and what its orders hold, in the smallest unit."""
        answer = self.get("/v1/wallets", account.token)
        own = json.loads(answer.body, parse_float=str, parse_int=str)["wallets"]
        wallet = next(each for each in own if each["name"] == currency)
        return units(wallet["balance"]), units(wallet["reserved"])

    def requests_open(self):
        """Connections besides the one that asks, such as those of long polls."""
        text = self.get("/metrics").body.decode()
        return int(re.search(r"^gigaspot_http_connections (\d+)$", text, re.M)[1]) - 1

    def ledger(self, account):
        """All postings of an account, page by page."""
        postings, after = [], ""
        while True:
            page = self.get(f"/admin/v1/ledger?account={account}{after}", self.token).json()
            assert page["code"] == 0, page
            postings += page["postings"]
            if page["next"] is None:
                return postings
            after = "&after=" + page["next"]

    def stop(self):
        """Ends the server in the proper way, and returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        self.process.kill()
        self.process.wait()


MACHINE = {"energy_price": "0", "min_bid": "0",
           "gpus": [{"model": "RTX 3090", "pl": [100, 350], "core_lock": [210, 2100]}]}


def order(machine, price, watts=200, currency=COIN, **more):
    return {"currency": currency, "image": IMAGE, "renting_server": machine,
            "price": price, "oc": [{"pl": watts}], **more}


def sums_of(postings, account):
    """What postings add up to for the parts of an account: what is available and what is held."""
    sums = {"available": 0, "reserved": 0}
    for posting in postings:
        for side, sign in (("from", -1), ("to", 1)):
            if posting[side]["account"] == account:
                part = posting[side]["part"]
                sums[part] = sums.get(part, 0) + sign * units(posting["amount"])
    return sums


class Case(unittest.TestCase):
    """A test with a folder of its own. All its servers must end well."""
    options = ("--interval", "1d", "--request-every", "0ms")

    def setUp(self):
        folder = tempfile.mkdtemp(prefix="gigaspot-test-")
        self.addCleanup(shutil.rmtree, folder, True)
        self.folder = os.path.join(folder, "market")
        self.servers = []

    def start(self, *options, folder=None, **popen):
        """Starts a server with these options instead of those of the class."""
        server = Server(folder or self.folder, *(options or self.options), **popen)
        self.addCleanup(self.end, server)
        return server

    def end(self, server):
        if server.process.poll() is None:
            self.assertEqual(0, server.stop(), server.errors())
        server.log.close()

    def market(self, *options, machines=(7,), coins="1000"):
        """Starts a server with a rate, a provider with machines, and a renter with money."""
        server = self.start(*options)
        self.assertEqual(200, server.rate().status)
        self.provider = server.account("host")
        for number in machines:
            self.assertEqual({"code": 0, "id": number}, server.machine(self.provider, number).json())
        self.renter = server.account("renter", coins)
        return server

    def assert_error(self, status, code, answer):
        self.assertEqual((status, code), (answer.status, answer["code"]), answer)
        self.assertEqual({"code", "error"}, set(answer.json()))
        self.assertEqual("application/json", answer.headers["content-type"])
        return answer["error"]

    def assert_ok(self, answer):
        self.assertEqual((200, 0), (answer.status, answer["code"]), answer)
        return answer.json()

    def assert_placed(self, answer):
        """All orders of a request were taken."""
        body = self.assert_ok(answer)
        self.assertEqual([[], [], []], [body["failed_to_oc_servers"], body["failed_to_rent_servers"],
                                        body["too_low_bids_servers"]], body)
