"""Breaks the library on purpose, one plausible bug at a time, and checks that a test fails each time.

    python3 tests/mutants/run.py [--jobs N] [--only TEXT]

or `cmake --workflow --preset mutants`.

A mutant changes one place of a header in a copy of the headers. If two headers share a bug (such as
the writer and the reader of a save), it changes one place of each. The copy must compile. Then the
script builds and runs the tests that the mutant names. A test that does not compile has failed, too:
the tables of rules are static_asserts. A run takes 15 to 20 minutes of one processor, so it is not a
part of CI.
"""
import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from mutants import mutants

source = pathlib.Path(__file__).resolve().parents[2]
compiler = os.environ.get("CXX", "g++")
flags = ["-std=c++20", "-O0", f"-I{source}/tests"]
libraries = ["-lrapidcheck", "-lfmt", "-lsimdjson"]


def run(*command, folder=None):
    """Returns whether a command succeeds, and its errors. A mutant that hangs does not succeed."""
    environment = {**os.environ, "GIGASPOT_SHRINK": "0"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=240)
    except subprocess.TimeoutExpired:
        return False, b"timeout"
    return done.returncode == 0, done.stderr


def build(include, test, program):
    """Builds a test: `model`, `allocation`, or a file of tests/ without its suffix."""
    folder = source / "tests"
    if test == "model":
        files = [folder / "model/main.cpp"]
    elif test == "allocation":
        files = sorted((folder / "allocation").glob("*.cpp"))
    else:
        files = [main_object, folder / f"{test}.cpp"]
    return run(compiler, *flags, f"-I{include}", *files, *libraries, "-o", program)[0]


def is_red(include, test, folder):
    program = folder / test.replace("/", "_")
    if not build(include, test, program):
        return True
    command = [program, "0", "10"] if test == "model" else [program]
    return not run(*command, folder=folder)[0]


def kill(mutant):
    """Returns "killed", or what is wrong with the mutant or with the tests."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        include = folder / "include"
        shutil.copytree(source / "include", include)
        changes = ((mutant.header, mutant.old, mutant.new), *mutant.also)
        for place, old, new in changes:
            header = include / "gigaspot" / place
            text = header.read_text()
            if text.count(old) != 1:
                return f"applies {text.count(old)} times"
            header.write_text(text.replace(old, new))
        for place, _, _ in changes:
            is_valid, errors = run(compiler, *flags, f"-I{include}", "-fsyntax-only", "-x", "c++",
                                   include / "gigaspot" / place)
            if not is_valid:
                return "does not compile: " + errors.decode()[:300]
        is_seen = any(is_red(include, test, folder) for test in mutant.tests)
        return "killed" if is_seen else "survives"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments.add_argument("--only", default="", help="run only mutants whose text or header contains this")
    options = arguments.parse_args()
    chosen = [m for m in mutants if options.only in m.what + m.header]

    global main_object
    with tempfile.TemporaryDirectory() as name:
        main_object = pathlib.Path(name) / "main.o"
        run(compiler, *flags, "-c", source / "tests/unit/main.cpp", "-o", main_object)
        bad = 0
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for mutant, outcome in zip(chosen, pool.map(kill, chosen)):
                bad += outcome != "killed"
                print(f"{outcome}: {mutant.header}: {mutant.what}", flush=True)
    print(f"{len(chosen) - bad} of {len(chosen)} killed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
