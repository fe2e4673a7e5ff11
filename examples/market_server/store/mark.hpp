// A note of the last record, beside the journal.
#pragma once

#include <cstdint>
#include <optional>

#include "file.hpp"
#include "hash.hpp"

namespace market_server {

/// Remembers the last record in a second file, which is written after the record is on the disk and
/// is not synced. So it is never ahead of the journal. If the journal ends before it, the journal
/// has lost records, such as those in a file `market.db-wal` that was cut or removed.
class Mark {
public:
    struct Place {
        std::uint64_t number = 0;
        Hash chain{};
    };

    /// Opens or creates the file. Throws DamagedStore if it holds something else.
    explicit Mark(const std::filesystem::path& path);

    /// What the file held when it was opened; nothing if it is new.
    [[nodiscard]] const std::optional<Place>& found() const { return found_; }
    /// An error is ignored: the note is then older than the journal, which is allowed.
    void write(const Place& place) const noexcept;
    void sync() const { file_.sync(); }
    [[nodiscard]] const std::filesystem::path& path() const { return file_.path(); }

private:
    File file_;
    std::optional<Place> found_{};
};

}  // namespace market_server
