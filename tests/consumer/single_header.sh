# Tests the merged header: with our own warnings and without exceptions and RTTI, in two translation units of one
# program. The program must print the same as a program of the separate headers.

source "$(dirname "$0")/shell.sh"
need python3 python3

cd "$checkout"
python3 tests/consumer/amalgamate.py > gigaspot.hpp
mkdir "$work/gigaspot"
mv gigaspot.hpp "$work/gigaspot"
cd "$work"

# The script gives the same bytes from every folder. They include nothing of ours, and only Boost of other libraries.
PYTHONHASHSEED=1 python3 "$checkout/tests/consumer/amalgamate.py" | cmp - gigaspot/gigaspot.hpp
! grep -nE '#include <(gigaspot|fmt|simdjson)' gigaspot/gigaspot.hpp || fail "the merged header must not have these includes"
! grep -nF "$consumers" gigaspot/gigaspot.hpp || fail "the merged header contains the path where it was made"
grep -B1 '#include <sys/mman.h>' gigaspot/gigaspot.hpp | grep -q '^#if' || fail "the condition of an include is missing"
python3 "$checkout/tests/consumer/amalgamate.py" rules.hpp > rules.hpp
! grep -n '#include <boost' rules.hpp || fail "the merged rules must not include Boost"

"$consumers/build/find_package/my_market" > expected  # from the separate headers
[ -s expected ] || fail "the program of the separate headers printed nothing"
for dialect in "" "-fno-exceptions -fno-rtti"; do
    g++ -std=c++20 $WARNINGS $dialect -I . "$consumers/main.cpp" "$consumers/single_header/second.cpp" -o single
    ./single > output
    diff expected output
done
g++ -std=c++20 $WARNINGS -fno-exceptions -fno-rtti -fsyntax-only -x c++ -include ./rules.hpp - <<END
#include "rules.hpp"
static_assert(gigaspot::validate(gigaspot::Bid{}, gigaspot::HostCapabilities{}).size() > 0);
END

# An error tells when it is included beside a header of the library.
echo '#include <gigaspot/values/units.hpp>
#include "./gigaspot/gigaspot.hpp"' > both.cpp
! g++ -std=c++20 -I "$checkout/include" -fsyntax-only both.cpp 2> errors || fail "it compiles beside the separate headers"
grep -q "is included beside the headers" errors || fail "$(cat errors)"
