"""Compares the metrics of gigaspot-server with the page that lists them and with examples/market_server/alerts.yml."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import urllib.request

SERVER = os.environ["GIGASPOT_SERVER"]
SOURCE = pathlib.Path(__file__).resolve().parents[2]
ALERTS = SOURCE / "examples/market_server/alerts.yml"
NAME = re.compile(r"\bgigaspot_[a-z_]+")


def metrics_of_a_server():
    with tempfile.TemporaryDirectory(prefix="gigaspot-alerts-") as folder:
        server = subprocess.Popen([SERVER, "--data", folder, "--listen", "127.0.0.1:0"],
                                  stderr=subprocess.PIPE, text=True)
        try:
            address = re.search(r"http://[0-9.:]+/", server.stderr.readline())[0]
            with urllib.request.urlopen(address + "metrics", timeout=60) as answer:
                return answer.read().decode()
        finally:
            server.terminate()
            server.communicate(timeout=60)


class Alerts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = metrics_of_a_server()
        cls.metrics = set(re.findall(r"^# TYPE (\S+)", cls.text, re.M))

    def test_prometheus_accepts_the_metrics_and_the_rules(self):
        checked = subprocess.run(["promtool", "check", "rules", ALERTS], capture_output=True, text=True)
        self.assertEqual(0, checked.returncode, checked.stdout + checked.stderr)
        checked = subprocess.run(["promtool", "check", "metrics"], input=self.text, capture_output=True, text=True)
        self.assertEqual(0, checked.returncode, checked.stdout + checked.stderr)

    def test_alerts_ask_for_metrics_that_exist(self):
        asked = {name.removesuffix("_bucket") for line in re.findall(r"expr: (.*)", ALERTS.read_text())
                 for name in NAME.findall(line)}
        self.assertGreater(len(asked), 5)
        self.assertEqual(set(), asked - self.metrics)

    def test_the_reference_has_each_metric(self):
        page = (SOURCE / "docs/server/operations.md").read_text()
        listed = set(re.findall(r"^\| `(gigaspot_[a-z_]+)`", page, re.M))
        # A family without a value yet is not in the text; it comes with the first request.
        self.assertEqual(set(), self.metrics - listed)
        self.assertGreaterEqual(len(self.metrics), 20)


if __name__ == "__main__":
    unittest.main()
