// Writes files so that they survive a crash. Needs POSIX.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace market_server {

/// Owns a file descriptor and closes it. All functions throw std::system_error, because a market
/// that cannot write must stop.
class File {
public:
    File(const std::filesystem::path& path, int flags);
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;
    ~File();

    void append(std::string_view text) const;
    /// Returns as soon as everything written so far is on the disk.
    void sync() const;
    /// Shortens the file to `size` bytes.
    void cut(std::size_t size) const;

private:
    int number_;
};

/// Writes the whole text to a file descriptor.
void write_all(int file, std::string_view text);

/// Returns the whole file, or an empty text if the file does not exist.
std::string read_file(const std::filesystem::path& path);

/// Returns as soon as all changes in the folder (new, renamed and removed files) are on the disk.
void sync_folder(const std::filesystem::path& folder);

/// Replaces a file completely or not at all. It writes a draft under another name, syncs it, and
/// renames it.
void replace_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

}  // namespace market_server
