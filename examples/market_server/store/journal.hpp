// Where the journal lives, as the writer sees it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "../market/posting.hpp"

namespace market_server {

/// What becomes durable together: records, and the postings of the batch before.
struct Batch {
    std::string id{};                             ///< unique; the same batch again has the same id
    std::span<const std::string_view> records{};  ///< texts of records
    std::span<const Posting> previous{};          ///< postings of all records up to `applied`
    std::uint64_t applied = 0;  ///< all postings up to this record are in the books
};

enum class Append : std::uint8_t {
    durable,
    fenced,       ///< another writer has appended: this one must stop
    unavailable,  ///< nothing was appended; try again
};

/// Keeps records in order, numbered from 1. Used by one thread at a time.
class Journal {
public:
    virtual ~Journal() = default;

    /// Appends a batch after the record `expected`, which must be the last: whole or not at all.
    /// Returns `durable` only after everything is on the disk.
    [[nodiscard]] virtual Append append(const Batch& batch, std::uint64_t expected) = 0;
    /// The number of the last record; 0 if there is none.
    [[nodiscard]] virtual std::uint64_t last() = 0;
    /// Why the last `append` was `unavailable`; without secrets.
    [[nodiscard]] virtual const std::string& trouble() const = 0;
    /// Calls `take(number, text)` for each record after `after`, in order. Throws DamagedStore if a
    /// record differs from what was appended or is missing.
    virtual void read(std::uint64_t after,
                      const std::function<void(std::uint64_t, std::string_view)>& take) = 0;
};

}  // namespace market_server
