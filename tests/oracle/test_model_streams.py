"""Lets the Python judge decide the random streams of the C++ model, and compares the engine's events with its events.

The streams aim at ties, margins and the ends of intervals of rates (tests/model/aims.hpp). Text that C++ does not
write, such as malformed text, comes from tests/tool/streams.py.
"""
import json
import os
import subprocess
import unittest

from market_oracle import Market, line_of, reduced

STREAMS = os.environ["GIGASPOT_MODEL_TEXT"]
COUNT = max(400, int(os.environ.get("GIGASPOT_SEEDS", "0")))
SETTINGS = ("price_min", "price_max", "hosts_max", "bids_max", "host_bids_max", "owner_bids_max")


def settings_of(head):
    """The arguments of the judge for a stream."""
    settings = {name: head[name] for name in SETTINGS}
    for flag in head["flags"].split():
        name, _, value = flag.partition("=")
        settings.setdefault(name[2:].replace("-", "_"), value or True)
    return settings


def streams():
    """Yields the first line, the commands and the events of each stream."""
    text = subprocess.run([STREAMS, "write", str(COUNT)], stdout=subprocess.PIPE, check=True).stdout
    streams = []
    for line in text.splitlines(keepends=True):
        if line.startswith(b'{"seed":'):
            streams.append((json.loads(line), [], []))
        else:
            streams[-1][1 if line.startswith(b'{"op":') else 2].append(line)
    return streams


class ModelStreams(unittest.TestCase):
    def test_the_python_judge_agrees_on_the_streams_of_the_model(self):
        stops, commands_seen = set(), 0
        for head, commands, events in streams():
            wanted = [line_of(event) for event in Market(**settings_of(head)).feed(b"".join(commands))]
            found = [line_of(reduced(json.loads(line))) for line in events]
            place = next((i for i, (one, other) in enumerate(zip(wanted, found)) if one != other), None)
            if place is not None:
                number = json.loads(wanted[place])["command"]
                self.fail("%s\ncommand %d: %s\nwanted %s\nfound %s" % (
                    head, number, commands[number - 1], wanted[place], found[place]))
            self.assertEqual(len(found), len(wanted), head)
            commands_seen += len(commands)
            stops.update(json.loads(event).get("reason") for event in wanted)
        self.assertGreater(commands_seen, 30 * COUNT)
        self.assertLessEqual({"outbid", "cancelled", "expired", "revoked", "below_reserve", "host_removed",
                              "overclock_invalid", "not_cached", "rate_missing"}, stops)


if __name__ == "__main__":
    unittest.main()
