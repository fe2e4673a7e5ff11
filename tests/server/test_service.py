"""Checks the units of systemd, and runs the script that they start for a backup."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from server_client import SERVER, Case, order

PARTS = pathlib.Path(__file__).resolve().parents[2] / "examples/market_server"
UNITS = ("gigaspot-server.service", "gigaspot-backup.service", "gigaspot-backup.timer")
SCRIPT = PARTS / "gigaspot-backup"


class Units(unittest.TestCase):
    def analyze(self, *arguments):
        if not shutil.which("systemd-analyze"):
            self.skipTest("the units are checked by systemd-analyze, of the package systemd, which is not installed")
        return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)

    def test_systemd_has_no_objection(self):
        with tempfile.TemporaryDirectory(prefix="gigaspot-units-") as folder:
            paths = [os.path.join(folder, name) for name in UNITS]
            for name, path in zip(UNITS, paths):
                text = (PARTS / name).read_text()
                text = text.replace("/usr/local/bin/gigaspot-server", SERVER)
                text = text.replace("/usr/local/bin/gigaspot-backup", str(SCRIPT))
                pathlib.Path(path).write_text(text)
            done = self.analyze("verify", "--man=no", *paths)
            own = [line for line in done.stderr.splitlines() if "gigaspot" in line]
            self.assertEqual((0, []), (done.returncode, own), done.stderr)

    def test_the_services_can_do_little(self):
        for name in UNITS[:2]:
            done = self.analyze("security", "--offline=yes", "--threshold=25", str(PARTS / name))
            self.assertEqual(0, done.returncode, done.stdout[-500:] + done.stderr)

    def test_the_server_gets_options_that_it_knows(self):
        command = re.search(r"^ExecStart=(.*)$", (PARTS / UNITS[0]).read_text(), re.M).group(1).split()
        done = subprocess.run([SERVER, *command[1:], "--version"], capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stderr)


class Backup(Case):
    def back_up(self, server, folder, token_file=None, kept=2):
        environment = {**os.environ, "GIGASPOT_URL": f"http://127.0.0.1:{server.port}",
                       "GIGASPOT_TOKEN_FILE": token_file or os.path.join(self.folder, "admin.token"),
                       "GIGASPOT_BACKUPS_KEPT": str(kept)}
        return subprocess.run([SCRIPT, folder], env=environment, capture_output=True, text=True, check=False)

    def test_the_script_takes_backups_and_keeps_the_newest(self):
        server = self.market()
        self.assert_placed(server.place(self.renter, order(7, 10)))
        folder = self.folder + "-backups"
        os.mkdir(folder)
        for year in (2020, 2021, 2022):
            with open(os.path.join(folder, f"market-{year}-01-01T00-00-00Z.db"), "w", encoding="ascii"):
                pass
        done = self.back_up(server, folder)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        names = sorted(os.listdir(folder))
        self.assertEqual((2, "market-2022-01-01T00-00-00Z.db"), (len(names), names[0]))
        newest = os.path.join(folder, names[1])
        self.assertEqual(0o600, os.stat(newest).st_mode & 0o777)
        os.mkdir(self.folder + "-restored")
        shutil.copy(newest, os.path.join(self.folder + "-restored", "market.db"))
        shutil.copy(os.path.join(self.folder, "admin.token"), self.folder + "-restored")
        restored = self.start(folder=self.folder + "-restored")
        self.assertEqual(server.orders(self.renter), restored.orders(self.renter))

    def test_a_backup_that_fails_leaves_the_others(self):
        server = self.market()
        folder = self.folder + "-backups"
        os.mkdir(folder)
        self.assertEqual(0, self.back_up(server, folder, kept=1).returncode)
        before = os.listdir(folder)
        with open(self.folder + "-token", "w", encoding="ascii") as file:
            file.write("wrong")
        done = self.back_up(server, folder, token_file=self.folder + "-token", kept=1)
        self.assertNotEqual(0, done.returncode)
        self.assertIn("401", done.stderr)
        self.assertEqual(before, [name for name in os.listdir(folder) if name.endswith(".db")])


if __name__ == "__main__":
    unittest.main()
