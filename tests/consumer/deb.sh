# Tests the Debian package: its control fields, its files, and a consumer that finds it in a root without anything else.

source "$(dirname "$0")/shell.sh"
need dpkg dpkg
need dpkg-deb dpkg
need pkg-config pkg-config

cd "$checkout"
cmake --workflow --preset deb >"$work/log" || fail "$(cat "$work/log")"
package=$(echo build/deb/libgigaspot-dev_*_all.deb)

diff - <(dpkg-deb --field "$package" | grep -v '^Installed-Size:\|^$') <<END
Architecture: all
Depends: libboost-dev (>= 1.74)
Description: Matching engine for GPU spot markets
 C++ headers: the rules of a spot market for GPUs as values and pure
 functions, and an engine that keeps a live market by them: bids, exchange
 rates, switches and bills, exact to the last digit.
Maintainer: The gigaspot authors
Package: libgigaspot-dev
Priority: optional
Recommends: libfmt-dev (>= 9), libsimdjson-dev (>= 3)
Section: libdevel
Version: $VERSION
END

# An empty root simulates an empty machine. It lacks even the dependencies of the package, so dpkg must ignore them.
root=$work/root
mkdir -p "$root"/var/lib/dpkg/{info,updates}
touch "$root/var/lib/dpkg/status"
apt-get() {
    dpkg --root="$root" --force-depends --force-not-root --force-bad-path --log=/dev/null "--$1" "$2"
}
apt-get install ./build/deb/libgigaspot-dev_*_all.deb >"$work/log" 2>&1 || fail "$(cat "$work/log")"

diff - <(cd "$root" && find usr -type f -not -path 'usr/include/gigaspot/*' | sort) <<END
usr/share/cmake/gigaspot/gigaspotConfig.cmake
usr/share/cmake/gigaspot/gigaspotConfigVersion.cmake
usr/share/cmake/gigaspot/gigaspotTargets.cmake
usr/share/cmake/gigaspot/gigaspot_formatTargets.cmake
usr/share/cmake/gigaspot/gigaspot_snapshotTargets.cmake
usr/share/doc/libgigaspot-dev/copyright
usr/share/pkgconfig/gigaspot-format.pc
usr/share/pkgconfig/gigaspot-snapshot.pc
usr/share/pkgconfig/gigaspot.pc
END
diff -r "$checkout/include/gigaspot" "$root/usr/include/gigaspot"
! grep -rF "$consumers" "$root/usr" || fail "the package contains the path where it was built"

mv "$root" "$work/moved"
prefix=$work/moved/usr
cd "$work"
cmake -G Ninja -S "$consumers/find_package" -B build -D CMAKE_CXX_COMPILER="$CXX" -D CMAKE_PREFIX_PATH="$prefix" >log ||
    fail "$(cat log)"
grep -qxF "gigaspot_DIR:PATH=$prefix/share/cmake/gigaspot" build/CMakeCache.txt || fail "CMake found another gigaspot"
cmake --build build >log || fail "$(cat log)"
build/my_market
folder=$(PKG_CONFIG_LIBDIR=$prefix/share/pkgconfig pkg-config --cflags gigaspot | sed 's/^-I//; s/ *$//')
[ "$(realpath "$folder")" = "$prefix/include" ] || fail "gigaspot.pc leads to $folder"
