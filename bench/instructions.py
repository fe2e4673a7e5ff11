"""Counts the instructions that each kind of command takes, with valgrind.

    python3 bench/instructions.py build/bench/bin/gigaspot_instructions [OTHER]

A count is the same in every run on one machine and compiler, so a change of 0.1 % is visible.
With a second program, such as one built from an earlier version, it also prints the change.
"""
import re
import subprocess
import sys

# A function of bench/instructions/commands.cpp, what it does, and how often it is called.
counted = (
    ("count_new_price", "new price, with the choice of its host after it", 4_000),
    ("count_cancel", "cancel", 2_000),
    ("count_new_bid", "new bid", 4_000),
    ("count_close", "close of 40 hosts", 40),
)


def checksum(program):
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout.strip()


def instructions(program, function):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no",
               f"--toggle-collect=*{function}*", program]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def main(programs):
    for program in programs:
        print(f"{program}: checksum {checksum(program)}")
    for function, what, calls in counted:
        counts = [instructions(program, function) / calls for program in programs]
        change = f"  {100 * (counts[1] / counts[0] - 1):+.1f} %" if len(counts) == 2 else ""
        print(f"{what:52}" + "".join(f"{count:10,.0f}" for count in counts) + change)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1:])
