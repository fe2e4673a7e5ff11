// Rebuilds the market from its folder.
#pragma once

#include <vector>

#include "market/market.hpp"
#include "store/data_folder.hpp"

namespace market_server {

struct Recovered {
    Market market{};
    /// Postings that are not in the books yet.
    std::vector<Posting> previous{};
};

/// Takes the newest save, then the journal's records after it. Checks that the books hold exactly
/// what the records have moved. Throws DamagedStore or StoreError.
[[nodiscard]] Recovered recover(DataFolder& folder);

/// Writes the market as a save, so that the next start is quick.
void keep(DataFolder& folder, const Market& market, const std::vector<Posting>& previous);

}  // namespace market_server
