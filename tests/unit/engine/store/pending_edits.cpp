// Each host has at most one edit that waits, and the list of hosts names each host once.
#include <gigaspot/engine/store/pending_edits.hpp>

#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/allocator.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

using Allocator = DefaultAllocator<unsigned char>;
using Edits = detail::PendingEdits<DefaultTraits, Allocator>;
using Host = detail::HostRecord<DefaultTraits>;
using Run = detail::RunRecord<DefaultTraits>;

std::vector<PackedProfile> as_list(std::span<const PackedProfile> profiles) {
    return {profiles.begin(), profiles.end()};
}

struct Shelf {
    Edits edits{Allocator{}};
    Run runs[3]{};

    Shelf() { edits.make_room(3, Allocator{}); }

    void set(detail::Slot host, Price price, Power watts) {
        const std::vector<PackedProfile> profiles(2, PackedProfile{OverclockProfile{watts}});
        edits.make_room(host, runs[host], 2);
        edits.set_profiles(host, profiles);
        detail::BookEntry terms;
        terms.set_price(price);
        edits.set(runs[host], {.terms = terms});
    }
};

TEST_CASE("an edit that waits has 24 bytes") { CHECK(sizeof(detail::PendingEdit) == 24); }

TEST_CASE("a later edit of a run replaces the earlier one and its profiles") {
    Shelf shelf;
    shelf.set(1, 10_coin_per_day, 300_W);
    shelf.set(2, 30_coin_per_day, 500_W);
    shelf.set(1, 20_coin_per_day, 400_W);
    CHECK(!shelf.runs[0].has_edit());
    CHECK(shelf.edits.profiles(0).empty());
    CHECK(shelf.edits.of(shelf.runs[1]).terms.price() == 20_coin_per_day);
    CHECK(as_list(shelf.edits.profiles(1)) ==
          std::vector<PackedProfile>(2, PackedProfile{OverclockProfile{400_W}}));
    CHECK(shelf.edits.of(shelf.runs[2]).terms.price() == 30_coin_per_day);
}

TEST_CASE("the next edit takes the place of a dropped one, and other edits stay") {
    Shelf shelf;
    shelf.set(0, 10_coin_per_day, 300_W);
    shelf.set(1, 20_coin_per_day, 300_W);
    const detail::Slot place = shelf.runs[0].edit;
    shelf.edits.drop(shelf.runs[0]);
    CHECK(!shelf.runs[0].has_edit());
    shelf.edits.drop(shelf.runs[0]);  // without an edit, this does nothing
    shelf.set(2, 30_coin_per_day, 300_W);
    CHECK(shelf.runs[2].edit == place);
    CHECK(shelf.edits.of(shelf.runs[1]).terms.price() == 20_coin_per_day);
}

TEST_CASE("a host that is added twice is listed once") {
    Shelf shelf;
    Host host{};
    shelf.edits.wait(2, host, shelf.runs[2]);
    shelf.edits.wait(2, host, shelf.runs[2]);
    REQUIRE(shelf.edits.hosts().size() == 1);
    CHECK(shelf.edits.hosts()[0] == 2);
    CHECK(bool{host.has_pending});
    shelf.edits.clear();
    CHECK(shelf.edits.hosts().empty());
}

TEST_CASE("a copy has its own edits and profiles") {
    Shelf shelf;
    shelf.set(1, 10_coin_per_day, 300_W);
    const Edits copy{shelf.edits};
    shelf.set(1, 20_coin_per_day, 400_W);
    CHECK(copy.of(shelf.runs[1]).terms.price() == 10_coin_per_day);
    CHECK(as_list(copy.profiles(1)) ==
          std::vector<PackedProfile>(2, PackedProfile{OverclockProfile{300_W}}));
}

}  // namespace
