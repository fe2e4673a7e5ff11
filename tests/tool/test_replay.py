"""Compares the tool's events with the oracle's, and the oracle with small markets that are worked out by hand."""
import collections
import gzip
import json
import os
import pathlib
import random
import resource
import signal
import struct
import subprocess
import tempfile
import unittest

import market
import streams
from market_oracle import Market, line_of, reduced

TOOL = os.environ.get("GIGASPOT")
SEEDS = max(300, int(os.environ.get("GIGASPOT_SEEDS", "0")))
MAIN = "CLORE-Blockchain"
DAY = 86_400_000

STOPS = {"outbid", "cancelled", "expired", "host_removed", "host_offline", "host_on_demand_rented", "host_malfunctioning",
         "revoked", "overclock_invalid", "price_below_market_minimum", "price_below_host_minimum", "not_cached",
         "rate_missing", "below_reserve"}
TUNINGS = ("core_lock", "mem_lock", "core_offset", "mem_offset")
REJECTIONS = {"malformed", "number_out_of_range", "number_too_precise", "price_too_precise", "time_went_backwards",
            "time_too_far", "host_unknown", "bid_unknown", "currency_unknown", "bid_exists", "not_owner", "fee_changed", "gpus_changed",
            "close_too_soon", "host_unavailable", "overclock_missing", "overclock_count_mismatch", "power_limit_missing",
            "power_limit_below_card_minimum", "power_limit_above_host_maximum", "price_not_positive", "currency_unknown",
            "price_below_market_minimum", "price_above_market_maximum", "price_below_host_minimum", "environment_too_long",
            "environment_key_too_long", "environment_value_too_long", "environment_key_empty", "image_malformed",
            "gpus_missing", "range_inverted", "limit_reached"}
REJECTIONS |= {name + end for name in TUNINGS for end in ("_not_supported", "_below_minimum", "_above_maximum")}
CHOICES = {"challengers tie", "incumbent ties", "kept by dwell", "kept by margin", "kept by ppm", "kept by margin, exactly",
           "kept by ppm, exactly", "not protected, worsened", "not protected, no close won", "started at a close",
           "started at once", "edit took effect at a stop", "host unavailable, queued", "host unavailable, rejected",
           "rate too old", "obstacle bid_expired", "obstacle not_cached", "obstacle below_reserve"}


def fields_of(line):
    """Reads a line of JSON and keeps the order of its keys."""
    def reject(number):
        raise ValueError(number)

    return json.loads(line, object_pairs_hook=lambda pairs: [("object", *pairs)], parse_float=reject)


class Replay(unittest.TestCase):
    def first_difference(self, seed, options, stream, wanted, out):
        """Returns the first wrong event, in words."""
        commands = [line for line in stream.split(b"\n") if line.strip(b" \t\r")]
        found = [line_of(reduced(json.loads(line))) for line in out.decode().splitlines()]
        wanted = [line_of(event) for event in wanted]
        place = next((i for i, pair in enumerate(zip(wanted, found)) if pair[0] != pair[1]), min(len(wanted), len(found)))
        pair = [lines[place] if place < len(lines) else "(no more events)" for lines in (wanted, found)]
        at = [json.loads(line)["command"] for line in pair if line.startswith("{")]
        return "seed %d, flags: %s\ncommand %s: %s\nwanted: %s\nfound:  %s" % (
            seed, " ".join(market.arguments(options)), at, commands[at[0] - 1][:2000] if at else "", *pair)

    def compare(self, seed, options, stream, wanted):
        done = subprocess.run([TOOL, "replay", *market.arguments(options), "-"], input=stream, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, streams.WARNINGS.sub(b"", done.stderr)), (0, b""), "seed %d" % seed)
        found = [fields_of(line_of(reduced(json.loads(line)))) for line in done.stdout.splitlines()]
        if found != [fields_of(line_of(event)) for event in wanted]:
            self.fail(self.first_difference(seed, options, stream, wanted, done.stdout))

    def test_many_streams(self):
        stops, rejections, choices, policies = (collections.Counter() for _ in range(4))
        accepted, commands = 0, 0
        for seed in range(SEEDS):
            options, stream = streams.make_case(seed)
            judge = Market(**options)
            wanted = judge.feed(stream)
            if TOOL:
                self.compare(seed, options, stream, wanted)
            accepted += sum(event["event"] == "accepted" for event in wanted)
            commands += judge.commands
            stops.update(event["reason"] for event in wanted if event["event"] == "stopped")
            rejections.update(why["code"] for event in wanted for why in event.get("reasons", ()))
            choices += judge.seen
            for name in ("reserve", "switch_margin", "switch_margin_ppm", "dwell_min", "require_cached", "refill",
                         "queue_unavailable", "rate_age_max", "interval_min", "time_step_max", "main_currency"):
                policies[name, options.get(name) in (None, "at_close")] += 1
        # The streams are varied enough: each stop, rejection, kind of choice and effect of a policy occurred.
        self.assertGreater(accepted, commands * 6 // 10)
        for names, counts in ((STOPS, stops), (REJECTIONS, rejections), (CHOICES, choices)):
            for name in names:
                self.assertGreaterEqual(counts[name], 3, name)
        self.assertEqual((set(stops), set(rejections)), (STOPS, REJECTIONS))
        self.assertEqual(len(policies), 22)
        self.assertGreater(min(policies.values()), 10)

    @unittest.skipUnless(TOOL, "no tool")
    def test_memory_does_not_grow_with_the_number_of_commands(self):
        def kilobytes(count):
            lines = subprocess.Popen([TOOL, "generate", "--commands", str(count), "--hosts", "5"], stdout=subprocess.PIPE)
            tool = subprocess.Popen([TOOL, "replay", "-"], stdin=lines.stdout, stdout=subprocess.DEVNULL)
            usage = os.wait4(tool.pid, 0)[2]
            tool.returncode = 0
            lines.stdout.close()
            lines.wait()
            return usage.ru_maxrss

        # 400,000 lines have about 40 MB, and as many events.
        self.assertLess(kilobytes(400_000), kilobytes(40_000) + 4_000)

    @unittest.skipUnless(TOOL, "no tool")
    def test_a_line_that_is_too_long_counts_even_if_it_begins_with_blanks(self):
        for length, events in ((1_048_577, ["rejected"]), (300_000, ["accepted"])):
            line = b" " * length + b'{"op":"close","time":1}'
            for end in (b"", b"\n", b"\n" + b"\t" * 2_000_000 + b"\r\n"):  # the last is blank
                done = subprocess.run([TOOL, "replay", "-"], input=line + end, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                self.assertEqual([json.loads(event)["event"] for event in done.stdout.splitlines()], events)

    @unittest.skipUnless(TOOL, "no tool")
    def test_the_lowest_value_of_an_option_is_not_the_option_left_out(self):
        differs = set()
        for name in ("reserve", "switch_margin", "switch_margin_ppm", "dwell_min", "rate_age_max", "interval_min", "time_step_max"):
            for seed in range(8):
                options, stream = streams.make_case(seed)
                without = Market(**{key: value for key, value in options.items() if key != name}).feed(stream)
                options[name] = "0"
                wanted = Market(**options).feed(stream)
                self.compare(seed, options, stream, wanted)
                differs.update([name] if wanted != without else [])
        self.assertLessEqual({"rate_age_max", "interval_min", "time_step_max"}, differs)  # their default is not 0

    def test_one_seed_is_one_stream(self):
        self.assertEqual(streams.make_case(5), streams.make_case(5))
        self.assertNotEqual(streams.make_case(5), streams.make_case(6))


def replay(*words, lines=b"", **options):
    if isinstance(lines, list):
        lines = b"".join(line + b"\n" for line in lines)
    done = subprocess.run([TOOL, "replay", *words], input=lines, stdout=options.pop("stdout", subprocess.PIPE),
                          stderr=subprocess.PIPE, **options)
    done.stderr = streams.WARNINGS.sub(b"", done.stderr)
    return done


def small_market(price="5"):
    """Host 7 runs a bid; nothing was rejected."""
    return [b'{"op":"rate","time":0,"currency":"CLORE-Blockchain","usd":"1"}',
            b'{"op":"host","time":0,"id":7,"energy_price":0,"gpus":[{"pl":[100,400],"model":"GTX"}]}',
            b'{"op":"bid","time":0,"id":1,"host":7,"owner":2,"price":%s,"currency":"CLORE-Blockchain","oc":[{"pl":100}]}'
            % price.encode(), b'{"op":"close","time":1}']


@unittest.skipUnless(TOOL, "no tool")
class Prices(unittest.TestCase):
    def test_the_market_s_limits_of_prices(self):
        """By default 0.0001 and 5000 coins."""
        def code(price, *words):
            event = json.loads(replay(*words, "-", lines=small_market(price)[:3]).stdout.splitlines()[-1])
            return event["reasons"][0] if event["event"] == "rejected" else None

        low, high = ("--price-min", "5.5"), ("--price-max", "7")
        for price, words, wanted in (
            ("0.0001", (), None), ("5000", (), None), ("5.5", low, None), ("7", high, None),
            ("0.00009999", (), ("price_below_market_minimum", "0.0001")), ("5000.1", (), ("price_above_market_maximum", "5000")),
            ("5.49", low, ("price_below_market_minimum", "5.5")), ("7.00000001", (*low, *high), ("price_above_market_maximum", "7")),
            ("0.00000001", ("--price-min", "0"), None), ("1000000", ("--price-max", "1000000"), None),
        ):
            with self.subTest(price=price, words=words):
                found = code(price, *words)
                self.assertEqual(found and (found["code"], found["bound"]), wanted)


@unittest.skipUnless(TOOL, "no tool")
class Inputs(unittest.TestCase):
    """What a file of commands can look like."""

    def replay(self, data):
        done = subprocess.run([TOOL, "replay", "-"], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.returncode, [json.loads(line)["event"] for line in done.stdout.splitlines()], done.stderr.decode()

    def test_the_first_time_shows_its_unit(self):
        warning = "gigaspot: warning: the first time, %s, %s; times are milliseconds since 1970-01-01 UTC\n"
        for time, look in (
            ("1700000000000", None), ("978307200000", None), ("4133980799999", None),  # 2001-01-01 .. 2100-12-31
            ("978307199999", "is before 2001"), ("0", "is before 2001"), ("978307199", "is before 2001"),
            ("978307200", "looks like seconds"), ("1700000000", "looks like seconds"), ("4133980799", "looks like seconds"),
            ("1700000000000000", "looks like microseconds"), ("4133980800000", "is after 2100"),
            ("4133980800000000", "is after 2100"), ("1700000000000000000", "looks like nanoseconds"), ("1e400", "is after 2100"),
            ("-1", "is before 2001"),
        ):
            line = b'{"op":"rate","time":%s,"currency":"bitcoin","usd":1}\n' % time.encode()
            with self.subTest(time):
                wanted = warning % (time, look) if look else ""
                later = b'{"op":"close","time":5}\n' + line
                self.assertEqual(self.replay(line + later)[::2], (0, wanted))  # only the first time counts, and once
                # A line without a time does not count.
                malformed = "gigaspot: warning: 2 of 5 commands are malformed, the first is command 1; the events say why\n"
                self.assertEqual(self.replay(b'\n{"op":"close"}\n#\n' + line + later)[::2], (0, wanted + malformed))

    def test_malformed_lines_are_counted(self):
        good = b'{"op":"close","time":1700000000%03d}\n'
        for lines, says in (
            ([b"#\n", good % 1], "1 of 2 commands is malformed, namely command 1"),
            ([good % 1, b"\n", b"#\n", good % 2], "1 of 3 commands is malformed, namely command 2"),  # a blank line is not one
            ([good % 1, good % 2, b'{"op":"rate"}\n', good % 3, b"{}\n", b"{"], "3 of 6 commands are malformed, the first is command 3"),
            ([good % 1, good % 0], None),  # rejected, and not malformed
        ):
            wanted = "gigaspot: warning: %s; the events say why\n" % says if says else ""
            self.assertEqual(self.replay(b"".join(lines))[::2], (0, wanted))
        with tempfile.NamedTemporaryFile() as file:
            self.assertEqual(replay("--save", file.name, "-", lines=b"#\n" + good % 1).returncode, 0)
            done = subprocess.run([TOOL, "replay", "--restore", file.name, "-"], input=good % 2 + b"#\n", capture_output=True)
        self.assertIn(b"1 of 2 commands is malformed, namely command 4;", done.stderr)
        self.assertEqual(json.loads(done.stdout.splitlines()[-1])["command"], 4)

    def test_strict(self):
        """A warning makes the exit code 1. Everything is written all the same."""
        good, bid = b'{"op":"close","time":1700000000000}\n', b'{"op":"cancel","time":1700000000000,"id":5}\n'
        for lines, code in ((good, 0), (good + bid, 0), (b"", 0), (b"\n", 0), (good + b"#\n", 1), (b'{"op":"close","time":1700000000}\n', 1)):
            with tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder) / "market"
                plain = subprocess.run([TOOL, "replay", "-"], input=lines, capture_output=True)
                strict = subprocess.run([TOOL, "replay", "--strict", "--save", str(file), "-"], input=lines, capture_output=True)
                self.assertEqual((plain.returncode, strict.returncode), (0, code))
                self.assertEqual((strict.stdout, strict.stderr), (plain.stdout, plain.stderr))
                self.assertTrue(file.exists())

    def test_the_first_time_counts_even_if_its_command_is_rejected(self):
        line = b'{"op":"edit","time":1700000000,"id":5,"price":1}\n'
        _, events, err = self.replay(line)
        self.assertEqual((events, "looks like seconds" in err), (["rejected"], True))
        with tempfile.NamedTemporaryFile() as file:
            first = b'{"op":"close","time":1700000000000}\n'
            self.assertEqual(replay("--save", file.name, "-", lines=first).returncode, 0)
            done = subprocess.run([TOOL, "replay", "--restore", file.name, "-"], input=line, capture_output=True)
        self.assertEqual(json.loads(done.stdout)["reasons"][0]["code"], "time_went_backwards")
        self.assertIn(b"looks like seconds", done.stderr)

    def test_a_mark_at_the_start_and_windows_ends_of_lines_are_passed_over(self):
        lines = [b'{"op":"close","time":1700000000000}', b'{"op":"close","time":1700000000001}']
        for data in (b"\n".join(lines), b"\xef\xbb\xbf" + b"\n".join(lines), b"\xef\xbb\xbf\r\n" + b"\r\n".join(lines) + b"\r\n"):
            self.assertEqual(self.replay(data), (0, ["accepted"] * 2, ""))
        # Files that were put together have one in the middle.
        self.assertEqual(self.replay(lines[0] + b"\n\xef\xbb\xbf" + lines[1]), (0, ["accepted"] * 2, ""))
        self.assertEqual(self.replay(b"\xef\xbb\xbf"), (0, [], ""))

    def test_what_is_not_a_text_is_named_before_any_line_is_taken(self):
        line = '{"op":"close","time":1700000000000}\n'
        for data, what in ((gzip.compress(line.encode()), "gzip-compressed data; unpack it first"),
                           (line.encode("utf-16"), "UTF-16 text; convert it to UTF-8 first"),
                           (b"\xfe\xff" + line.encode("utf-16-be"), "UTF-16 text; convert it to UTF-8 first"),
                           (line.encode("utf-16-le"), "UTF-16 text; convert it to UTF-8 first"),
                           (line.encode("utf-16-be"), "UTF-16 text; convert it to UTF-8 first")):
            self.assertEqual(self.replay(data), (1, [], "gigaspot: standard input: this is %s\n" % what))


@unittest.skipUnless(TOOL, "no tool")
class Saves(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.file = self.folder / "market"

    def save(self, lines):
        done = replay("--save", str(self.file), "-", lines=lines)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return self.file.read_bytes()

    def digest(self, *words, lines=b""):
        done = replay("--digest", *words, "-", lines=lines)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return json.loads(done.stdout.splitlines()[-1])["digest"]

    def test_a_market_that_was_saved_goes_on_as_if_nothing_had_happened(self):
        """A policy is not saved: the same options are given again, and all of them count."""
        for seed in range(40):
            options, stream = streams.make_case(seed)
            words, lines = market.arguments(options), stream.split(b"\n")
            whole = replay("--digest", *words, "-", lines=lines).stdout.splitlines()
            cut = random.Random(seed).randrange(len(lines) + 1)
            first = replay(*words, "--save", str(self.file), "-", lines=lines[:cut]).stdout.splitlines()
            again = replay(*words, "--restore", str(self.file), "--digest", "-", lines=lines[cut:]).stdout.splitlines()
            self.assertEqual(first + again, whole, "seed %d, cut at %d" % (seed, cut))
            # From standard input, with the commands in a file.
            rest = self.folder / "rest"
            rest.write_bytes(b"".join(line + b"\n" for line in lines[cut:]))
            found = replay(*words, "--restore", "-", "--digest", str(rest), lines=self.file.read_bytes())
            self.assertEqual((found.returncode, found.stdout.splitlines()), (0, again))

    def test_the_digest_has_sixteen_digits_and_is_that_of_the_saved_state(self):
        def mix(z):
            z = (z + 0x9e3779b97f4a7c15) % 2**64
            z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 % 2**64
            z = (z ^ z >> 27) * 0x94d049bb133111eb % 2**64
            return z ^ z >> 31

        seen = set()
        for price in range(1, 100):
            lines = small_market(str(price))
            saved = self.save(lines)
            words = struct.unpack("<%dQ" % (len(saved) // 8), saved)
            # Before the words of the state are a mark ("gigaspot"), a version, the types and the number of bids. After them are the number
            # of commands, no counts of rejected ones, and a hash.
            begin = words.index(int.from_bytes(b"gigaspot", "little")) + 4
            value = 0x6769676173706f74
            for word in words[begin:-3]:
                value = (mix(value ^ word) + word) % 2**64
            digest = self.digest(lines=lines)
            self.assertEqual((digest, digest.lower()), (format(mix(value), "016x"), digest))
            self.assertEqual(self.digest("--restore", str(self.file)), digest)
            seen.add(len(digest.lstrip("0")))
        self.assertGreater(len(seen), 1)  # some began with zeros

    def test_a_save_that_the_tool_wrote_in_version_2_is_restored(self):
        golden = pathlib.Path(__file__).parent.parent / "golden" / "market.version2.save"
        self.assertEqual(self.digest("--restore", str(golden)), "0e844bb6412b6094")  # the tool of then printed it
        done = replay("--restore", str(golden), "--save", str(self.file), "-", lines=[])
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertNotEqual(self.file.read_bytes(), golden.read_bytes())
        self.assertEqual(self.digest("--restore", str(self.file)), "0e844bb6412b6094")

    def test_an_old_save_survives_a_new_one_that_cannot_be_written(self):
        old, digest = self.save(small_market()), self.digest(lines=small_market())
        more = [b'{"op":"energy_price","time":%d,"id":7,"usd":0}' % time for time in range(2, 40)]

        def fails(says, *words, **options):
            done = replay("--restore", str(self.file), "--save", *words, "-", lines=more, **options)
            self.assertEqual((done.returncode, len(done.stdout.splitlines())), (1, len(more)))
            self.assertRegex(done.stderr.decode(), r"\Agigaspot: [^\n]*%s\n\Z" % says)

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (len(old) // 2, len(old) // 2))

        def is_still_good():
            self.assertEqual(self.file.read_bytes(), old)
            self.assertEqual(self.digest("--restore", str(self.file)), digest)

        # As on a full disk: half of the file can be written, and then no more.
        for restore_signals in (False, True):  # with the signal that this limit sends, or without it
            fails("File too large", str(self.file), preexec_fn=limit, restore_signals=restore_signals)
            is_still_good()
            self.assertEqual([path.name for path in self.folder.iterdir()], ["market"])
        # A file left by a tool that was killed (SIGKILL) does not prevent the next save.
        draft = self.folder / "market.new"
        draft.write_bytes(old[:100])
        draft.chmod(0)
        is_still_good()
        done = replay("--restore", str(self.file), "--save", str(self.file), "-", lines=more)
        self.assertEqual(done.returncode, 0)
        self.assertNotEqual(self.file.read_bytes(), old)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["market"])

    def test_a_signal_waits_until_the_save_is_complete(self):
        lines = subprocess.run([TOOL, "generate", "--commands", "60000", "--hosts", "4000"], stdout=subprocess.PIPE).stdout
        commands = self.folder / "commands"
        commands.write_bytes(lines)
        whole = self.save(lines)
        hits = 0
        for _ in range(4):
            self.file.write_bytes(b"old")
            tool = subprocess.Popen([TOOL, "replay", "--save", str(self.file), str(commands)], stdout=subprocess.DEVNULL)
            draft = str(self.file) + ".new"
            while not os.path.exists(draft) and tool.poll() is None:
                pass
            tool.send_signal(signal.SIGTERM)
            hits += tool.wait() == -signal.SIGTERM
            self.assertEqual(self.file.read_bytes(), whole)
            self.assertFalse(os.path.exists(draft))
        self.assertGreater(hits, 0)

    def test_a_save_keeps_the_mode_of_the_file(self):
        for mode in (0o600, 0o644, 0o666, 0o660):
            self.file.write_bytes(b"old")
            self.file.chmod(mode)
            self.save(small_market())
            self.assertEqual(self.file.stat().st_mode & 0o7777, mode)
        self.file.unlink()
        self.save(small_market())
        umask = os.umask(0)
        os.umask(umask)
        self.assertEqual(self.file.stat().st_mode & 0o7777, 0o666 & ~umask)

    def fails_before_any_command(self, says, path, exit_code=1, commands="-", **options):
        done = replay("--save", str(path), commands, lines=small_market(), **options)
        self.assertEqual((done.returncode, done.stdout, done.stderr.decode()), (exit_code, b"", "gigaspot: " + says + "\n"))

    def test_no_save_where_no_file_can_be(self):
        before = sorted(self.folder.iterdir())
        for path in (self.folder / "no" / "such", str(self.folder / "new") + "/"):
            self.fails_before_any_command("%s: No such file or directory" % path, path)
        self.file.write_bytes(b"old")
        self.fails_before_any_command("%s: Not a directory" % (self.file / "x"), self.file / "x")
        link = self.folder / "link"
        link.symlink_to("nothing")
        self.fails_before_any_command("%s: a link to a file that does not exist" % link, link)
        loop = self.folder / "loop"
        loop.symlink_to("loop")
        self.fails_before_any_command("%s: Too many levels of symbolic links" % loop, loop)
        self.assertEqual(sorted(self.folder.iterdir()), sorted([*before, self.file, link, loop]))
        os.mkdir(self.folder / "market.new")
        self.fails_before_any_command("%s.new: in the way of the draft of %s" % (self.file, self.file), self.file)

    def test_no_save_without_permission(self):
        nobody = 65534  # root may write everywhere: as root, ask for somebody else
        options = {"preexec_fn": lambda: os.setresuid(nobody, 0, 0)} if os.geteuid() == 0 else {}
        self.file.write_bytes(b"old")
        self.file.chmod(0o444)
        self.folder.chmod(0o755)
        self.fails_before_any_command("%s: Permission denied" % self.file, self.file, **options)
        self.folder.chmod(0o555)
        self.fails_before_any_command("%s: Permission denied" % (self.folder / "new"), self.folder / "new", **options)
        self.folder.chmod(0o755)

    def test_a_save_does_not_replace_its_commands(self):
        self.file.write_bytes(b"".join(line + b"\n" for line in small_market()))
        link = self.folder / "link"
        link.symlink_to("market")
        for path in (self.file, link):
            self.fails_before_any_command("--save: %s has the commands" % path, path, exit_code=2, commands=str(self.file))
        with open(self.file, "rb") as commands:
            done = subprocess.run([TOOL, "replay", "--save", str(link), "-"], stdin=commands, capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (2, b""))

    def test_a_save_does_not_replace_its_events(self):
        """It would take the place of the file into which the events go."""
        link = self.folder / "link"
        link.symlink_to("market")
        for path in (self.file, link, "/dev/stdout"):
            with open(self.file, "wb") as events:
                done = replay("--save", str(path), "-", lines=small_market(), stdout=events)
            self.assertEqual((done.returncode, done.stderr.decode()), (2, "gigaspot: --save: %s has the events\n" % path))
        self.assertEqual(self.file.read_bytes(), b"")

    def test_a_name_that_is_too_long_for_a_draft_is_known_at_once(self):
        path = self.folder / ("n" * 253)
        self.fails_before_any_command("%s.new: File name too long" % path, path)

    def test_a_save_replaces_no_device_no_pipe_and_no_folder(self):
        """As root, --save /dev/null would put a file in the place of the device."""
        os.mkfifo(self.file)
        link = self.folder / "link"
        link.symlink_to("/dev/full")
        for path in (self.file, link, self.folder):
            kind = path.stat().st_mode
            done = replay("--save", str(path), "-", lines=small_market())
            self.assertEqual(done.stdout, b"")  # said before the commands are taken
            self.assertEqual((done.returncode, done.stderr.decode()), (1, "gigaspot: %s: not a file that can be replaced\n" % path))
            self.assertEqual(path.stat().st_mode, kind)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["link", "market"])

    def test_a_save_through_a_link_replaces_what_the_link_names(self):
        link = self.folder / "link"
        link.symlink_to("market")
        self.save(small_market("9"))
        digest = self.digest(lines=small_market())
        for price in ("7", "5"):
            self.assertEqual(replay("--save", str(link), "-", lines=small_market(price)).returncode, 0)
            self.assertTrue(link.is_symlink())
        self.assertEqual(self.digest("--restore", str(self.file)), digest)

    def test_a_save_that_fails_leaves_no_draft(self):
        """On a full disk half a save would be in the way of everything else."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        done = replay("--save", str(self.file), "-", lines=small_market(), preexec_fn=limit, restore_signals=False)
        self.assertEqual((done.returncode, list(self.folder.iterdir())), (1, []))

    def test_no_save_of_what_nobody_was_told(self):
        """Where the events cannot be written, the old save is what the reader of the events knows."""
        old = self.save(small_market())
        with open("/dev/full", "w") as full:
            done = replay("--restore", str(self.file), "--save", str(self.file), "-", lines=[b'{"op":"close","time":2}'],
                          stdout=full)
        self.assertEqual((done.returncode, b"standard output: No space left" in done.stderr), (1, True))
        self.assertEqual(self.file.read_bytes(), old)

    def test_what_is_no_save_is_not_restored(self):
        saved = self.save(small_market())
        for data, code in ((b"", "save_malformed"), (b"{}", "save_malformed"), (saved[:-8], "save_damaged"),
                           (saved[:-1] + bytes([saved[-1] ^ 1]), "save_damaged")):
            self.file.write_bytes(data)
            done = replay("--restore", str(self.file), "-", lines=small_market())
            self.assertEqual((done.returncode, done.stdout), (1, b""))
            self.assertIn(code, done.stderr.decode())

    def test_the_main_currency_of_a_save_can_be_named_and_not_changed(self):
        for name in ("bitcoin", MAIN):
            done = replay("--main-currency", name, "--save", str(self.file), "-")
            self.assertEqual(done.returncode, 0)
            for other in ("bitcoin", MAIN):
                done = replay("--main-currency", other, "--restore", str(self.file), "-")
                self.assertEqual((done.returncode, done.stdout), (0 if name == other else 2, b""))
                self.assertEqual("bitcoin" in done.stderr.decode() and MAIN in done.stderr.decode(), name != other)


# From here on the oracle itself is tested, with one host, 7, of one GPU. The rate is 1 USD and energy is free, so a
# profit equals the price, unless a test says otherwise. All expected values were worked out by hand.

class Story:
    """A market that takes short commands and returns short events."""

    def __init__(self, **options):
        self.market, self.time = Market(**options), 0

    def at(self, time):
        self.time = time
        return self

    def tell(self, op, **fields):
        """Returns the events of one command, without `accepted`."""
        fields = {"op": op, "time": self.time, **fields}
        return self.line(json.dumps({name: value for name, value in fields.items() if value != "absent"}))

    def line(self, line):
        return [self.words(event) for event in self.market.take(line.encode()) if event["event"] != "accepted"]

    @staticmethod
    def words(event):
        if event["event"] == "rejected":
            return "rejected " + " ".join("%s@%s" % (why["code"], why["gpu"]) if "gpu" in why else why["code"]
                                          for why in event["reasons"])
        shown = ("host", "bid", "reason", "profit", "amount", "fee")
        return " ".join([event["event"]] + [str(event[name]) for name in shown if name in event])

    def rate(self, usd="1", currency=MAIN, **more):
        return self.tell("rate", currency=currency, usd=usd, **more)

    def host(self, id=7, energy="0", gpus=((100, 400),), **more):
        return self.tell("host", id=id, energy_price=energy, gpus=[{"pl": list(pl)} for pl in gpus], **more)

    def bid(self, id, price, watts=100, host=7, owner=1, currency=MAIN, **more):
        return self.tell("bid", id=id, host=host, owner=owner, price=price, currency=currency, **{"oc": [{"pl": watts}], **more})

    def edit(self, id, price, watts=None, **more):
        return self.tell("edit", id=id, price=price, **({} if watts is None else {"oc": [{"pl": watts}]}), **more)

    def cancel(self, id, **more):
        return self.tell("cancel", id=id, **more)

    def revoke(self, id):
        return self.tell("revoke", id=id)

    def cached(self, id, is_cached=True):
        return self.tell("cached", id=id, cached=is_cached)

    def status(self, id=7, **more):
        return self.tell("host_status", id=id, **more)

    def close(self, time=None):
        self.time = self.time if time is None else time
        return self.tell("close")


class Judged(unittest.TestCase):
    def story(self, **options):
        """Returns a market with host 7 and a rate of 1 USD, at time 0."""
        story = Story(**options)
        self.assertEqual(story.rate() + story.host(), [])
        return story

    def is_told(self, *pairs):
        for told, wanted in pairs:
            self.assertEqual(told, wanted)


class Choice(Judged):
    def test_the_maximum_profit_wins_and_not_the_maximum_price(self):
        story = Story()
        # 400 W x 24 h at 1 USD per kWh cost 9.6 USD, 100 W cost 2.4 USD.
        self.is_told((story.rate(), []), (story.host(energy="1"), []), (story.bid(1, "12", 400), []),
                     (story.bid(2, "5", 100), []), (story.close(), ["started 7 2 2.6"]))

    def test_below_an_energy_price_of_0_watts_earn(self):
        story = Story()
        # 300 W x 24 h at -0.1 USD per kWh earn 0.72 USD, 100 W earn 0.24 USD.
        self.is_told((story.rate(), []), (story.host(energy="-0.1"), []), (story.bid(1, "10", 100), []),
                     (story.bid(2, "9.6", 300), []), (story.close(), ["started 7 2 10.32"]))
        story = Story()
        story.rate(fee_ppm=1000000)  # nothing is left of a price
        story.host(energy="-1000")
        self.is_told((story.bid(1, "20", 100), []), (story.bid(2, "5", 300), []), (story.close(), ["started 7 2 7200"]),
                     (story.host(id=8, energy="-1000.000000001"), ["rejected number_out_of_range"]))

    def test_base_power_and_fee_count(self):
        story = Story()
        story.rate("1", fee_ppm=100000)
        story.host(energy="0.5", base_power=100)
        # 10 x 0.9 - 200 W x 24 / 1000 x 0.5
        self.is_told((story.bid(1, "10"), []), (story.close(), ["started 7 1 6.6"]))

    def test_a_net_rate_is_rounded_down(self):
        story = Story()
        story.rate("0.000000000003", fee_ppm=500000)  # 1.5 units are 1
        story.host()
        self.is_told((story.bid(1, "1"), []), (story.close(), ["started 7 1 0.000000000001"]))

    def test_the_older_of_two_equal_profits_wins(self):
        story = self.story()
        story.bid(9, "5")
        story.bid(3, "5")
        self.assertEqual(story.close(), ["started 7 9 5"])
        story = self.story()
        story.bid(9, "5", owner=1)
        story.bid(3, "5", owner=2)
        self.is_told((story.edit(9, "5.0"), []),  # an edit that changes nothing moves a bid behind the others
                     (story.close(), ["started 7 3 5"]))

    def test_the_incumbent_wins_a_tie(self):
        story = self.story()
        story.bid(2, "5")
        story.bid(1, "4")
        story.close()
        story.at(1).edit(2, "5")  # the incumbent is now younger than the other
        story.edit(1, "5")
        story.edit(2, "5")
        self.assertEqual(story.close(60_000), ["charged 7 2 0.00347223 0", "changed 7 2 5"])

    def test_a_host_idles_under_the_reserve_and_runs_at_it(self):
        story = self.story(reserve="5")
        story.bid(1, "4.99999999")
        self.assertEqual(story.close(), [])
        story.at(1).edit(1, "5")
        self.assertEqual(story.close(), ["started 7 1 5"])
        story.at(2).rate("0.999999999999")
        self.assertEqual(story.close(), ["charged 7 1 0.00000006 0", "stopped 7 1 below_reserve"])

    def test_the_lead_must_be_above_the_margin(self):
        story = self.story(switch_margin="0.5")
        story.bid(1, "5")
        story.close()
        story.at(1).bid(2, "5.5")
        self.assertEqual(story.close(), ["charged 7 1 0.00000006 0"])
        story.at(2).edit(2, "5.50000001")
        self.assertEqual(story.close()[1:], ["stopped 7 1 outbid", "started 7 2 5.50000001"])

    def test_the_relative_margin_uses_the_absolute_profit_of_the_incumbent(self):
        story = self.story(switch_margin_ppm="100000", reserve="-100")
        story.host(energy="1")
        story.bid(1, "0.4", 100)  # -2
        story.close()
        story.at(1).bid(2, "0.6", 100)  # -1.8, a lead of exactly a tenth
        self.assertEqual(story.close()[1:], [])
        story.at(2).edit(2, "0.60000001")  # two milliseconds cost 0.93 units, so nothing more is due
        self.assertEqual(story.close(), ["stopped 7 1 outbid", "started 7 2 -1.79999999"])

    def test_dwell_protects_from_the_first_won_close(self):
        story = self.story(dwell_min="1000")
        story.bid(1, "5")
        story.close(100)
        story.bid(2, "50")
        self.assertEqual(story.close(1099), ["charged 7 1 0.00005782 0"])
        # It won at 100, which is not later than 1100 - 1000.
        self.assertEqual(story.close(1100), ["charged 7 1 0.00000006 0", "stopped 7 1 outbid", "started 7 2 50"])

    def test_dwell_does_not_protect_an_ineligible_run(self):
        story = self.story(dwell_min="1000")
        story.bid(1, "5")
        story.close(100)
        story.rate(None)
        self.assertEqual(story.close(101)[1:], ["stopped 7 1 rate_missing"])

    def test_a_run_that_started_between_closes_is_not_protected_at_its_first_close(self):
        story = self.story(refill="at_once", dwell_min="1000", switch_margin="3")
        self.assertEqual(story.bid(1, "5"), ["started 7 1 5"])
        story.at(1).bid(2, "5.00000001")
        self.assertEqual(story.close()[1:], ["stopped 7 1 outbid", "started 7 2 5.00000001"])
        story.at(2).bid(3, "50")  # this run won the close at which it started
        self.assertEqual(story.close()[1:], [])

    def test_a_tie_does_not_replace_an_unprotected_run(self):
        story = self.story(refill="at_once")
        story.bid(1, "5")
        story.bid(2, "5")
        self.assertEqual(story.close(1), ["charged 7 1 0.00000006 0"])  # it has not won a close
        story.edit(1, "4")
        story.edit(2, "4")
        self.assertEqual(story.close(2)[1:], ["changed 7 1 4"])  # it has worsened

    def test_dwell_counts_from_the_first_close_that_left_the_run_in_place(self):
        story = self.story(refill="at_once", dwell_min="1000")
        story.bid(1, "5")
        story.close(600)
        story.bid(2, "6")
        self.assertEqual(story.close(1599)[1:], [])
        self.assertEqual(story.close(1600)[1:], ["stopped 7 1 outbid", "started 7 2 6"])

    def test_a_lower_price_or_more_watts_end_the_protection(self):
        for price, watts, is_protected in (("4.9", None, False), ("6", 101, False), ("5", None, True), ("5.1", 100, True)):
            story = self.story(dwell_min="10000", switch_margin="3")
            story.bid(1, "5")
            story.close(1)
            story.edit(1, price, watts)
            story.at(2).bid(2, "6.5")
            told = story.close()[1:]
            self.assertEqual(told == ["changed 7 1 " + price], is_protected)
            self.assertEqual(told == ["stopped 7 1 outbid", "started 7 2 6.5"], not is_protected)

    def test_worsened_lasts_for_the_rest_of_the_run(self):
        story = self.story(switch_margin="3")
        story.bid(1, "5")
        story.close(1)
        story.edit(1, "4")
        self.assertEqual(story.close(2)[1:], ["changed 7 1 4"])
        story.edit(1, "6")
        story.bid(2, "6.1")
        self.assertEqual(story.close(3)[1:], ["stopped 7 1 outbid", "started 7 2 6.1"])

    def test_only_terms_that_took_effect_worsen_a_run(self):
        story = self.story(switch_margin="3")
        story.bid(1, "5")
        story.close(1)
        story.edit(1, "4")
        story.edit(1, "5")
        story.bid(2, "6")
        self.assertEqual(story.close(2)[1:], ["changed 7 1 5"])

    def test_each_obstacle_stops_a_run_at_a_close(self):
        def cheap_host(story):
            story.host(min_bid="5.00000001")

        def other_rate(story):
            story.rate("100000")

        for why, spoil, currency, options in (
                ("price_below_host_minimum", cheap_host, MAIN, {}),
                ("price_below_market_minimum", other_rate, "bitcoin", {}),
                ("not_cached", lambda story: story.cached(1, False), MAIN, {"require_cached": True}),
                ("rate_missing", lambda story: story.rate(None), MAIN, {}),
                ("rate_missing", lambda story: story.rate(None), "bitcoin", {}),  # the rate of the main currency is needed too
                ("rate_missing", lambda story: story.rate(None, "bitcoin"), "bitcoin", {}),
                ("below_reserve", lambda story: story.tell("energy_price", id=7, usd="3"), MAIN, {})):
            story = self.story(**options)
            story.rate("1", "bitcoin")
            story.bid(1, "5", currency=currency)
            story.cached(1)
            self.assertEqual(story.close(1), ["started 7 1 5"])
            spoil(story)
            self.assertEqual(story.close(2)[1:], ["stopped 7 1 " + why])

    def test_the_market_s_maximum_does_not_stop_a_run_later(self):
        story = self.story()
        story.rate("1", "bitcoin")
        self.assertEqual(story.bid(2, "5000.00000001", currency="bitcoin"), ["rejected price_above_market_maximum"])
        story.bid(1, "5000", currency="bitcoin")
        story.rate("2", "bitcoin")
        self.assertEqual(story.close(), ["started 7 1 10000"])

    def test_limits_in_another_currency_are_compared_without_fees(self):
        story = Story()
        story.rate("2", fee_ppm=0)
        story.rate("10", "bitcoin", fee_ppm=500000)
        story.host(min_bid="5")
        self.is_told((story.bid(1, "0.99999999", currency="bitcoin"), ["rejected price_below_host_minimum"]),
                     (story.bid(1, "1", currency="bitcoin"), []), (story.close(), ["started 7 1 5"]),
                     (story.bid(2, "1000.00000001", currency="bitcoin"), ["rejected price_above_market_maximum"]),
                     (story.bid(2, "1000", currency="bitcoin"), []),
                     (story.bid(3, "5000.00000001"), ["rejected price_above_market_maximum"]),
                     (story.bid(3, "5000"), []))

    def test_a_rate_is_too_old_after_its_age(self):
        story = self.story(rate_age_max="1000")
        story.bid(1, "5")
        self.assertEqual(story.close(1000), ["started 7 1 5"])
        self.assertEqual(story.close(1001), ["charged 7 1 0.00000006 0", "stopped 7 1 rate_missing"])
        # Then a price in another currency is not compared.
        story.rate(None, "bitcoin")
        self.assertEqual(story.bid(2, "0.00000001", currency="bitcoin"), [])
        story.rate("1")
        story.rate("1", "bitcoin")
        self.assertEqual(story.bid(3, "0.00009999", currency="bitcoin"), ["rejected price_below_market_minimum"])
        self.assertEqual(story.bid(3, "0.0001", currency="bitcoin"), [])


class Time(Judged):
    # 86.4 coins per day are 1e-6 coin per millisecond, or 0.001 per second.

    def test_an_edit_of_a_running_bid_waits_for_the_close(self):
        story = self.story()
        story.bid(1, "86.4")
        story.close(0)
        self.assertEqual(story.at(400).edit(1, "172.8"), [])
        self.assertEqual(story.close(1000), ["charged 7 1 0.001 0", "changed 7 1 172.8"])
        self.assertEqual(story.close(2000), ["charged 7 1 0.002 0"])

    def test_an_edit_keeps_what_it_does_not_name_as_last_accepted(self):
        story = self.story()
        story.host(energy="1")
        story.bid(1, "86.4", 100)
        story.close(0)
        story.edit(1, "90", 200)
        story.edit(1, "91")
        self.assertEqual(story.close(1000)[1:], ["changed 7 1 86.2"])  # 91 - 4.8

    def test_an_edit_of_a_waiting_bid_takes_effect_at_once(self):
        story = self.story(refill="at_once")
        story.rate(None)
        story.bid(1, "5")
        story.rate("1")
        self.assertEqual(story.edit(1, "6"), ["started 7 1 6"])

    def test_an_edit_takes_effect_if_a_run_stops_earlier(self):
        story = self.story()
        story.bid(1, "86.4")
        story.close(0)
        story.edit(1, "100")
        story.at(500)
        self.assertEqual(story.status(online=False), ["charged 7 1 0.0005 0", "stopped 7 1 host_offline"])
        story.status(online=True)
        self.assertEqual(story.close(1000), ["started 7 1 100"])

    def test_a_cancel_of_a_running_bid_waits_for_the_close(self):
        story = self.story()
        story.bid(1, "86.4")
        story.bid(2, "80")
        story.close(0)
        self.assertEqual(story.at(400).cancel(1), [])
        for told in (story.cancel(1), story.edit(1, "90"), story.cached(1)):
            self.assertEqual(told, ["rejected bid_unknown"])
        self.assertEqual(story.bid(1, "90"), ["rejected bid_exists"])
        self.assertEqual(story.close(1000), ["charged 7 1 0.001 0", "stopped 7 1 cancelled", "removed 7 1", "started 7 2 80"])
        self.assertEqual(story.bid(1, "90"), [])

    def test_a_cancel_of_a_waiting_bid_has_no_further_event(self):
        story = self.story()
        story.bid(1, "5")
        self.assertEqual(story.cancel(1), [])
        self.assertEqual(story.close(0), [])

    def test_a_bid_whose_cancel_is_pending_goes_with_its_run(self):
        for end in ("status", "capabilities", "revoke", "remove"):
            story = self.story()
            story.bid(1, "86.4")
            story.close(0)
            story.cancel(1)
            story.at(1000)
            told, why = {
                "status": lambda: (story.status(working_properly=False), "host_malfunctioning"),
                "capabilities": lambda: (story.host(gpus=((101, 400),)), "overclock_invalid"),
                "revoke": lambda: (story.revoke(1), "revoked"),
                "remove": lambda: (story.tell("remove_host", id=7), "host_removed"),
            }[end]()
            self.assertEqual(told, ["charged 7 1 0.001 0", "stopped 7 1 " + why, "removed 7 1"])

    def test_cancelled_takes_precedence_over_expired(self):
        story = self.story()
        story.host(max_rental_length=1)
        story.bid(1, "86.4")
        story.close(0)
        story.cancel(1)
        self.assertEqual(story.close(1000)[1:], ["stopped 7 1 cancelled", "removed 7 1"])

    def test_a_bid_expires_at_the_first_close_at_or_after_its_time(self):
        story = self.story()
        story.host(max_rental_length=1)
        story.bid(1, "86.4")
        story.bid(2, "80")
        story.close(0)
        story.host(max_rental_length=100)  # bids that exist keep their expiry
        story.at(1).edit(2, "81")  # an edit does not change the expiry
        self.assertEqual(story.close(999), ["charged 7 1 0.000999 0"])
        self.assertEqual(story.close(1500), ["charged 7 1 0.000501 0", "stopped 7 1 expired", "expired 7 1", "expired 7 2"])

    def test_every_bid_expires_within_twenty_days(self):
        story = self.story()
        story.host(max_rental_length=2**31 - 1)
        story.bid(1, "5")
        self.assertEqual(story.close(20 * DAY - 1), ["started 7 1 5"])
        self.assertEqual(story.close(20 * DAY)[1:], ["stopped 7 1 expired", "expired 7 1"])

    def test_an_expired_bid_does_not_fill_a_host(self):
        story = self.story(refill="at_once")
        story.host(max_rental_length=1)
        story.rate(None)
        story.bid(1, "5")
        story.rate("1")
        self.assertEqual(story.at(1000).host(), [])
        self.assertEqual(story.at(1001).cached(1), [])  # the bid is known until the close
        self.assertEqual(story.close(), ["expired 7 1"])

    def test_an_unavailable_host_stops_its_run_at_once_with_the_first_reason(self):
        for flags, why in (({"online": False, "on_demand_rented": True, "working_properly": False}, "host_offline"),
                           ({"on_demand_rented": True, "working_properly": False}, "host_on_demand_rented"),
                           ({"working_properly": False}, "host_malfunctioning")):
            story = self.story()
            story.bid(1, "86.4")
            story.close(0)
            story.at(1000)
            # New capabilities that make the bid invalid come after all of these.
            self.assertEqual(story.host(gpus=((101, 400),), **flags), ["charged 7 1 0.001 0", "stopped 7 1 " + why])

    def test_new_capabilities_apply_to_the_present_terms_and_not_to_pending_ones(self):
        story = self.story()
        story.bid(1, "86.4", 200)
        story.close(0)
        story.edit(1, "90", 400)
        self.assertEqual(story.host(gpus=((100, 300),)), [])
        self.assertEqual(story.close(1000), ["charged 7 1 0.001 0", "stopped 7 1 overclock_invalid"])

        story = self.story(refill="at_once")
        story.bid(1, "86.4", 400)
        story.at(1000).edit(1, "90", 200)
        self.assertEqual(story.host(gpus=((100, 300),)),
                         ["charged 7 1 0.001 0", "stopped 7 1 overclock_invalid", "started 7 1 90"])

    def test_which_commands_refill_at_once(self):
        for refill, wanted in (("at_once", ["started 7 1 5"]), ("at_close", [])):
            for name, command in (
                    ("host", lambda story: story.host(energy="0")),
                    ("host_status", lambda story: story.status()),
                    ("energy_price", lambda story: story.tell("energy_price", id=7, usd="0")),
                    ("bid", lambda story: story.bid(3, "4")),
                    ("edit", lambda story: story.edit(2, "4")),
                    ("cached", lambda story: story.cached(2)),
                    ("cancel", lambda story: story.cancel(2)),
                    ("revoke", lambda story: [word for word in story.revoke(2) if word != "removed 7 2"])):
                story = self.story(refill=refill)
                story.rate(None)
                story.bid(1, "5")
                story.bid(2, "4")
                self.assertEqual(story.rate("1"), [], "a rate does not refill")
                self.assertEqual(command(story), wanted, name)

    def test_only_the_named_host_is_refilled(self):
        story = self.story(refill="at_once")
        story.host(8)
        story.rate(None)
        story.bid(1, "5")
        story.bid(2, "5", host=8)
        story.rate("1")
        self.assertEqual(story.status(8), ["started 8 2 5"])
        self.assertEqual(story.tell("remove_host", id=8), ["stopped 8 2 host_removed", "removed 8 2"])

    def test_a_revoked_run_is_replaced_at_once(self):
        story = self.story(refill="at_once")
        story.bid(1, "86.4")
        story.bid(2, "80")
        self.assertEqual(story.at(1000).revoke(1),
                         ["charged 7 1 0.001 0", "stopped 7 1 revoked", "removed 7 1", "started 7 2 80"])

    def test_the_order_inside_a_close(self):
        story = self.story(reserve="-1000")
        story.host(3, max_rental_length=1)
        story.bid(9, "86.4", host=3)
        story.bid(8, "80", host=3)
        story.bid(5, "86.4", host=7)
        story.bid(4, "80", host=7)
        story.close(0)
        story.cancel(5)
        story.edit(4, "81")
        self.assertEqual(story.close(1000), [
            "charged 3 9 0.001 0", "charged 7 5 0.001 0",
            "expired 3 8", "stopped 3 9 expired", "expired 3 9", "stopped 7 5 cancelled", "removed 7 5", "started 7 4 81"])

    def test_removing_a_host_removes_its_bids_in_order(self):
        story = self.story()
        for id in (3, 1, 2):
            story.bid(id, "86.4" if id == 2 else "5")
        story.close(0)
        story.edit(2, "90")
        self.assertEqual(story.at(1000).tell("remove_host", id=7), [
            "charged 7 2 0.001 0", "stopped 7 2 host_removed", "removed 7 1", "removed 7 2", "removed 7 3"])
        self.assertEqual(story.status(), ["rejected host_unknown"])

    def test_a_replaced_host_keeps_its_flags(self):
        story = self.story()
        story.host(min_bid="6", base_power=1000, online=False)
        self.assertEqual(story.bid(1, "5"), ["rejected host_unavailable"])
        story.host(energy="1")
        self.assertEqual(story.bid(1, "5"), ["rejected host_unavailable"])
        story.status(online=True)
        # The minimum and the base power went back to 0: 5 - 2.4.
        self.is_told((story.bid(1, "5"), []), (story.close(), ["started 7 1 2.6"]))

    def test_another_machine_needs_another_host(self):
        story = self.story()
        for gpus in ([], [{"pl": [1, 2]}] * 2, [{"pl": [1, 2], "model": "A"}]):
            self.assertEqual(story.tell("host", id=7, energy_price=0, gpus=gpus), ["rejected gpus_changed"])
        for model in (None, "", "absent", ""):  # an empty name counts as absent
            gpu = {"pl": [1, 2]} if model == "absent" else {"pl": [1, 2], "model": model}
            self.assertEqual(story.tell("host", id=7, energy_price=0, gpus=[gpu]), [])
        self.assertEqual(story.tell("host", id=7, energy_price=0, gpus=[{"pl": [1, 2], "model": " "}]), ["rejected gpus_changed"])

    def test_the_clock(self):
        story = Story(time_step_max="1000")
        self.assertEqual(story.at(10**15).status(), ["rejected host_unknown"])  # a rejected command does not set the clock
        self.assertEqual(story.market.events[-1]["time"], 10**15)
        story.at(5000).rate()
        self.assertEqual(story.at(6001).rate(), ["rejected time_too_far"])
        self.assertEqual(story.market.events[-1]["time"], 5000)
        self.assertEqual(story.at(4999).rate(), ["rejected time_went_backwards"])
        self.assertEqual(story.at(6000).status(), ["rejected host_unknown"])
        self.assertEqual(story.at(5000).rate(), [])  # the clock has not moved

    def test_a_close_can_be_too_soon(self):
        story = self.story(interval_min="1000")
        self.is_told((story.close(10), []), (story.close(1009), ["rejected close_too_soon"]), (story.close(1010), []))
        story = self.story()
        self.is_told((story.close(0), []), (story.close(0), ["rejected close_too_soon"]), (story.close(1), []))

    def test_a_fee_is_fixed_by_the_first_rate(self):
        story = Story()
        self.is_told((story.rate(None, fee_ppm=5), []), (story.rate("1"), []), (story.rate("2", fee_ppm=5), []),
                     (story.rate("2", fee_ppm=0), ["rejected fee_changed"]), (story.rate("2", fee_ppm=None), []),
                     (story.rate("1", "bitcoin"), []), (story.rate("1", "bitcoin", fee_ppm=1), ["rejected fee_changed"]),
                     (story.rate("1", "bitcoin", fee_ppm=0), []))

    def test_an_offline_host_can_have_a_queue(self):
        story = self.story(queue_unavailable=True, refill="at_once")
        story.status(online=False)
        self.is_told((story.bid(1, "5"), []), (story.edit(1, "6"), []), (story.close(), []),
                     (story.status(online=True), ["started 7 1 6"]))


class Bill(Judged):
    def test_a_charge_is_rounded_up_once_per_bid(self):
        story = self.story()
        story.bid(1, "0.0001")  # 10,000 units per day: one per 8,640 ms
        story.close(0)
        self.assertEqual(story.close(1), ["charged 7 1 0.00000001 0"])
        self.assertEqual(story.close(8640), [])  # exactly one unit is due
        self.assertEqual(story.close(8641), ["charged 7 1 0.00000001 0"])
        self.assertEqual(story.close(8640 * 3), ["charged 7 1 0.00000001 0"])

    def test_sums_include_all_runs_of_a_bid(self):
        story = self.story(refill="at_once")
        story.bid(1, "0.0001")
        told = []
        for time in range(0, 8640, 864):
            told += story.at(time).status(online=False) + story.status(online=True)
        self.assertEqual([word for word in told if word.startswith("charged")], ["charged 7 1 0.00000001 0"])

    def test_fees_are_rounded_down_as_sums(self):
        story = Story()
        story.rate("1", fee_ppm=333333)
        story.host()
        story.bid(1, "0.0001")
        story.close(0)
        told = [story.close(8640 * n)[0] for n in range(1, 5)]
        # floor(0.333333 x n) is 0, 0, 0, 1
        self.assertEqual(told, ["charged 7 1 0.00000001 0"] * 3 + ["charged 7 1 0.00000001 0.00000001"])

    def test_a_reused_id_owes_nothing(self):
        story = self.story()
        for time in (0, 10):
            story.at(time).bid(1, "0.0001")
            story.close()
            self.assertEqual(story.at(time + 5).revoke(1), ["charged 7 1 0.00000001 0", "stopped 7 1 revoked", "removed 7 1"])

    def test_two_prices_are_one_sum(self):
        story = self.story()
        story.bid(1, "0.0001")
        story.close(0)
        story.edit(1, "0.0002")
        self.assertEqual(story.close(4320), ["charged 7 1 0.00000001 0", "changed 7 1 0.0002"])  # half a unit, rounded up
        self.assertEqual(story.close(4320 + 2160), [])  # and the other half
        self.assertEqual(story.close(4320 + 2161), ["charged 7 1 0.00000001 0"])


class Rejection(Judged):
    def test_the_first_stage_that_fails_determines_the_error(self):
        story = self.story()
        story.bid(1, "5", owner=4)
        story.at(100).status()
        bad = {"id": 1.5, "host": 99, "owner": -1, "price": "0.000000001", "currency": MAIN, "oc": [{"pl": 0}]}

        def told(**fields):
            return story.tell("bid", **{**bad, **fields})[0].split(" ", 1)[1]

        story.at(99)
        self.assertEqual(told(currency=5), "malformed")
        self.assertEqual(story.market.events[-1]["time"], 100)
        self.assertEqual(told(), "time_went_backwards")
        story.at(101)
        self.assertEqual(told(), "number_too_precise")  # the id
        self.assertEqual(story.market.events[-1]["time"], 101)
        self.assertEqual(told(id=1), "number_out_of_range")  # the owner
        self.assertEqual(told(id=1, owner=1), "price_too_precise")
        self.assertEqual(told(id=1, owner=1, price=0, oc=[{"pl": 0.5}]), "number_too_precise")
        self.assertEqual(told(id=1, owner=1, price=0), "bid_exists")
        self.assertEqual(told(id=2, owner=1, price=0), "host_unknown")
        story.status(on_demand_rented=True)
        self.assertEqual(told(id=2, owner=1, price=0, host=7), "host_unavailable")
        story.status(on_demand_rented=False)
        self.assertEqual(told(id=2, owner=1, price=0, host=7), "power_limit_missing@0 price_not_positive")

    def test_a_number_is_first_out_of_range_and_then_too_precise(self):
        story = self.story()
        for usd, wanted in (("0", "number_out_of_range"), ("-1e-13", "number_out_of_range"), ("1e-13", "number_out_of_range"),
                            ("1e-12", None), ("1000000", None), ("1000000.0000000000001", "number_out_of_range"),
                            ("0.0000000000010", None), ("1e999999999999", "number_out_of_range")):
            self.assertEqual(story.rate(usd), ["rejected " + wanted] if wanted else [], usd)
        for price, wanted in (("-0.000000001", "number_out_of_range"), ("1000000.000000001", "number_out_of_range"),
                              ("0.000000001", "price_too_precise"), ("1e-400", "price_too_precise")):
            self.assertEqual(story.bid(1, price), ["rejected " + wanted], price)
        story.rate("0")
        self.assertEqual(story.host(min_bid="0.000000001"), ["rejected number_too_precise"])

    def test_fields_are_checked_in_the_order_of_the_rules_and_not_of_the_text(self):
        story = self.story()
        self.assertEqual(story.line('{"op":"edit","time":0,"owner":-1,"oc":[{"core_lock":0.5,"pl":-1}],"price":1e-9,"id":1}'),
                         ["rejected price_too_precise"])
        self.assertEqual(story.line('{"op":"edit","time":0,"owner":-1,"oc":[{"core_lock":0.5,"pl":-1}],"price":1,"id":1}'),
                         ["rejected number_out_of_range"])
        self.assertEqual(story.line('{"op":"edit","time":0,"owner":-1,"oc":[{"mem_lock":-1e7,"core_lock":0.5}],"price":1,"id":1}'),
                         ["rejected number_too_precise"])

    def test_all_violations_in_order(self):
        story = Story()
        story.rate()
        limits = {"pl": [100, 200], "core_lock": [300, 400], "mem_offset": [-5, 5]}
        story.tell("host", id=7, energy_price=0, min_bid=1, gpus=[limits, limits])
        env = {"": "v" * 1537, "k" * 129: "v" * 11000}
        oc = [{"pl": 201, "core_lock": 299, "mem_lock": 1, "core_offset": 0, "mem_offset": 6}, {"core_lock": 401, "mem_offset": -6}]
        self.assertEqual(story.bid(1, "0.00009999", oc=oc, env=env, image="x"), [
            "rejected power_limit_above_host_maximum@0 core_lock_below_minimum@0 mem_lock_not_supported@0 "
            "core_offset_not_supported@0 mem_offset_above_maximum@0 power_limit_missing@1 core_lock_above_maximum@1 "
            "mem_offset_below_minimum@1 price_below_market_minimum price_below_host_minimum environment_too_long "
            "environment_key_too_long environment_value_too_long environment_key_empty image_malformed"])
        self.assertEqual(story.bid(1, "5001", oc="absent"), ["rejected overclock_missing price_above_market_maximum"])
        self.assertEqual(story.bid(1, "0", oc=[{"pl": 1}]), ["rejected overclock_count_mismatch price_not_positive"])
        self.assertEqual(story.bid(1, "1", oc=[{"pl": 99}] * 33), ["rejected overclock_count_mismatch"])

    def test_an_edit_is_validated_as_the_complete_bid(self):
        story = self.story()
        story.bid(1, "5", 400)
        story.host(gpus=((100, 300),), min_bid="5")
        self.assertEqual(story.edit(1, "4"), ["rejected power_limit_above_host_maximum@0 price_below_host_minimum"])
        self.assertEqual(story.edit(1, "5", 300), [])

    def test_an_environment_has_exact_limits(self):
        story = self.story()
        ids = iter(range(1, 100))

        def told(env):
            return [word.split()[1:] for word in story.bid(next(ids), "5", owner=next(ids), env=env)]

        # {"k":"..."} has 8 bytes besides the value; an escaped character has two or six.
        many = {str(i): "v" * 1500 for i in range(8)}  # 8 x (1500 + 6) + 7 commas + 2 = 12,057
        self.assertEqual(told(dict(many, k="v" * 223)), [])  # 7 more, and 223: 12,287
        self.assertEqual(told(dict(many, k="v" * 224)), [["environment_too_long"]])
        self.assertEqual(told(dict(many, k="v" * 221 + "\n")), [])
        self.assertEqual(told(dict(many, k="v" * 222 + "\n")), [["environment_too_long"]])
        self.assertEqual(told(dict(many, k="v" * 217 + "\x01")), [])
        self.assertEqual(told(dict(many, k="v" * 218 + "\x01")), [["environment_too_long"]])
        self.assertEqual(told(dict(many, k="v" * 221 + "\u00e9")), [])
        self.assertEqual(told(dict(many, k="v" * 222 + "\u00e9")), [["environment_too_long"]])
        self.assertEqual(told({"\u00e9" * 64: "\u00e9" * 768}), [])
        self.assertEqual(told({"\u00e9" * 64 + "k": "\u00e9" * 768 + "v"}),
                         [["environment_key_too_long", "environment_value_too_long"]])

    def test_owners_and_ids(self):
        story = self.story()
        story.bid(1, "5", owner=4)
        self.is_told((story.edit(1, "6", owner=5), ["rejected not_owner"]), (story.edit(1, "6", owner=4), []),
                     (story.edit(1, "6", owner=None), []), (story.cancel(1, owner=5), ["rejected not_owner"]),
                     (story.cancel(2, owner=5), ["rejected bid_unknown"]), (story.revoke(2), ["rejected bid_unknown"]),
                     (story.bid(1, "0", host=8), ["rejected bid_exists"]), (story.cancel(1, owner=4), []))

    def test_ranges_of_a_host(self):
        story = Story()
        wrong, right = {"pl": [2, 1], "mem_lock": [1, 0]}, {"pl": [1, 1]}
        self.is_told((story.tell("host", id=7, energy_price=0, gpus=[]), ["rejected gpus_missing"]),
                     (story.tell("host", id=7, energy_price=0, gpus=[wrong, right, wrong]),
                      ["rejected range_inverted@0 range_inverted@2"]),
                     (story.tell("host", id=7, energy_price=0, gpus=[wrong] + [right] * 32), ["rejected range_inverted@0"]),
                     (story.tell("host", id=7, energy_price=0, gpus=[right] * 33), ["rejected limit_reached"]),
                     (story.tell("host", id=7, energy_price=0, gpus=[right] * 32), []))

    def test_limits(self):
        story = self.story(host_bids_max=3, owner_bids_max=2, currencies_max=2, name_bytes_max=8)
        self.is_told((story.bid(1, "5"), []), (story.bid(2, "5"), []), (story.bid(3, "5"), ["rejected limit_reached"]),
                     (story.bid(3, "5", owner=2, currency="c" * 8), ["rejected currency_unknown"]),
                     (story.rate("1", "c" * 9), ["rejected limit_reached"]), (story.rate("1", "c" * 8), []),
                     (story.bid(3, "5", owner=2, currency="c" * 8), []), (story.bid(4, "5", owner=3), ["rejected limit_reached"]),
                     (story.rate("1", "one more"), ["rejected limit_reached"]), (story.rate("1", "c" * 8), []),
                     (story.tell("host", id=8, energy_price=0, gpus=[{"pl": [1, 2], "model": "\u00e9" * 5}]),
                      ["rejected limit_reached"]))
        story.close()
        story.cancel(3)  # a waiting bid frees its place at once
        self.assertEqual(story.bid(4, "5", owner=3), [])

    def test_rejected_commands_leave_no_names(self):
        story = self.story(currencies_max=2)
        self.is_told((story.rate("0", "made up"), ["rejected number_out_of_range"]),
                     (story.rate("1", "bitcoin"), []), (story.rate("1", "made up"), ["rejected limit_reached"]))

    def test_a_bid_names_no_currency(self):
        story = self.story()
        for i in range(15):
            self.assertEqual(story.bid(1, "5", currency="made up %d" % i), ["rejected currency_unknown"])
        self.is_told((story.rate("1", "bitcoin"), []), (story.bid(1, "5", currency="bitcoin"), []),
                     (story.rate(None, "dogecoin"), []), (story.bid(2, "5", currency="dogecoin"), []),
                     (story.bid(2, "0", 1, currency="c"), ["rejected bid_exists"]),
                     (story.bid(3, "0", 1, host=8, currency="c"), ["rejected host_unknown"]),
                     (story.bid(3, "0", 1, currency="c"), ["rejected currency_unknown"]), (story.status(online=False), []),
                     (story.bid(3, "0", 1, currency="c"), ["rejected currency_unknown"]),
                     (story.bid(3, "0", 1), ["rejected host_unavailable"]))
        story = Story()
        story.host()
        self.assertEqual(story.bid(1, "5"), [])  # 7: "the main currency exists from the start"


class Text(Judged):
    def test_what_is_malformed(self):
        story = self.story()
        right = '{"op":"bid","time":0,"id":1,"host":7,"owner":1,"price":"5","currency":"c","oc":[{"pl":100}],"env":{"K":"v"}}'
        self.assertEqual(story.line(right), ["rejected currency_unknown"])
        story.rate("1", "c")
        for old, new in (
                ('{"op"', '"op"'), ("}}", "}"), ("}}", "}}}"), ("}}", "}} 1"), ('"bid"', '"Bid"'), ('"bid"', "5"), ('"op":"bid",', ""),
                ('"time":0,', ""), ('"time":0', '"time":"0"'), ('"time":0', '"time":null'), ('"time":0', '"time":00'),
                ('"id":1', '"id":"1"'), ('"id":1', '"id":null'), ('"price":"5"', '"price":" 5"'), ('"price":"5"', '"price":"05"'),
                ('"price":"5"', '"price":"+5"'), ('"price":"5"', '"price":""'), ('"price":"5"', '"price":"\u0665"'),
                ('"price":"5"', '"price":true'), ('"price":"5"', '"price":NaN'), ('"currency":"c"', '"currency":5'),
                ('"currency":"c"', '"currency":"\\ud800"'), ('"pl":100', '"pl":"100"'), ('"pl":100', '"pl":100,"u":1'),
                ('"pl":100', '"pl":100,"u":null'), ('"pl":100', '"pl":100,"x_u":1'), ('"env"', '"u":1,"env"'), ('"env"', '"x":1,"env"'),
                ('"env"', '"usd":null,"env"'), ('"env"', '"X_u":1,"env"'), ('"env"', '"x_\\ud800":1,"env"'), ('"env"', '"x_u":01,"env"'),
                ('{"K":"v"}', '{"K":null}'),
                ('[{"pl":100}]', '{"pl":100}'), ('[{"pl":100}]', "[null]"), ('{"K":"v"}', '{"K":1}'), ('{"K":"v"}', "[]"),
                ('{"K":"v"}', '{"K":"\\ud800"}'), ('{"K":"v"}', '{"\\ud800":"v"}'), ('"env"', '"u":"\t","env"')):
            self.assertIn(old, right)
            self.assertEqual(story.line(right.replace(old, new)), ["rejected malformed"], new)
        self.assertEqual(story.market.take(right.encode().replace(b'"v"', b'"\xff"'))[0]["reasons"], [{"code": "malformed"}])
        self.assertEqual(story.line(right.replace('"env"', '"x_u":{"\\ud800":1e999},"x_":null,"x_u":1,"env"')), [])
        host = '{"op":"host","time":0,"id":8,"energy_price":0,"gpus":[{"pl":[1,2],%s}]}'
        self.is_told((story.line(host % '"x_u":[]'), []), (story.line(host % '"u":[]'), ["rejected malformed"]),
                     (story.line(host % '"memlock":[1,2]'), ["rejected malformed"]),
                     (story.line(host % '"model":""'), []), (story.line(host % '"x_u":[]'), []))  # an empty name counts as absent
        self.is_told((story.line('{"op":"rate","time":0,"currency":"d","usd":1,"fee-ppm":25000}'), ["rejected malformed"]),
                     (story.line('{"op":"cancel","time":0,"id":1,"owner_id":1}'), ["rejected malformed"]))

    def test_rates_and_energy_prices_are_rounded_half_to_even(self):
        story = Story()
        for usd, count in (("0.0023000000000000004", 2_300_000_000), ("1.0000000000005", 10**12), ("1.0000000000015", 10**12 + 2),
                           ("1.00000000000050000000001", 10**12 + 1), ("0.00000000000051", 1)):
            self.assertEqual(story.rate(usd), [])
            self.assertEqual(story.market.rate(MAIN), count)
        for usd in ("5e-13", "0.0000000000004999", "1000000.0000000000001"):
            self.assertEqual(story.rate(usd), ["rejected number_out_of_range"])
        for energy, count in (("0.1000000005", 100_000_000), ("0.1000000015", 100_000_002), ("1e-30", 0), ("0.0000000005", 0)):
            self.assertEqual(story.host(energy=energy), [])
            self.assertEqual(story.market.hosts[7].energy_price, count)
            story.tell("energy_price", id=7, usd="9")
            self.assertEqual(story.tell("energy_price", id=7, usd=energy), [])
            self.assertEqual(story.market.hosts[7].energy_price, count)
        self.is_told((story.host(energy="1000.0000000001"), ["rejected number_out_of_range"]),
                     (story.host(base_power=0.5), ["rejected number_too_precise"]))

    def test_a_byte_order_mark_is_ignored(self):
        mark, close = b"\xef\xbb\xbf", b'{"op":"close","time":5}'
        for line, events in ((mark, []), (mark + b" \r", []), (mark + close, ["accepted"]), (mark + mark + close, ["rejected"]),
                             (b" " + mark + close, ["rejected"]), (mark[:2] + close, ["rejected"])):
            self.assertEqual([event["event"] for event in Market().take(line)], events, line)

    def test_usd_is_required(self):
        story = Story()
        self.is_told((story.line('{"op":"rate","time":0,"currency":"c"}'), ["rejected malformed"]),
                     (story.line('{"op":"rate","time":0,"currency":"c","usd":null}'), []),
                     (story.line('{"op":"rate","time":0,"currency":"c","usd":"1","usd":null}'), []))
        self.assertEqual(story.market.rate("c"), 10**12)

    def test_the_first_of_two_equal_keys_counts(self):
        story = self.story()
        self.is_told(
            (story.line('{"op":"close","op":"bid","time":3,"time":"x"}'), []),
            (story.line('{"op":null,"op":"close","time":4}'), ["rejected malformed"]),
            (story.line('{"time":4,"op":"bid","id":1,"host":7,"owner":1,"price":5,"price":"x","currency":"%s",'
                        '"oc":[{"pl":100,"pl":"x"}],"env":{"a":"b","a":"%s"}}' % (MAIN, "v" * 2000)), []),
            (story.close(5), ["started 7 1 5"]))

    def test_numbers_are_read_by_their_value(self):
        story = Story()
        for line in ('{"op":"rate","time":0.0,"currency":"%s","usd":1e0}' % MAIN,
                     '{"op":"host","time":0e9,"id":70e-1,"energy_price":"0.0e1","gpus":[{"pl":[1e2,400.00]}]}',
                     '{"op":"bid","time":0,"id":1.0,"host":7,"owner":-0,"price":"500000000000e-11","currency":"%s",'
                     '"oc":[{"pl":1000e-1}]}' % MAIN):
            self.assertEqual(story.line(line), [])
        self.assertEqual(story.close(), ["started 7 1 5"])

    def test_malformed_lines_are_commands_and_blank_lines_are_not(self):
        events = Market().feed(b'\n \t\r\n{"op":"close","time":1}\r\n{\n\n{"op":"close","time":5}')
        self.assertEqual([(event["command"], event["event"], event["time"]) for event in events],
                         [(1, "accepted", 1), (2, "rejected", 1), (3, "accepted", 5)])
        self.assertEqual(Market().feed(b"{")[0]["time"], 0)

    def test_events_as_text(self):
        story = Story()
        story.rate("0.0071", fee_ppm=25000)
        story.host(energy="0.11")
        story.bid(1, "620.5", 300, owner=2)
        story.close(0)
        story.at(1000).edit(1, "700", 300)
        story.close(60_000)
        story.bid(1, "5")
        story.revoke(1)
        # 620.5 x 0.0069225 - 0.792; 620.5 coins per day are 0.430902777... per minute
        self.assertEqual([line_of(event) for event in story.market.events if event["event"] != "accepted"], [
            '{"event":"started","time":0,"command":4,"host":7,"bid":1,"profit":"3.50341125"}',
            '{"event":"charged","time":60000,"command":6,"host":7,"bid":1,"owner":2,"currency":"CLORE-Blockchain",'
            '"amount":"0.43090278","fee":"0.01077256"}',
            '{"event":"changed","time":60000,"command":6,"host":7,"bid":1,"profit":"4.05375"}',
            '{"event":"rejected","time":60000,"command":7,"reasons":[{"code":"bid_exists"}]}',
            '{"event":"stopped","time":60000,"command":8,"host":7,"bid":1,"reason":"revoked"}',
            '{"event":"removed","time":60000,"command":8,"host":7,"bid":1}'])
        self.assertEqual(line_of(story.market.events[0]), '{"event":"accepted","time":0,"command":1}')

    def test_reasons_are_compared_by_code_and_gpu(self):
        event = {"event": "rejected", "time": 1, "command": 2, "reasons": [
            {"code": "a", "gpu": 0, "value": 480, "bound": 450, "unit": "W"}, {"code": "b", "detail": "c"}]}
        self.assertEqual(reduced(event)["reasons"], [{"code": "a", "gpu": 0}, {"code": "b"}])


if __name__ == "__main__":
    unittest.main()
