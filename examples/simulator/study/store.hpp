// gigaspot-simulate: the results of runs in a file, so that a study can be interrupted, continued
// and put together from shards.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "run/measures.hpp"
#include "scenario/table.hpp"

namespace simulator {

/// Something outside of the program failed, such as a full disk. The message says what and where.
class SystemError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What decides a run.
struct RunKey {
    std::uint64_t scenario = 0;  ///< `digest_of` the scenario
    std::uint64_t seed = 0;

    friend auto operator<=>(const RunKey&, const RunKey&) = default;
};

/// The results by key. With a path, each new one is also appended to this file, one per line, and
/// the file is locked against other processes. It is not thread-safe.
class Store {
public:
    /// In memory only.
    Store() = default;
    /// Opens the file or creates it. A last line that was cut is removed. Throws `InputError` if
    /// the file is damaged, of another version or in use, and `SystemError`.
    explicit Store(std::string path);
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    ~Store();

    /// Null if it is not there. Valid until the store is destroyed.
    [[nodiscard]] const RunResult* find(const RunKey& key) const;
    /// Adds a result. Throws `InputError` if another one is there, and `SystemError`.
    void add(const RunKey& key, const RunResult& result);
    [[nodiscard]] std::size_t size() const { return results_.size(); }
    [[nodiscard]] const std::map<RunKey, RunResult>& all() const { return results_; }

    /// The content of a file with the results of these keys that are there, sorted.
    [[nodiscard]] std::string sorted(const std::set<RunKey>& keys) const;

    /// Reads the results of a file without locking or changing it.
    [[nodiscard]] static std::map<RunKey, RunResult> read(const std::string& path);

private:
    void append(std::string_view text);

    std::string path_{};
    int file_ = -1;
    std::string fault_{};  ///< why a write failed; nothing is written after it
    std::map<RunKey, RunResult> results_{};
};

/// "0.5.0", the version of the program.
[[nodiscard]] std::string version();

}  // namespace simulator
