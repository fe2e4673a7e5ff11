// The index of ids finds what std::unordered_map finds, with tags that collide on purpose.
#include <gigaspot/engine/store/id_index.hpp>

#include <cstdint>
#include <iterator>
#include <random>
#include <set>
#include <unordered_map>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/allocator.hpp>

#include <gigaspot/values/traits.hpp>

namespace {

using namespace gigaspot;
using detail::no_slot;

using Allocator = DefaultAllocator<unsigned char>;

/// Ids as in an engine: the index has slots, and a list has the id of each slot.
class Records {
public:
    explicit Records(std::uint32_t tags) : tags_{tags} {}

    void add(std::uint64_t id) {
        const auto slot = static_cast<std::uint32_t>(ids_.size());
        ids_.push_back(id);
        index_.make_room(index_.size() + 1, [&](std::uint32_t one) { return tag(ids_[one]); });
        index_.insert(tag(id), slot);
        plain_[id] = slot;
    }
    void remove(std::uint64_t id) {
        index_.erase(tag(id), plain_.at(id));
        plain_.erase(id);
    }
    [[nodiscard]] bool has(std::uint64_t id) const { return plain_.contains(id); }

    [[nodiscard]] bool finds_rightly(std::uint64_t id) const {
        const auto found = plain_.find(id);
        const std::uint32_t expected = found == plain_.end() ? no_slot : found->second;
        return index_.find(tag(id), [&](std::uint32_t slot) { return ids_[slot] == id; }) ==
               expected;
    }
    [[nodiscard]] bool has_right_size() const { return index_.size() == plain_.size(); }

private:
    /// Few tags, so that many ids share one. All begin at the end of the table, so that searches
    /// wrap.
    [[nodiscard]] std::uint32_t tag(std::uint64_t id) const {
        return 0xffff'ffff - static_cast<std::uint32_t>(id % tags_);
    }

    std::uint32_t tags_;
    std::vector<std::uint64_t> ids_{};
    std::unordered_map<std::uint64_t, std::uint32_t> plain_{};
    detail::IdIndex<Allocator> index_{Allocator{}};
};

TEST_CASE("an empty index finds nothing") {
    const detail::IdIndex<Allocator> index{Allocator{}};
    CHECK(index.find(0, [](std::uint32_t) { return true; }) == no_slot);
}

TEST_CASE("after any insertions and deletions, an index finds what std::unordered_map finds") {
    std::mt19937_64 random{3};
    for (const std::uint32_t tags : {1U, 2U, 3U, 16U, 17U, 100'000U}) {
        CAPTURE(tags);
        Records records{tags};
        constexpr std::uint64_t ids = 120;
        for (int step = 0; step < 6'000; ++step) {
            // The index grows and shrinks in turns.
            const std::uint64_t id = random() % ids;
            const bool grows = random() % 10 < (step / 1'000 % 2 == 0 ? 8U : 2U);
            if (grows && !records.has(id)) records.add(id);
            if (!grows && records.has(id)) records.remove(id);
            REQUIRE(records.finds_rightly(random() % ids));
            if (step % 50 != 0) continue;
            REQUIRE(records.has_right_size());
            for (std::uint64_t each = 0; each < ids; ++each) REQUIRE(records.finds_rightly(each));
        }
    }
}

TEST_CASE("after a smaller reserve, an index still finds all ids") {
    detail::IdIndex<Allocator> index{Allocator{}};
    const auto tag_of_slot = [](std::uint32_t slot) { return slot * 7; };
    index.make_room(1'000, tag_of_slot);
    for (std::uint32_t slot = 0; slot < 1'000; ++slot) index.insert(slot * 7, slot);
    index.make_room(10, tag_of_slot);
    for (std::uint32_t slot = 0; slot < 1'000; ++slot)
        CHECK(index.find(slot * 7, [&](std::uint32_t it) { return it == slot; }) == slot);
    CHECK(index.size() == 1'000);
}

TEST_CASE("a growing index finds all ids, and forgets erased ones") {
    detail::IdIndex<Allocator> index{Allocator{}};
    std::mt19937 random{9};
    std::vector<std::uint32_t> tags;
    const auto tag_of_slot = [&](std::uint32_t slot) { return tags[slot]; };
    const auto find = [&](std::uint32_t slot) {
        return index.find(tags[slot], [&](std::uint32_t it) { return it == slot; });
    };
    for (std::uint32_t slot = 0; slot < 50'000; ++slot) {
        // Some tags have equal low bits, others equal high bits.
        const auto draw = static_cast<std::uint32_t>(random());
        tags.push_back(slot % 3 == 0 ? draw << 8 : slot % 3 == 1 ? draw & 0xfff : draw);
        index.make_room(index.size() + 1, tag_of_slot);
        index.insert(tags[slot], slot);
    }
    for (std::uint32_t slot = 0; slot < 50'000; slot += 2) index.erase(tags[slot], slot);
    for (std::uint32_t slot = 0; slot < 50'000; ++slot)
        REQUIRE(find(slot) == (slot % 2 == 0 ? no_slot : slot));
    for (std::uint32_t slot = 1; slot < 50'000; slot += 2) index.erase(tags[slot], slot);
    CHECK(index.size() == 0);
    for (std::uint32_t slot = 0; slot < 50'000; ++slot) REQUIRE(find(slot) == no_slot);
}

TEST_CASE("a search ends where it began if every bucket has passed ids on") {
    detail::IdIndex<Allocator> index{Allocator{}};
    index.make_room(17, [](std::uint32_t) { return 0U; });  // two buckets of 12 places
    constexpr std::uint32_t second = 1U << 31;  // tags from here on begin in the second bucket
    for (std::uint32_t slot = 0; slot < 13; ++slot) index.insert(7, slot);  // one id is passed on
    for (std::uint32_t slot = 0; slot < 12; ++slot) index.erase(7, slot);
    for (std::uint32_t slot = 20; slot < 32; ++slot)
        index.insert(second, slot);  // one id is passed on
    CHECK(index.size() == 13);
    const auto find = [&](std::uint32_t tag, std::uint32_t slot) {
        return index.find(tag, [&](std::uint32_t it) { return it == slot; });
    };
    CHECK(find(7, 12) == 12);
    CHECK(find(7, 99) == no_slot);
    CHECK(find(second, 99) == no_slot);
    for (std::uint32_t slot = 20; slot < 32; ++slot) CHECK(find(second, slot) == slot);
}

/// Returns how many of 2^16 boxes the ids fall into.
template <class Next>
std::size_t homes_of(Next next) {
    std::set<std::uint32_t> homes;
    for (std::uint64_t i = 0; i < 65'536; ++i) homes.insert(detail::tag_of(BidId{next(i)}) >> 16);
    return homes.size();
}

TEST_CASE("ids that differ in few bits are spread like random numbers") {
    // 65,536 random balls leave 1 / e of 65,536 boxes empty: 41,427 boxes are hit.
    for (const int shift : {0, 1, 8, 16, 32, 48}) {
        CAPTURE(shift);
        CHECK(homes_of([&](std::uint64_t i) { return i << shift; }) > 38'000);
    }
    CHECK(homes_of([](std::uint64_t i) { return i * 1'000'000; }) > 38'000);
    CHECK(homes_of([](std::uint64_t i) { return i | 0xdead'beef'0000'0000; }) > 38'000);
}

}  // namespace
