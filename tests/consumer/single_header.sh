# One header made of all: as strict as our own programs and in the narrowest dialect, in two translation units of one
# program, which says what a program of the headers says.

source "$(dirname "$0")/shell.sh"
need python3 python3

cd "$checkout"
python3 tests/consumer/amalgamate.py > gigaspot.hpp
mkdir "$work/gigaspot"
mv gigaspot.hpp "$work/gigaspot"
cd "$work"

# The same bytes each time, from wherever; nothing of ours is included, and nothing but Boost.
PYTHONHASHSEED=1 python3 "$checkout/tests/consumer/amalgamate.py" | cmp - gigaspot/gigaspot.hpp
! grep -nE '#include <(gigaspot|fmt|simdjson)' gigaspot/gigaspot.hpp || fail "these includes are too many"
! grep -nF "$consumers" gigaspot/gigaspot.hpp || fail "names where it was made"
grep -B1 '#include <sys/mman.h>' gigaspot/gigaspot.hpp | grep -q '^#if' || fail "a condition of an include is lost"
python3 "$checkout/tests/consumer/amalgamate.py" rules.hpp > rules.hpp
! grep -n '#include <boost' rules.hpp || fail "the rules need no Boost"

"$consumers/build/find_package/my_market" > expected  # made of the headers
[ -s expected ] || fail "a program of the headers says nothing"
for dialect in "" "-fno-exceptions -fno-rtti"; do
    g++ -std=c++20 $WARNINGS $dialect -I . "$consumers/main.cpp" "$consumers/single_header/second.cpp" -o single
    ./single > output
    diff expected output
done
g++ -std=c++20 $WARNINGS -fno-exceptions -fno-rtti -fsyntax-only -x c++ -include ./rules.hpp - <<END
#include "rules.hpp"
static_assert(gigaspot::validate(gigaspot::Bid{}, gigaspot::HostCapabilities{}).size() > 0);
END

# Beside a header of the library it says so.
echo '#include <gigaspot/values/units.hpp>
#include "./gigaspot/gigaspot.hpp"' > both.cpp
! g++ -std=c++20 -I "$checkout/include" -fsyntax-only both.cpp 2> errors || fail "accepted beside the headers"
grep -q "is included beside the headers" errors || fail "$(cat errors)"
