"""Checks the metrics of a server that runs a made-up market."""
import json
import os
import re
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request


class Metrics(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.server = subprocess.Popen(
            [os.environ["GIGASPOT_SERVER"], "--data", self.folder.name + "/market", "--listen", "127.0.0.1:0", "--interval", "1s",
             "--demo"], stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.server.stderr.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.terminate)
        self.address = re.search(r"http://[0-9.:]+/", self.server.stderr.readline()).group()

    def get(self, path):
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:
            return answer.read().decode()

    def values(self):
        """Returns each sample by its name with labels."""
        lines = [line for line in self.get("metrics").splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def wait_for(self, condition):
        end = time.monotonic() + 60
        while not condition(self.values()):
            self.assertLess(time.monotonic(), end, "waited too long")
            time.sleep(0.1)

    def test_the_text_is_what_prometheus_reads(self):
        self.wait_for(lambda values: values["gigaspot_hosts_running"] > 0)
        run = subprocess.run(["promtool", "check", "metrics"], input=self.get("metrics"), text=True, capture_output=True)
        self.assertEqual((0, "", ""), (run.returncode, run.stdout, run.stderr))

    def test_the_numbers_fit_the_market(self):
        self.wait_for(lambda values: values["gigaspot_hosts_running"] > 0)
        with self.assertRaises(urllib.error.HTTPError):
            self.get("v1/wallets")  # without a token
        values = self.values()
        self.assertEqual(1, values["gigaspot_ledger_balanced"])
        self.assertEqual(40, values["gigaspot_hosts"])
        self.assertEqual(40, values['gigaspot_records_total{operation="machine"}'])
        self.assertEqual(1, values['gigaspot_http_answers_total{part="renter",status="401"}'])
        self.assertEqual(values["gigaspot_batch_records_count"], values["gigaspot_sync_seconds_count"])
        self.assertEqual(values["gigaspot_journal_records"], values["gigaspot_batch_records_sum"])
        self.assertEqual(sum(value for name, value in values.items() if name.startswith("gigaspot_records_total")),
                         values["gigaspot_journal_records"])
        totals = json.loads(self.get("page/market.json"))["totals"]
        self.assertGreater(totals["watts"], 0)
        self.assertGreater(values["gigaspot_watts"], 0)

    def test_health_names_no_trouble(self):
        self.assertEqual({"code": 0}, json.loads(self.get("healthz")))


if __name__ == "__main__":
    unittest.main()
