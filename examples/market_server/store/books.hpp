// Reads the postings, and copies the whole market.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "../market/posting.hpp"
#include "sqlite.hpp"

namespace market_server {

/// The place of a posting in the order of all postings.
struct PostingPlace {
    std::uint64_t record = 0;
    std::uint32_t number = 0;
};

/// What all postings add up to for one side.
struct Sum {
    Side side{};
    std::string currency{};
    Units amount = 0;

    friend bool operator==(const Sum&, const Sum&) = default;
};

/// Reads `market.db` by a connection of its own, so that this needs no pause of the writer and may
/// run in another thread. Each object is used by one thread at a time. Throws DamagedStore if a
/// posting differs from what was written, and StoreError if the file cannot be read.
class Books {
public:
    explicit Books(const std::filesystem::path& file);

    /// The first postings of an account after a place, at most `limit`, in order. Account 0 has the
    /// fees, deposits and withdrawals of all. O(limit * log n), and a lookup per 1,024 records that
    /// it passes over.
    [[nodiscard]] std::vector<Posting> postings(std::uint64_t account, PostingPlace after,
                                                std::size_t limit);

    /// The text of a record, such as the one that caused a posting.
    [[nodiscard]] std::string record(std::uint64_t number);

    /// The sums of all postings, in the order of account, part and currency; zeros are included.
    /// O(n): it reads and checks each posting.
    [[nodiscard]] std::vector<Sum> sums();

private:
    Database database_;
    Hash market_{};
};

/// Copies the market as it is at one moment to a new file, while others append. Returns when the
/// copy is on the disk and each of its records was checked. `to` must not exist; until the copy is
/// complete, it has the name `to` with `.new` at its end. If a stop is requested, throws StoreError
/// and leaves no file.
void backup(const std::filesystem::path& file, const std::filesystem::path& to,
            std::stop_token stop = {});

}  // namespace market_server
