#include "files.hpp"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace market_server {
namespace {

void check(bool is_done, const char* what) {
    if (!is_done) throw std::system_error{errno, std::generic_category(), what};
}

}  // namespace

File::File(const std::filesystem::path& path, int flags)
    : number_{::open(path.c_str(), flags | O_CLOEXEC, 0666)} {
    check(number_ >= 0, path.c_str());
}
File::File(File&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
File& File::operator=(File&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}
File::~File() {
    if (number_ >= 0) static_cast<void>(::close(number_));
}

void File::append(std::string_view text) const { write_all(number_, text); }
void File::sync() const { check(::fsync(number_) == 0, "fsync"); }
void File::cut(std::size_t size) const {
    check(::ftruncate(number_, static_cast<off_t>(size)) == 0, "ftruncate");
}

void write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        check(written >= 0, "write");
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void sync_folder(const std::filesystem::path& folder) {
    File{folder, O_RDONLY | O_DIRECTORY}.sync();
}

void replace_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
    std::filesystem::path draft = path;
    draft += ".new";
    const File file{draft, O_WRONLY | O_CREAT | O_TRUNC};
    file.append({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    file.sync();
    std::filesystem::rename(draft, path);
    sync_folder(path.parent_path());
}

}  // namespace market_server
