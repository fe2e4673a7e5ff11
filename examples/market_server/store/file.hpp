// Files that survive a crash. Needs POSIX. All functions throw StoreError with the path and the
// text of errno, and try again if a signal interrupts them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace market_server {

/// Throws StoreError: what was tried, the path, and the text of errno.
[[noreturn]] void throw_errno(std::string_view tried, const std::filesystem::path& path);

/// Owns a file descriptor, which a started program does not inherit.
class File {
public:
    /// `flags` as for open(2).
    File(std::filesystem::path path, int flags, mode_t mode = 0600);
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;
    ~File();

    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    void write(std::string_view bytes) const;
    /// Everything from the current position on.
    [[nodiscard]] std::string read() const;
    /// Returns as soon as everything written is on the disk.
    void sync() const;

private:
    std::filesystem::path path_;
    int descriptor_;
};

/// The whole file; nothing if it does not exist.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& path);

/// The names in a folder, in no order.
[[nodiscard]] std::vector<std::string> names_in(const std::filesystem::path& folder);

/// Returns as soon as new, renamed and removed names in the folder are on the disk.
void sync_folder(const std::filesystem::path& folder);

/// Renames a synced file and syncs the folder.
void rename_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Removes a file if it exists.
void remove_file(const std::filesystem::path& path);

/// The name under which a file is written before it gets its own.
[[nodiscard]] std::filesystem::path draft_of(std::filesystem::path path);

/// Replaces a file completely or not at all: writes a draft, syncs and renames it. Only the owner
/// may read the file. `parts` are written one after the other.
void replace_file(const std::filesystem::path& path, std::span<const std::string_view> parts);

}  // namespace market_server
