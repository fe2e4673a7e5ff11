# Gives the shell scripts a folder of their own and the commands of README. They source this file.

set -euo pipefail
consumers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$consumers/add_subdirectory/gigaspot
work=$consumers/build/$(basename "$0" .sh)
rm -rf "$work"
mkdir -p "$work"

# README uses g++ and cmake; here these run the compiler and the CMake of this build.
g++() { "$CXX" "$@"; }
cmake() { "$CMAKE" "$@"; }

fail() {
    echo "$*" >&2
    exit 1
}

# Ends the test as skipped if a tool is missing.
need() {
    command -v "$1" >/dev/null && return
    echo "skipped: $1 is missing, install the Debian package $2"
    exit 77
}
