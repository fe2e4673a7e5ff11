# Does what docs/tutorial.md says: the first program with one command of the compiler, then the same with CMake, in an
# empty folder. The files are the first piece of each kind on the page.

source "$(dirname "$0")/shell.sh"
need pkg-config pkg-config
export PKG_CONFIG_PATH=$PREFIX/share/pkgconfig CMAKE_PREFIX_PATH=$PREFIX

# Prints the first piece of a kind.
piece() {
    awk -v begin="\`\`\`$1" '$0 == begin && !found { found = inside = 1; next } $0 == "```" { inside = 0 } inside' "$page"
}
page=$SOURCE/docs/tutorial.md
cd "$work"
piece cpp > main.cpp
piece cmake > CMakeLists.txt
piece console | tail -n +2 > expected
[ -s main.cpp ] && [ -s CMakeLists.txt ] && [ -s expected ] || fail "$page has not the pieces that this test needs"

g++ -std=c++20 main.cpp $(pkg-config --cflags --libs gigaspot-format) -o my_market
./my_market > output
diff expected output

{
    cmake -G Ninja -B build
    cmake --build build
} > log 2>&1 || fail "$(cat log)"
build/my_market > output
diff expected output
