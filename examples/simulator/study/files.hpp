// gigaspot-simulate: files, read and written whole. Failures say which file and why.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "study/store.hpp"

namespace simulator {

/// Throws `SystemError` with the reason that the last system call gave.
[[noreturn]] void fail_system(std::string_view what, const std::string& path);

/// Throws `SystemError`.
[[nodiscard]] std::string read_file(const std::string& path);
/// Nothing if it cannot be read.
[[nodiscard]] std::optional<std::string> try_read_file(const std::string& path);
/// Writes to a new name and renames it, so that the file is always whole. Throws `SystemError`.
void write_file(const std::string& path, std::string_view content);
/// Creates a folder and those above it. Throws `SystemError`.
void make_folder(const std::string& path);
/// "dir/name", or the name alone if the folder is empty.
[[nodiscard]] std::string join_path(const std::string& folder, std::string_view name);

}  // namespace simulator
