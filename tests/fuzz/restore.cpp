// Any bytes as a saved market. The last word, a hash of all others, is made right, since no bytes
// would get past it by chance: what is behind it must hold by itself.
#include <cstring>
#include <vector>

#include <gigaspot/base/words.hpp>
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/save.hpp>

#include "fuzz.hpp"

using namespace gigaspot;

namespace {

void put_hash(std::vector<std::byte>& bytes) {
    detail::WordHash hash;
    for (std::size_t at = 0; at + 8 < bytes.size(); at += 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data() + at, 8);
        hash.put(detail::lowest_byte_first(word));
    }
    const std::uint64_t last = detail::lowest_byte_first(hash.value());
    std::memcpy(bytes.data() + bytes.size() - 8, &last, 8);
}

}  // namespace

void fuzz::restore(Bytes bytes) {
    std::vector<std::byte> saved(bytes.size());
    if (!saved.empty()) std::memcpy(saved.data(), bytes.data(), saved.size());
    if (saved.size() >= 8 && saved.size() % 8 == 0) put_hash(saved);
    auto engine = gigaspot::restore(std::span<const std::byte>{saved});
    if (!engine) {
        expect(engine.error() != Code::none, "refused without a reason");
        return;
    }
    const SavedBytes again = save(*engine);
    auto twin = gigaspot::restore(again);
    expect(twin.has_value(), "saved again, it is not restored");
    expect(save(*twin) == again, "restored and saved again: other bytes");
    expect(digest(*twin) == digest(*engine), "restored: another digest");

    // And it can go on.
    const Timestamp now = engine->now();
    for (const std::int64_t step : {0, 60'000, 86'400'000}) {
        if (!Timestamp::accepts(Int128{now.count()} + step)) break;
        const Timestamp then = Timestamp::unchecked(now.count() + step);
        std::vector<Event> events, of_twin;
        const auto done = engine->close(then, [&](const Event& event) { events.push_back(event); });
        const auto same = twin->close(then, [&](const Event& event) { of_twin.push_back(event); });
        expect(done.has_value() == same.has_value(), "a twin refuses what is taken");
        expect(events == of_twin, "a twin has other events");
        expect(digest(*twin) == digest(*engine), "a twin has another digest");
    }
    static_cast<void>(engine->totals());
}
