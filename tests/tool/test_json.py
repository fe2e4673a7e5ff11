"""Compares the JSON reader with Python's json module, in its strict form without NaN.

It reads thousands of damaged documents. The readers of snapshots, orders and the market's answer, and the slow
scan that finds the position of an error, must all agree with Python. The position must be within the text.
"""
import json
import os
import random
import struct
import subprocess
import unittest

VERDICT = os.environ["GIGASPOT_JSON_VERDICT"]

SNAPSHOT = (
    '{"7":{"bids":[{"owner":2,"id":1,"active":true,"price":2.5e1,"currency":"b\\u0069t\\n","pl":160,"z":[-0,1E-2]}],'
    '"on_demand_rented":false,"online":true,"gpus":[{"pl":[100,450],"model":"R\u00e9 \u4e2d\U0001d11e","u":{}}],\n'
    '"energy_price":0.1,"cuda":null,"u":[{"v":[true,null,"\\ud83d\\ude00"]},[],1e400]}}'
)
ORDERS = '[{"currency":"c","renting_server":7,"price":1.5,"oc":[{"pl":200,"core_lock":-1}],"env":{"k":"\\"v"}},\r\n\t0.10]'
ANSWER = '{"code":6,"error":"b\\/ad","clore_price":7.1e-3,"creation_fees":{"a":[0]}}'

# Bytes with a meaning in JSON, in one of its dialects, or for a fast parser. simdjson's table of operators also
# contains form feed and substitute (0x1a).
BYTES = b'{}[],:"\\/0123456789-+.eEtfnulrasbTNI \t\n\r\x00\x01\x0b\x0c\x1a\x1f\x7f\x80\xa0\xbf\xc0\xc2\xe2\xed\xef\xf4\xf5\xff\''
# Texts that are nearly JSON. They replace the value of a known field, of an unknown field, and an item.
PIECES = (
    "@@@ 01 -01 00 1. .5 +1 1e 1e+ 1e1.5 -.5 - 0x10 1_0 1,2 1:2 nul nulll nulL tru truee True fals NaN -NaN Infinity "
    "-Infinity undefined '' 'a' \"\\x\" \"\\u12\" \"\\u12g4\" \"\\u+123\" \"\\\" \"a \"a\"b \"a\"1 1\"a\" 1[] []1 {}{} [1,] [,1] [1,,2] {,} "
    "{1:2} {a:1} {\"a\"} {\"a\":} {\"a\":1,} {\"a\" 1} {:1} [ { ] } , : /**/1 //1 (1) \\u0031 \"\t\" \"\n\" \"\x00\" "
    "\"\x7f\" 1\x00 \ufeff1 \u00a01 \u20281 0 -0 0.0 1e5 1E+5 1e-5 -1 9e999999999 1e-999999999999999999999 "
    "123456789012345678901234567890.5 true false null [] {} \"\" \"\\u0000\" \"\\ud800\" \"\\udc00\\ud800\" \"\\/\\b\\f\\n\\r\\t\\\\\\\"\" "
    "\"a\":1 \"a\":[] \"a\":{} \"\\n\":[1] \"\\ud800\":[1] true:[1] 1:[1] null:{} [1]:[1] {}:{} "
    "[[],{}] {\"a\":{\"a\":1},\"a\":2} \"\u2028\""
).split(" ")
PLACES = ('{"7":%s}', '{"%%":{"u":%s}}', '{"7":{"u":[1,%s]}}', '{"7":{"online":%s}}', '{"7":{"bids":[{"pl":%s}]}}',
          '{"7":{"bids":[%s,1]}}', '{"7":{"cpu":%s,"online":true}}', '{"7":{"gpus":[{"pl":[%s,1]}]}}', "%s", "[%s]",
          '[{"price":%s}]', '[{"env":{"k":%s}}]', '{"code":%s}', '{"error":%s,"u":1}', " %s ", '{"u":{"u":{"u":[[%s]]}}}')


def is_json(data):
    def reject(name):
        raise ValueError(name)

    try:
        # Numbers stay text, because Python limits their digits and JSON does not. A mark in front is ignored.
        json.loads(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"), parse_constant=reject, parse_int=str, parse_float=str)
        return True
    except ValueError:  # json.JSONDecodeError and UnicodeDecodeError are ValueErrors
        return False


def read(texts):
    """Returns for each text the verdicts of all readers, and the position of the error."""
    data = b"".join(struct.pack("<I", len(text)) + text for text in texts)
    done = subprocess.run([VERDICT], input=data, stdout=subprocess.PIPE, check=True)
    lines = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    assert len(lines) == len(texts)
    return lines


def mutants():
    rng = random.Random(20240229)
    for document in (SNAPSHOT, ORDERS, ANSWER):
        data = document.encode()
        yield data
        for at in range(len(data)):
            yield data[:at]  # cut off
            yield data[:at] + data[at + 1 :]  # one byte removed
            yield data[:at] + data[at : at + 1] + data[at:]  # one byte doubled
            for byte in rng.sample(BYTES, 12):
                yield data[:at] + bytes([byte]) + data[at + 1 :]
                yield data[:at] + bytes([byte]) + data[at:]
            yield data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        for _ in range(1500):  # two places at once
            one, two = sorted(rng.sample(range(len(data)), 2))
            yield data[:one] + data[two:] if rng.random() < 0.5 else data[:one] + data[two:] + data[one:two]


class Json(unittest.TestCase):
    def check(self, texts):
        texts = list(texts)
        for text, (snapshot, orders, answer, scan, line, column) in zip(texts, read(texts)):
            wanted = int(is_json(text))
            self.assertEqual((snapshot, orders, answer, scan), (wanted,) * 4, text)
            is_empty = not text.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n")  # and has no position
            self.assertEqual((line, column) == (0, 0), bool(wanted) or is_empty, text)
            if not wanted and not is_empty:
                lines = text.split(b"\n")
                self.assertLessEqual(line, len(lines), text)
                self.assertLessEqual(column, len(lines[line - 1]) + 1, text)
        return len(texts)

    def test_the_documents_themselves_are_json(self):
        for document in (SNAPSHOT, ORDERS, ANSWER):
            self.assertTrue(is_json(document.encode()))

    def test_damaged_documents(self):
        self.assertGreater(self.check(mutants()), 15_000)

    def test_what_is_nearly_json_anywhere(self):
        self.check(place.replace("%s", piece).encode() for place in PLACES for piece in PIECES)

    def test_wrong_utf8_anywhere(self):
        wrong = (b"\x80", b"\xc0\xaf", b"\xc1\xbf", b"\xc3", b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xe2\x82",
                 b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xfe", b"\xff", b"\xef\xbb\xbf",
                 b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xf4\x8f\xbf\xbf", b"\xe0\xa0\x80", b"\xf0\x90\x80\x80", b"\xc2\x80")
        places = (b'{"7":{"u":"%b"}}', b'{"%b":1}', b'{"7":{"cpu":"a%b"}}', b'%b{}', b'{}%b', b'{"7":%b}', b'["\\u00e9%b')
        self.check(place.replace(b"%b", piece) for place in places for piece in wrong)

    def test_length_around_the_blocks_in_which_a_fast_parser_reads(self):
        for length in range(40, 140):
            pad = " " * length
            self.check(text.encode() for text in ('{"7":{}%s}' % pad, '{"%s":"\\\\"}' % pad, '{"7":"%s\\"}' % pad,
                                                  '["%s\u00e9"]' % pad, '["%s\t"]' % pad, '%s[1' % pad, '[1]%s]' % pad))


if __name__ == "__main__":
    unittest.main()
