// Restores a market from any bytes. The target corrects the last word, which is a checksum of
// all others, because random bytes would never match it. The checks after that must work without
// it.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <gigaspot/base/words.hpp>
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/save.hpp>

#include "fuzz.hpp"

using namespace gigaspot;

namespace {

void put_checksum(std::vector<std::byte>& bytes) {
    const auto before = std::span{bytes}.first(bytes.size() - 8);
    const bool is_version_2 = before.size() >= 16 && detail::read_word(before.data() + 8) == 2;
    const std::uint64_t sum = is_version_2 ? detail::hash_of(before) : detail::checksum_of(before);
    detail::WordWriter{std::span{bytes}.last(8)}.put(sum);
}

}  // namespace

void fuzz::restore(Bytes bytes) {
    std::vector<std::byte> saved(bytes.size());
    if (!saved.empty()) std::memcpy(saved.data(), bytes.data(), saved.size());
    if (saved.size() >= 8 && saved.size() % 8 == 0) put_checksum(saved);
    auto engine = gigaspot::restore(std::span<const std::byte>{saved});
    if (!engine) {
        expect(engine.error() != Code::none, "a save is rejected without a reason");
        return;
    }
    const SavedBytes again = save(*engine);
    auto twin = gigaspot::restore(again);
    expect(twin.has_value(), "a market is not restored after it was saved again");
    expect(save(*twin) == again, "restored and saved again, the bytes differ");
    expect(digest(*twin) == digest(*engine), "restored, the digest differs");

    // The market can continue.
    const Timestamp now = engine->now();
    for (const std::int64_t step : {0, 60'000, 86'400'000}) {
        if (!Timestamp::accepts(Int128{now.count()} + step)) break;
        const Timestamp then = Timestamp::unchecked(now.count() + step);
        std::vector<Event> events, of_twin;
        const auto done = engine->close(then, [&](const Event& event) { events.push_back(event); });
        const auto same = twin->close(then, [&](const Event& event) { of_twin.push_back(event); });
        expect(done.has_value() == same.has_value(), "a twin decides otherwise on a command");
        expect(events == of_twin, "a twin has other events");
        expect(digest(*twin) == digest(*engine), "a twin has another digest");
    }
    static_cast<void>(engine->totals());
}
