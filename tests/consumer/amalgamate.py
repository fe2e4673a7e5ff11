"""Merges headers of gigaspot and everything of gigaspot that they include, and prints the result.

usage: amalgamate.py [HEADER...]   such as rules.hpp; default: gigaspot.hpp, all except JSON and text

The merged header needs what its headers need: the standard library, Boost for the engine, fmt for
`format`, simdjson for `json`. The same headers give the same bytes. A program includes either the merged
header or the headers, not both.
"""
import pathlib
import re
import sys

source = pathlib.Path(__file__).resolve().parents[2]
folder = source / "include" / "gigaspot"
include = re.compile(r"# *include +(.*)")


class Amalgamation:
    def __init__(self):
        self.libraries = set()  # all headers of other libraries that are included
        self.seen = set()
        self.texts = []

    def add(self, name):
        """Adds a header's text after the texts of the headers that it includes."""
        if name in self.seen:
            return
        self.seen.add(name)
        depth = 0  # of conditions; an include under a condition stays in place
        lines = []
        for number, line in enumerate((folder / name).read_text().splitlines(), 1):
            if re.match(r"# *if", line):
                depth += 1
            elif re.match(r"# *endif", line):
                depth -= 1
            found = include.match(line)
            if line == "#pragma once":
                continue
            if not found:
                lines.append(line)
            elif own := re.fullmatch(r"<gigaspot/(.+)>", found[1]):
                if depth:
                    sys.exit(f"{name}:{number}: includes {own[1]} under a condition")
                self.add(own[1])
            elif not re.fullmatch(r"<[^>]+>", found[1]):
                sys.exit(f"{name}:{number}: this include has an unknown form: {line}")
            elif depth:
                lines.append(line)
            else:
                self.libraries.add(found[1])
        self.texts.append(f"// ---- gigaspot/{name}\n\n" + "\n".join(lines))


def is_standard(library):
    return re.fullmatch(r"<[a-z_0-9]+>", library) is not None


def main(roots):
    whole = Amalgamation()
    for root in roots:
        if not (folder / root).is_file():
            sys.exit(f"{folder} has no header {root}\n\n{__doc__}")
        whole.add(root)
    version = int(re.search(r"#define GIGASPOT_VERSION (\d+)", (folder / "base/config.hpp").read_text())[1])
    licence = (source / "LICENSE").read_text().rstrip("\n").splitlines()
    # Standard headers come first: without exceptions, g++ 12 needs <iterator> before Boost.
    standard = sorted(filter(is_standard, whole.libraries))
    others = sorted(whole.libraries.difference(standard))
    parts = [
        f"// gigaspot {version // 10_000}.{version // 100 % 100}.{version % 100}, {' and '.join(roots)} in one file. "
        "Made by tests/consumer/amalgamate.py: change the\n// headers in include/gigaspot, not this file.\n//",
        "\n".join(f"// {line}".rstrip() for line in licence),
        "#pragma once\n",
        "#ifdef GIGASPOT_VERSION\n"
        '#error "gigaspot in one file is included beside the headers that it is made of: include one or the other"\n'
        "#endif\n",
        "\n".join(f"#include {library}" for library in standard) + "\n",
        *(["\n".join(f"#include {library}" for library in others) + "\n"] if others else []),
        *whole.texts,
    ]
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    print(re.sub(r"\n{3,}", "\n\n", "\n".join(parts).rstrip("\n")))


if any(argument.startswith("-") for argument in sys.argv[1:]):
    sys.exit(__doc__)
main(sys.argv[1:] or ["gigaspot.hpp"])
