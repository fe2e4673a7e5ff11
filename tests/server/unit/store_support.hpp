// What the tests of the server's storage share.
#pragma once

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../examples/market_server/store/errors.hpp"
#include "../../../examples/market_server/store/sqlite_journal.hpp"

namespace store_test {

using namespace market_server;
namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

/// A new folder that is removed at the end.
class TempFolder {
public:
    explicit TempFolder(const fs::path& parent = fs::temp_directory_path()) {
        std::string name = (parent / "gigaspot_store_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"mkdtemp " + name};
        path_ = name;
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }
    [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }

private:
    fs::path path_;
};

/// A folder in memory if there is one, for tests that write many files.
inline fs::path quick_parent() {
    return ::access("/dev/shm", W_OK) == 0 ? fs::path{"/dev/shm"} : fs::temp_directory_path();
}

inline std::string bytes_in(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline void put(const fs::path& path, std::string_view bytes) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
}

/// Appends texts, and postings if there are any.
inline Append append(Journal& journal, const Texts& texts, std::uint64_t expected,
                     const std::string& id = {}, std::uint64_t applied = 0,
                     const std::vector<Posting>& postings = {}) {
    const std::vector<std::string_view> records{texts.begin(), texts.end()};
    return journal.append({id, records, postings, applied}, expected);
}

/// The texts after a record. Throws if the numbers have a gap.
inline Texts texts_of(Journal& journal, std::uint64_t after = 0) {
    Texts texts;
    journal.read(after, [&](std::uint64_t number, std::string_view text) {
        if (number != after + texts.size() + 1) throw std::logic_error{"a gap in the numbers"};
        texts.emplace_back(text);
    });
    return texts;
}

/// `count` texts that differ; the first has the number `first`.
inline Texts some_texts(std::size_t count, std::size_t first = 1) {
    Texts texts;
    for (std::size_t i = first; i < first + count; ++i) {
        texts.push_back("edit " + std::to_string(i) + ' ' + std::string(i % 300, 'x'));
    }
    return texts;
}

inline std::vector<Posting> one_deposit(std::uint64_t record, Units amount = 5) {
    return {{.record = record,
             .number = 0,
             .kind = PostingKind::deposit,
             .from = {0, Part::outside},
             .to = {7, Part::available},
             .currency = "bitcoin",
             .amount = amount,
             .reference = "by hand"}};
}

/// A folder that holds a market with the texts, appended in two batches, and closed.
inline void make_market(const fs::path& file, const Texts& texts) {
    SqliteJournal::create(file);
    SqliteJournal journal{file};
    const auto half = static_cast<std::ptrdiff_t>(texts.size() / 2);
    const Texts first{texts.begin(), texts.begin() + half};
    const Texts second{texts.begin() + half, texts.end()};
    if (append(journal, first, 0) != Append::durable ||
        append(journal, second, first.size()) != Append::durable) {
        throw std::runtime_error{"cannot make a market: " + journal.trouble()};
    }
}

/// Runs SQL on a closed market, as somebody with the sqlite3 program.
inline void run_sql(const fs::path& file, const std::string& sql) {
    sqlite3* handle = nullptr;
    sqlite3_open(file.c_str(), &handle);
    char* error = nullptr;
    sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &error);
    const std::string text = error != nullptr ? error : "";
    sqlite3_free(error);
    sqlite3_close(handle);
    if (!text.empty()) throw std::runtime_error{text + ": " + sql};
}

/// Starts a child that calls `work` and exits with its result, or 100 if it throws.
inline pid_t start_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    int result = 100;
    try {
        result = work();
    } catch (const std::exception& error) {
        static_cast<void>(::write(2, error.what(), std::string_view{error.what()}.size()));
    }
    ::_exit(result);
}

inline int run_child(const std::function<int()>& work) {
    int status = 0;
    ::waitpid(start_child(work), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// The text of the DamagedStore that `work` throws; empty if it throws none.
inline std::string damage_in(const std::function<void()>& work) {
    try {
        work();
    } catch (const DamagedStore& error) {
        return error.what();
    }
    return {};
}

inline bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace store_test
