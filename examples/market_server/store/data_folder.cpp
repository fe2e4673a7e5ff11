#include "data_folder.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.hpp"

namespace market_server {
namespace {

constexpr std::size_t token_digits = 64;

/// What an interrupted first start leaves: nothing that a market needs. A new disk has lost+found.
bool is_of_first_start(const std::string& name) {
    return name == "lock" || name == "lost+found" || name == "market.db.new" ||
           name == "market.db.new-journal";
}

bool is_token(std::string_view text) {
    return text.size() == token_digits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string new_token_advice(const std::filesystem::path& path) {
    return "Put it back, or make a new one: (umask 077; openssl rand -hex 32 > '" + path.string() +
           "')";
}

}  // namespace

DataFolder::DataFolder(std::filesystem::path folder) : path_{std::move(folder)} {
    path_ = std::filesystem::absolute(path_).lexically_normal();
    if (!path_.has_filename()) path_ = path_.parent_path();
    create_folder();
    lock();
    if (!has_market()) {
        create_market();
        is_new_ = true;
    }
    journal_ = std::make_unique<SqliteJournal>(database());
    saves_.emplace(path_, journal_->market());
    read_or_create_token();
    remove_drafts();
}

std::filesystem::path DataFolder::database() const { return path_ / "market.db"; }

void DataFolder::write_save(std::uint64_t number, std::span<const std::byte> bytes) const {
    saves_->write(number, bytes);
}

std::optional<Save> DataFolder::newest_save() { return saves_->newest(journal_->last()); }

/// Creates only the last folder of the path: if the others are missing, a disk may not be mounted.
void DataFolder::create_folder() const {
    if (::mkdir(path_.c_str(), 0700) == 0) {
        sync_folder(path_.parent_path());
        return;
    }
    if (errno != EEXIST) throw_errno("cannot create the folder", path_);
    struct stat status {};
    if (::stat(path_.c_str(), &status) != 0) throw_errno("cannot open the folder", path_);
    if (!S_ISDIR(status.st_mode)) throw StoreError{path_.string() + " is not a folder"};
}

void DataFolder::lock() {
    lock_.emplace(path_ / "lock", O_RDWR | O_CREAT);
    int result = 0;
    do {
        result = ::flock(lock_->descriptor(), LOCK_EX | LOCK_NB);
    } while (result != 0 && errno == EINTR);
    if (result != 0 && errno == EWOULDBLOCK) {
        std::string process = lock_->read();
        if (process.ends_with('\n')) process.pop_back();
        throw StoreError{path_.string() + " is in use by another server (process " + process +
                         "). Stop it, or use another folder"};
    }
    if (result != 0) throw_errno("cannot lock", lock_->path());
    if (::ftruncate(lock_->descriptor(), 0) != 0) throw_errno("cannot write", lock_->path());
    lock_->write(std::to_string(::getpid()) + '\n');
}

/// Whether there is a market. Throws if there is none although the folder is not new.
bool DataFolder::has_market() const {
    std::string strange;
    for (const std::string& name : names_in(path_)) {
        if (name == "market.db") return true;
        if (!is_of_first_start(name)) strange = name;
    }
    if (strange.empty()) return false;
    throw DamagedStore{database().string() + " is missing, but the folder is not new: it has " +
                       strange +
                       ". Put the file back, or use an empty folder for a new market or " +
                       "to restore a backup. Nothing was deleted"};
}

void DataFolder::create_market() const {
    const std::filesystem::path draft = draft_of(database());
    for (const char* end : {"", "-journal"}) remove_file(draft.string() + end);
    SqliteJournal::create(draft);
    rename_file(draft, database());
}

void DataFolder::read_or_create_token() {
    const std::filesystem::path path = path_ / "admin.token";
    const std::optional<std::string> text = read_file(path);
    if (!text) {
        if (journal_->last() != 0) {
            throw DamagedStore{path.string() + " is missing, but the market is not new. " +
                               new_token_advice(path)};
        }
        admin_token_ = random_hex(token_digits / 2);
        replace_file(path, std::array<std::string_view, 2>{admin_token_, "\n"});
        return;
    }
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) throw_errno("cannot read", path);
    if ((status.st_mode & 077) != 0) {
        throw StoreError{path.string() +
                         " is a secret that other users of this machine may read. " +
                         "Change that: chmod 600 '" + path.string() + "'"};
    }
    admin_token_ = *text;
    if (admin_token_.ends_with('\n')) admin_token_.pop_back();
    if (is_token(admin_token_)) return;
    throw DamagedStore{path.string() + " does not have 64 hexadecimal digits. " +
                       new_token_advice(path)};
}

void DataFolder::remove_drafts() const {
    for (const char* name : {"market.db.new", "market.db.new-journal", "admin.token.new"}) {
        remove_file(path_ / name);
    }
    saves_->remove_drafts();
}

}  // namespace market_server
