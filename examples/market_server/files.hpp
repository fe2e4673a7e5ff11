// Files that outlive a crash. POSIX.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace market_server {

/// A file descriptor that is closed. All functions throw std::system_error: a market that cannot
/// write must not go on.
class File {
public:
    File(const std::filesystem::path& path, int flags);
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;
    ~File();

    void append(std::string_view text) const;
    /// Returns when what was written is on the disk.
    void sync() const;
    void cut(std::size_t size) const;

private:
    int number_;
};

/// Writes all of a text to a file descriptor.
void write_all(int file, std::string_view text);

/// The whole file; nothing if there is none.
std::string read_file(const std::filesystem::path& path);

/// Makes what was created, renamed or removed in a folder last.
void sync_folder(const std::filesystem::path& folder);

/// Puts bytes into a file whole or not at all: under another name first, then on the disk, then in
/// place.
void replace_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

}  // namespace market_server
