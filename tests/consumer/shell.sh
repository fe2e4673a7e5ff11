# What the ways of the shell share: a folder of their own, and names that stand for README's commands. Sourced.

set -euo pipefail
consumers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$consumers/add_subdirectory/gigaspot
work=$consumers/build/$(basename "$0" .sh)
rm -rf "$work"
mkdir -p "$work"

# README says g++ and cmake; here they are the compiler and the CMake of this build.
g++() { "$CXX" "$@"; }
cmake() { "$CMAKE" "$@"; }

fail() {
    echo "$*" >&2
    exit 1
}

# Ends the test as skipped where a tool is absent.
need() {
    command -v "$1" >/dev/null && return
    echo "skipped: $1 is missing, install the Debian package $2"
    exit 77
}
