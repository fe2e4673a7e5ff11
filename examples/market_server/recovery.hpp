// Rebuilds the market from its folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "market/market.hpp"
#include "store/data_folder.hpp"

namespace market_server {

struct Recovered {
    Market market{};
    /// Postings that are not in the books yet.
    std::vector<Posting> previous{};
};

enum class Source : std::uint8_t {
    newest_save,   ///< and the journal's records after it
    journal_only,  ///< all records; the saves are ignored
};

/// Rebuilds the market. Checks that the books hold exactly what the records have moved. Throws
/// DamagedStore or StoreError.
[[nodiscard]] Recovered recover(DataFolder& folder, Source source = Source::newest_save);

/// The same for a server that starts now. Throws StoreError if closes are due for longer than
/// `downtime_max` ms: they would all be billed at once, and the clock may be wrong.
[[nodiscard]] Recovered recover_until(DataFolder& folder, std::int64_t now,
                                      std::int64_t downtime_max);

/// A time as people read it: "3 d 4 h", "5 min", "20 s".
[[nodiscard]] std::string duration_text(std::int64_t milliseconds);

/// A hash of the whole state, in hexadecimal: equal markets have equal digests.
[[nodiscard]] std::string digest(const Market& market);

/// Writes the market as a save, so that the next start is quick.
void keep(DataFolder& folder, const Market& market, const std::vector<Posting>& previous);

}  // namespace market_server
