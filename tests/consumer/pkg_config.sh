# Tests gigaspot.pc in a prefix that was moved, and which libraries the headers include: the core only Boost, the rules
# none.

source "$(dirname "$0")/shell.sh"
need pkg-config pkg-config
export PKG_CONFIG_PATH=$PREFIX/share/pkgconfig

cp "$consumers/main.cpp" "$work"
cd "$work"
g++ -std=c++20 $(pkg-config --cflags gigaspot) main.cpp -o my_market
./my_market

[ "$(pkg-config --modversion gigaspot)" = "$VERSION" ] || fail "gigaspot.pc must have the version $VERSION"

# Prints the libraries that a header includes.
libraries_of() {
    echo "#include <gigaspot/$1>" | g++ -std=c++20 -M $(pkg-config --cflags gigaspot) -x c++ - |
        grep -oE '/(boost|fmt|simdjson|CLI)[/.]' | sort -u | tr -d '\n/.'
}
[ "$(libraries_of rules.hpp)" = "" ] || fail "rules.hpp includes $(libraries_of rules.hpp)"
[ "$(libraries_of gigaspot.hpp)" = boost ] || fail "gigaspot.hpp includes $(libraries_of gigaspot.hpp)"
[ "$(libraries_of format/rules.hpp)" = fmt ] || fail "format/rules.hpp includes $(libraries_of format/rules.hpp)"

edges="gigaspot-format gigaspot-snapshot"
g++ -std=c++20 $(pkg-config --cflags $edges) "$consumers/edges/main.cpp" -o edges $(pkg-config --libs $edges)
./edges
