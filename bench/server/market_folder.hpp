// Writes folders of made-up markets without a server, by the same classes that the server uses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "market/market.hpp"
#include "store/data_folder.hpp"

namespace market_load {

inline constexpr std::uint64_t first_machine = 1;

/// Milliseconds since 1970.
[[nodiscard]] std::int64_t time_now();

/// Appends records to the journal of a new folder and applies them, many per transaction.
class FolderWriter {
public:
    /// `begun`: the time of the first records, in ms since 1970.
    FolderWriter(const std::filesystem::path& folder, std::int64_t begun);

    /// Appends a record. Throws std::runtime_error if its answer is an error.
    const market_server::Outcome& add(market_server::Op op, std::uint64_t account,
                                      std::string body);
    /// The time of the records that follow.
    void set_time(std::int64_t time) { time_ = time; }
    [[nodiscard]] std::int64_t time() const { return time_; }
    [[nodiscard]] const market_server::Market& market() const { return market_; }

    /// Adds an account with a token.
    std::uint64_t add_account(std::string_view kind, std::string_view token);
    /// Makes all records durable.
    void finish();
    /// Also writes a save, as a server does when it stops.
    void finish_with_save();

private:
    void append();

    market_server::DataFolder folder_;
    market_server::Market market_{};
    std::int64_t time_;
    std::vector<std::string> records_{};                  ///< not appended yet
    std::uint64_t appended_ = 0;                          ///< how many records are
    std::vector<market_server::Posting> postings_{};      ///< of appended records, not in the books
    std::vector<market_server::Posting> new_postings_{};  ///< of records not appended yet
    market_server::Outcome outcome_{};
};

struct MarketSize {
    std::size_t machines = 0;
    std::size_t renters = 0;
};

/// A market with one provider, machines from `first_machine` on, and renters with tokens and money.
struct MadeMarket {
    std::vector<std::string> tokens{};     ///< of the renters
    std::vector<std::uint64_t> renters{};  ///< accounts
};
MadeMarket make_market(FolderWriter& writer, MarketSize size);

/// The number of GPUs of a machine.
[[nodiscard]] inline std::size_t gpus_of(std::size_t machine) { return 1 + machine % 4; }

/// An order to create, as the API takes it. `tick` makes prices differ: 1e-6 coin per day each.
[[nodiscard]] std::string order_text(std::uint64_t machine, std::uint64_t tick);
/// The body of an edit.
[[nodiscard]] std::string edit_text(std::uint64_t order, std::uint64_t tick);

/// Fills the market with bids that the renters share.
void add_bids(FolderWriter& writer, const MadeMarket& made, MarketSize size, std::size_t bids);

/// Adds records until there are `count`: of renters' records 30 % create, 50 % edit and 20 %
/// cancel, with a close per minute.
void add_records(FolderWriter& writer, const MadeMarket& made, MarketSize size,
                 std::uint64_t count);

}  // namespace market_load
