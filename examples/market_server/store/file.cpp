#include "file.hpp"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.hpp"

namespace market_server {
namespace {

/// Calls until no signal interrupts.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

}  // namespace

void throw_errno(std::string_view tried, const std::filesystem::path& path) {
    const int error = errno;
    throw StoreError{std::string{tried} + ' ' + path.string() + ": " +
                     std::generic_category().message(error)};
}

File::File(std::filesystem::path path, int flags, mode_t mode)
    : path_{std::move(path)}, descriptor_{uninterrupted(
                                  [&] { return ::open(path_.c_str(), flags | O_CLOEXEC, mode); })} {
    if (descriptor_ < 0) throw_errno("cannot open", path_);
}
File::File(File&& other) noexcept
    : path_{std::move(other.path_)}, descriptor_{std::exchange(other.descriptor_, -1)} {}
File& File::operator=(File&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}
File::~File() {
    if (descriptor_ >= 0) static_cast<void>(::close(descriptor_));
}

void File::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t written =
            uninterrupted([&] { return ::write(descriptor_, bytes.data(), bytes.size()); });
        if (written < 0) throw_errno("cannot write", path_);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string File::read() const {
    std::string bytes;
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) throw_errno("cannot read", path_);
    if (status.st_size > 0) bytes.reserve(static_cast<std::size_t>(status.st_size));
    std::array<char, 65536> piece{};
    while (true) {
        const ssize_t size =
            uninterrupted([&] { return ::read(descriptor_, piece.data(), piece.size()); });
        if (size < 0) throw_errno("cannot read", path_);
        if (size == 0) return bytes;
        bytes.append(piece.data(), static_cast<std::size_t>(size));
    }
}

void File::sync() const {
    if (uninterrupted([this] { return ::fsync(descriptor_); }) != 0) {
        throw_errno("cannot write to the disk", path_);
    }
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return std::nullopt;
        throw_errno("cannot read", path);
    }
    return File{path, O_RDONLY}.read();
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    try {
        for (const auto& entry : std::filesystem::directory_iterator{folder}) {
            names.push_back(entry.path().filename().string());
        }
    } catch (const std::filesystem::filesystem_error& error) {
        throw StoreError{"cannot read the folder " + folder.string() + ": " +
                         error.code().message()};
    }
    return names;
}

void sync_folder(const std::filesystem::path& folder) {
    File{folder, O_RDONLY | O_DIRECTORY}.sync();
}

void rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) throw_errno("cannot rename a file to", to);
    sync_folder(to.parent_path());
}

void remove_file(const std::filesystem::path& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw_errno("cannot remove", path);
}

std::filesystem::path draft_of(std::filesystem::path path) { return path += ".new"; }

void replace_file(const std::filesystem::path& path, std::span<const std::string_view> parts) {
    const std::filesystem::path draft = draft_of(path);
    remove_file(draft);
    try {
        const File file{draft, O_WRONLY | O_CREAT | O_EXCL};
        for (const std::string_view part : parts) file.write(part);
        file.sync();
    } catch (const StoreError&) {
        static_cast<void>(::unlink(draft.c_str()));  // a full disk needs the space back
        throw;
    }
    rename_file(draft, path);
}

}  // namespace market_server
