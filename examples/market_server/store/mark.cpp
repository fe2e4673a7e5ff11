#include "mark.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "errors.hpp"

namespace market_server {
namespace {

constexpr std::string_view mark_magic = "gsmark1\n";

// The magic, the number, its chain, and the hash of all before. Written by one call within one
// sector, so a crash leaves the old bytes or the new ones.
constexpr std::size_t mark_checked = 32;
using MarkBytes = std::array<char, mark_checked + 16>;

std::string_view checked_part(const MarkBytes& bytes) { return {bytes.data(), mark_checked}; }

MarkBytes bytes_of_mark(const Mark::Place& place) {
    MarkBytes bytes{};
    auto end = std::copy(mark_magic.begin(), mark_magic.end(), bytes.begin());
    for (int i = 0; i < 8; ++i) *end++ = static_cast<char>(place.number >> (8 * i) & 0xff);
    end = std::copy_n(bytes_of(place.chain).begin(), place.chain.size(), end);
    std::copy_n(bytes_of(hash_of(checked_part(bytes))).begin(), 16, end);
    return bytes;
}

}  // namespace

Mark::Mark(const std::filesystem::path& path) : file_{path, O_RDWR | O_CREAT} {
    const std::string bytes = file_.read();
    if (bytes.empty()) return;
    Place place;
    if (bytes.size() == sizeof(MarkBytes)) {
        place.number = number_at(std::string_view{bytes}.substr(mark_magic.size()));
        std::memcpy(place.chain.data(), bytes.data() + 16, place.chain.size());
    }
    const MarkBytes expected = bytes_of_mark(place);
    if (bytes != std::string_view{expected.data(), expected.size()}) {
        throw DamagedStore{path.string() +
                           " is damaged. It says how far the journal went. Keep a copy of this "
                           "folder, then move the file away to trust market.db without it"};
    }
    found_ = place;
}

void Mark::write(const Place& place) const noexcept {
    const MarkBytes bytes = bytes_of_mark(place);
    static_cast<void>(::pwrite(file_.descriptor(), bytes.data(), bytes.size(), 0));
}

}  // namespace market_server
