#include "study/files.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include <fmt/format.h>

namespace simulator {

namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

}  // namespace

void fail_system(std::string_view what, const std::string& path) {
    throw SystemError{fmt::format("cannot {} {}: {}", what, path, std::strerror(errno))};
}

std::optional<std::string> try_read_file(const std::string& path) {
    const File file{std::fopen(path.c_str(), "rb")};
    if (!file) return std::nullopt;
    std::string content;
    std::array<char, 65'536> buffer{};
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get()))
        content.append(buffer.data(), size);
    if (std::ferror(file.get())) return std::nullopt;  // a folder, for example
    return content;
}

std::string read_file(const std::string& path) {
    errno = 0;
    std::optional<std::string> content = try_read_file(path);
    if (!content) fail_system("read", path);
    return *std::move(content);
}

void write_file(const std::string& path, std::string_view content) {
    const std::string temporary = path + ".new";
    File file{std::fopen(temporary.c_str(), "wb")};
    if (!file) fail_system("write", temporary);
    const bool is_written =
        std::fwrite(content.data(), 1, content.size(), file.get()) == content.size() &&
        std::fflush(file.get()) == 0;
    if (!is_written) fail_system("write", temporary);
    if (std::fclose(file.release()) != 0) fail_system("write", temporary);
    if (std::rename(temporary.c_str(), path.c_str()) != 0) fail_system("write", path);
}

void make_folder(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error || !std::filesystem::is_directory(path, error))
        throw SystemError{fmt::format("cannot create the folder {}: {}", path,
                                      error ? error.message() : "a file has this name")};
}

std::string join_path(const std::string& folder, std::string_view name) {
    return folder.empty() ? std::string{name} : fmt::format("{}/{}", folder, name);
}

}  // namespace simulator
