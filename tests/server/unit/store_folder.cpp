// The data folder: its first start, its lock, its token, its saves.
#include "store_support.hpp"

#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <doctest/doctest.h>

#include "../../../examples/market_server/store/data_folder.hpp"

using namespace store_test;

namespace {

std::span<const std::byte> bytes_of_text(const std::string& text) {
    return std::as_bytes(std::span{text});
}

unsigned mode_of(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
}

std::string trouble_in(const std::function<void()>& work) {
    try {
        work();
    } catch (const StoreError& error) {
        return error.what();
    }
    return {};
}

/// A folder with a market of three records, and its token.
struct OldMarket {
    TempFolder parent{};
    fs::path path = parent / "data";
    std::string token{};

    OldMarket() {
        DataFolder folder{path};
        token = folder.admin_token();
        if (append(folder.journal(), {"a", "b", "c"}, 0) != Append::durable) {
            throw std::runtime_error{"cannot append"};
        }
    }
    [[nodiscard]] std::string damage() const {
        return damage_in([this] { DataFolder{path}; });
    }
};

/// Kills a child that opens the folder after its `calls`-th call of the system; false if it ends
/// earlier.
bool kill_at_call(const fs::path& path, int calls) {
    const pid_t child = start_child([&] {
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::raise(SIGSTOP);
        DataFolder{path};
        return 0;
    });
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSTOPPED(status));
    for (int i = 0; i < 2 * calls; ++i) {  // each call stops before and after
        REQUIRE(::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) == 0);
        ::waitpid(child, &status, 0);
        if (WIFEXITED(status)) {
            REQUIRE(WEXITSTATUS(status) == 0);
            return false;
        }
        REQUIRE(WIFSTOPPED(status));
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return true;
}

/// The writes (w), syncs (s) and renames (r) of a child that does some work.
std::string order_of_calls(const std::function<void()>& work) {
    const pid_t child = start_child([&] {
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::raise(SIGSTOP);
        work();
        return 0;
    });
    std::string order;
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD) == 0);
    while (WIFSTOPPED(status)) {
        __ptrace_syscall_info info{};
        ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info);
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
            switch (info.entry.nr) {
            case SYS_write: order += 'w'; break;
            case SYS_fsync: order += 's'; break;
#ifdef SYS_rename
            case SYS_rename: order += 'r'; break;
#endif
            case SYS_renameat: order += 'r'; break;
            default: break;
            }
        }
        REQUIRE(::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) == 0);
        ::waitpid(child, &status, 0);
    }
    REQUIRE(WEXITSTATUS(status) == 0);
    return order;
}

}  // namespace

TEST_CASE("the first start creates a private folder with a market and a token") {
    const TempFolder parent;
    const fs::path path = parent / "data";
    std::string token;
    {
        DataFolder folder{path};
        CHECK(folder.is_new());
        CHECK(folder.path() == path);
        CHECK(folder.journal().last() == 0);
        token = folder.admin_token();
        CHECK(token.size() == 64);
        CHECK(token.find_first_not_of("0123456789abcdef") == std::string::npos);
        CHECK(mode_of(path) == 0700);
        for (const char* name : {"lock", "market.db", "market.db-mark", "admin.token"}) {
            CAPTURE(name);
            CHECK(mode_of(path / name) == 0600);
        }
        CHECK(bytes_in(path / "admin.token") == token + '\n');
    }
    DataFolder again{path / ""};
    CHECK_FALSE(again.is_new());
    CHECK(again.admin_token() == token);
    CHECK(DataFolder{parent / "other"}.admin_token() != token);
}

TEST_CASE("an empty folder, or a new disk, is new") {
    for (const char* name : {"", "lock", "lost+found"}) {
        const TempFolder folder;
        if (*name != '\0') put(folder / name, "");
        CHECK(DataFolder{folder.path()}.is_new());
    }
}

TEST_CASE("a folder that cannot be one is rejected") {
    const TempFolder parent;
    put(parent / "file", "mine");
    CHECK(has(trouble_in([&] { DataFolder{parent / "file"}; }), "file is not a folder"));
    CHECK(has(trouble_in([&] { DataFolder{parent / "no/data"}; }), "No such file or directory"));
    CHECK_FALSE(fs::exists(parent / "no"));
    CHECK(bytes_in(parent / "file") == "mine");
}

TEST_CASE("a second server on the same folder is rejected while the first one runs") {
    const TempFolder parent;
    const fs::path path = parent / "data";
    {
        DataFolder folder{path};
        const auto second = [&] {
            const std::string trouble = trouble_in([&] { DataFolder{path}; });
            const std::string process = "process " + std::to_string(::getppid());
            return has(trouble, "in use by another server") && has(trouble, process) ? 0 : 1;
        };
        CHECK(run_child(second) == 0);
        CHECK(has(trouble_in([&] { DataFolder{path}; }), "in use by another server"));
        CHECK(append(folder.journal(), {"a"}, 0) == Append::durable);
    }
    CHECK(DataFolder{path}.journal().last() == 1);
}

TEST_CASE("a started program inherits no file of the folder") {
    const TempFolder parent;
    const DataFolder folder{parent / "data"};
    const std::string command = "ls -l /proc/self/fd | grep -q '" + parent.path().string() + "'";
    CHECK(WEXITSTATUS(std::system(command.c_str())) == 1);
}

TEST_CASE("a crash at any moment of the first start leaves a folder that starts") {
    const TempFolder parent{quick_parent()};
    bool was_killed = true;
    int new_again = 0;
    int calls = 0;
    while (was_killed) {
        const fs::path path = parent / std::to_string(++calls);
        CAPTURE(calls);
        was_killed = kill_at_call(path, calls);
        DataFolder folder{path};
        if (folder.is_new()) ++new_again;
        REQUIRE(folder.journal().last() == 0);
        REQUIRE(bytes_in(path / "admin.token") == folder.admin_token() + '\n');
        REQUIRE(append(folder.journal(), {"a"}, 0) == Append::durable);
        for (const auto& entry : fs::directory_iterator{path}) {
            CAPTURE(entry.path().string());
            REQUIRE_FALSE(has(entry.path().string(), ".new"));
        }
    }
    CHECK(calls > 50);
    CHECK(new_again > 10);          // killed before the market was there
    CHECK(calls - new_again > 10);  // and after
}

TEST_CASE_FIXTURE(OldMarket, "a crash at any moment of a later start changes nothing") {
    for (int calls = 1; kill_at_call(path, calls); calls += 7) {
        DataFolder folder{path};
        REQUIRE_FALSE(folder.is_new());
        REQUIRE(folder.admin_token() == token);
        REQUIRE(texts_of(folder.journal()) == Texts{"a", "b", "c"});
    }
}

TEST_CASE_FIXTURE(OldMarket, "a market that is missing is not created again") {
    fs::remove(path / "market.db");
    const std::string damage = this->damage();
    CHECK(has(damage, "market.db is missing, but the folder is not new"));
    CHECK(has(damage, "Nothing was deleted"));
    CHECK_FALSE(fs::exists(path / "market.db"));
    CHECK(fs::exists(path / "admin.token"));
    for (const char* left : {"market.db-mark", "save.3", "market.db-wal", "notes.txt"}) {
        const TempFolder folder;
        put(folder / left, "x");
        CAPTURE(left);
        CHECK(has(damage_in([&] { DataFolder{folder.path()}; }), left));
        CHECK(bytes_in(folder / left) == "x");
        CHECK_FALSE(fs::exists(folder / "market.db"));
    }
}

TEST_CASE_FIXTURE(OldMarket, "a token that is missing, cut or readable by others is rejected") {
    const fs::path file = path / "admin.token";
    SUBCASE("missing") {
        fs::remove(file);
        CHECK(has(damage(), "admin.token is missing, but the market is not new"));
        CHECK(has(damage(), "openssl rand -hex 32"));
        CHECK_FALSE(fs::exists(file));
        REQUIRE(std::system(("umask 077; openssl rand -hex 32 > " + file.string()).c_str()) == 0);
        CHECK(DataFolder{path}.admin_token() + '\n' == bytes_in(file));
    }
    SUBCASE("damaged") {
        for (const std::string& text : {std::string{}, token.substr(1), token + 'a', token + "\n\n",
                                        token.substr(1) + 'G', std::string(64, '\0')}) {
            put(file, text);
            CHECK(has(damage(), "admin.token does not have 64 hexadecimal digits"));
            CHECK_FALSE(has(damage(), token.substr(1, 20)));
            CHECK(bytes_in(file) == text);
        }
    }
    SUBCASE("readable") {
        for (const mode_t mode : {0604U, 0640U, 0620U}) {
            REQUIRE(::chmod(file.c_str(), mode) == 0);
            const std::string trouble = trouble_in([&] { DataFolder{path}; });
            CHECK(has(trouble, "chmod 600"));
            CHECK_FALSE(has(trouble, token));
        }
    }
    SUBCASE("without its line's end") {
        put(file, token);
        CHECK(DataFolder{path}.admin_token() == token);
    }
}

TEST_CASE_FIXTURE(OldMarket, "the newest of two saves is read, and older ones are removed") {
    DataFolder folder{path};
    CHECK_FALSE(folder.newest_save().has_value());
    std::string big(3000000, '\0');
    for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>(i * 7);
    for (const std::uint64_t number : {1U, 2U, 3U}) {
        folder.write_save(number, bytes_of_text(big + std::to_string(number)));
        const auto save = folder.newest_save();
        REQUIRE(save.has_value());
        CHECK(save->number == number);
        CHECK((save->bytes == big + std::to_string(number)));
    }
    CHECK_FALSE(fs::exists(path / "save.1"));
    CHECK(fs::exists(path / "save.2"));
    CHECK(mode_of(path / "save.3") == 0600);
    folder.write_save(3, {});
    CHECK(folder.newest_save()->bytes.empty());
}

TEST_CASE_FIXTURE(OldMarket, "a file is on the disk before it gets its name, and so is the name") {
    const DataFolder folder{path};
    const auto save = [&] { folder.write_save(3, bytes_of_text("three")); };
    CHECK(order_of_calls(save) == "wwsrs");
    const TempFolder parent2;
    const std::string order = order_of_calls([&] { DataFolder{parent2 / "data"}; });
    CHECK(has(order, "rs"));          // the market
    CHECK(order.ends_with("wwsrs"));  // the token
}

TEST_CASE_FIXTURE(OldMarket, "numbers of saves are compared as numbers") {
    DataFolder folder{path};
    REQUIRE(append(folder.journal(), some_texts(20), 3) == Append::durable);
    for (const std::uint64_t number : {8U, 9U, 10U}) folder.write_save(number, {});
    CHECK(folder.newest_save()->number == 10);
    CHECK_FALSE(fs::exists(path / "save.8"));
}

TEST_CASE_FIXTURE(OldMarket,
                  "a damaged save names the file, and without it the older one is read") {
    DataFolder folder{path};
    folder.write_save(2, bytes_of_text("two"));
    folder.write_save(3, bytes_of_text("three"));
    const fs::path file = path / "save.3";
    const std::string good = bytes_in(file);
    const auto check = [&](const std::string& bytes) {
        put(file, bytes);
        const std::string damage = damage_in([&] { static_cast<void>(folder.newest_save()); });
        CHECK(has(damage, file.string()));
        CHECK(has(damage, "Move it away"));
        CHECK(bytes_in(file) == bytes);
    };
    for (std::size_t i = 0; i < good.size(); ++i) {
        CAPTURE(i);
        check(good.substr(0, i));
        std::string bytes = good;
        bytes[i] = static_cast<char>(bytes[i] ^ 1);
        check(bytes);
    }
    check(good + '\0');
    check(bytes_in(path / "save.2"));
    fs::remove(file);
    CHECK(folder.newest_save()->bytes == "two");
}

TEST_CASE_FIXTURE(OldMarket, "a save of another market, or from after the journal, is rejected") {
    {
        const TempFolder parent2;
        DataFolder other{parent2 / "data"};
        REQUIRE(append(other.journal(), {"a", "b", "c"}, 0) == Append::durable);
        other.write_save(3, bytes_of_text("three"));
        fs::copy(parent2 / "data/save.3", path / "save.3");
        DataFolder folder{path};
        const std::string damage = damage_in([&] { static_cast<void>(folder.newest_save()); });
        CHECK(has(damage, "save.3 is a save of another market"));
        fs::remove(path / "save.3");
    }
    DataFolder folder{path};
    folder.write_save(4, bytes_of_text("four"));
    const std::string damage = damage_in([&] { static_cast<void>(folder.newest_save()); });
    CHECK(has(damage, "save.4 was made after record 4, but the journal ends at record 3"));
}

TEST_CASE_FIXTURE(OldMarket, "drafts of the server are removed, and other files remain") {
    const char* ours[] = {"save.7.new", "admin.token.new", "market.db.new",
                          "market.db.new-journal"};
    const char* others[] = {"save.x.new", "save.new",  "notes.new",
                            "save.7.old", "backup.db", "save.-1"};
    for (const char* name : ours) put(path / name, "x");
    for (const char* name : others) put(path / name, "x");
    DataFolder folder{path};
    for (const char* name : ours) CHECK_FALSE(fs::exists(path / name));
    for (const char* name : others) CHECK(bytes_in(path / name) == "x");
    CHECK_FALSE(folder.newest_save().has_value());
}

TEST_CASE_FIXTURE(OldMarket, "a backup in a new folder needs only a token") {
    const TempFolder folder;
    fs::copy(path / "market.db", folder / "market.db");
    CHECK(has(damage_in([&] { DataFolder{folder.path()}; }), "admin.token is missing"));
    put(folder / "admin.token", token);
    REQUIRE(::chmod((folder / "admin.token").c_str(), 0600) == 0);
    CHECK(texts_of(DataFolder{folder.path()}.journal()) == Texts{"a", "b", "c"});
}
