// Saves: copies of the market's state, from which a start is quick.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hash.hpp"

namespace market_server {

/// The state of a market after a record.
struct Save {
    std::uint64_t number = 0;  ///< of the record
    std::string bytes{};
};

/// Keeps the newest two saves of a market in files `save.<number>`. The journal alone can rebuild
/// the market, so a save may be moved away.
class Saves {
public:
    Saves(std::filesystem::path folder, const Hash& market);

    /// Writes a save completely or not at all, then removes all except the newest two. Throws
    /// StoreError if the disk is full or fails; the older saves remain.
    void write(std::uint64_t number, std::span<const std::byte> bytes) const;

    /// The newest save; nothing if there is none. Throws DamagedStore if the file is damaged, or if
    /// it is newer than the journal, which ends at record `last`.
    [[nodiscard]] std::optional<Save> newest(std::uint64_t last) const;

    /// Removes unfinished drafts.
    void remove_drafts() const;

private:
    [[nodiscard]] std::vector<std::uint64_t> numbers() const;
    [[nodiscard]] std::filesystem::path path_of(std::uint64_t number) const;

    std::filesystem::path folder_;
    Hash market_;
};

/// The number in a name `save.<number>`; nothing if it is another name.
[[nodiscard]] std::optional<std::uint64_t> save_number(const std::string& name);

}  // namespace market_server
