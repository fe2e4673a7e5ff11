#include "study/store.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include <gigaspot/base/config.hpp>

#include "study/files.hpp"
#include "study/plan.hpp"

namespace simulator {

namespace {

std::string header() { return fmt::format("gigaspot-simulate {} runs 1\n", version()); }

std::string write_line(const RunKey& key, const RunResult& result) {
    std::string line = fmt::format("{:016x} {} {:016x}", key.scenario, key.seed, result.digest);
    for (const std::int64_t value : result.values) line += fmt::format(" {}", value);
    line += fmt::format(" {}", result.kinds.size());
    for (const KindResult& kind : result.kinds)
        line += fmt::format(" {} {} {} {} {}", kind.jobs, kind.surplus_per_job, kind.paid_per_job,
                            kind.work_per_job, kind.switches_per_job);
    line += fmt::format(" {}", result.hours.size());
    for (const HourPoint& hour : result.hours)
        line += fmt::format(" {} {} {}", hour.rate, hour.income, hour.running);
    return fmt::format("{} {:016x}\n", line, digest_of(std::string_view{line}));
}

/// Takes numbers from the front of a line. After a fault, all are 0.
class Numbers {
public:
    explicit Numbers(std::string_view line) : rest_{line} {}

    template <class Number>
    Number take(int base = 10) {
        Number number = 0;
        const char* const end = rest_.data() + rest_.size();
        const auto read = std::from_chars(rest_.data(), end, number, base);
        if (read.ec != std::errc{}) is_good_ = false;
        rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
        if (rest_.starts_with(' ')) rest_.remove_prefix(1);
        return is_good_ ? number : Number{0};
    }
    /// A number of things of which each takes two letters or more.
    std::size_t take_size() {
        const auto size = take<std::size_t>();
        if (size > rest_.size() / 2) is_good_ = false;
        return is_good_ ? size : 0;
    }
    [[nodiscard]] bool is_done() const { return is_good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool is_good_ = true;
};

std::optional<std::pair<RunKey, RunResult>> read_line(std::string_view line) {
    const std::size_t space = line.rfind(' ');
    if (space == std::string_view::npos) return std::nullopt;
    Numbers check{line.substr(space + 1)};
    const auto digest = check.take<std::uint64_t>(16);
    line = line.substr(0, space);
    if (!check.is_done() || digest != digest_of(line)) return std::nullopt;
    Numbers numbers{line};
    RunKey key;
    RunResult result;
    key.scenario = numbers.take<std::uint64_t>(16);
    key.seed = numbers.take<std::uint64_t>();
    result.digest = numbers.take<std::uint64_t>(16);
    for (std::int64_t& value : result.values) value = numbers.take<std::int64_t>();
    result.kinds.resize(numbers.take_size());
    for (KindResult& kind : result.kinds) {
        kind.jobs = numbers.take<std::int64_t>();
        kind.surplus_per_job = numbers.take<std::int64_t>();
        kind.paid_per_job = numbers.take<std::int64_t>();
        kind.work_per_job = numbers.take<std::int64_t>();
        kind.switches_per_job = numbers.take<std::int64_t>();
    }
    result.hours.resize(numbers.take_size());
    for (HourPoint& hour : result.hours) {
        hour.rate = numbers.take<std::int64_t>();
        hour.income = numbers.take<std::int64_t>();
        hour.running = numbers.take<std::int64_t>();
    }
    if (!numbers.is_done()) return std::nullopt;
    return std::pair{key, std::move(result)};
}

/// Adds the results of a file's content. Returns how many bytes of it are whole lines.
std::size_t parse(std::string_view content, const std::string& path,
                  std::map<RunKey, RunResult>& results) {
    std::size_t begin = 0;
    for (std::size_t line_number = 1; begin < content.size(); ++line_number) {
        const std::size_t end = content.find('\n', begin);
        if (end == std::string_view::npos) break;  // a process that was killed cut it
        const std::string_view line = content.substr(begin, end + 1 - begin);
        if (line_number == 1) {
            if (line != header())
                throw InputError{fmt::format(
                    "{}: is not of gigaspot-simulate {}, and results of versions do not mix; "
                    "choose another --out",
                    path, version())};
        } else if (auto read = read_line(line.substr(0, line.size() - 1))) {
            results.insert(std::move(*read));
        } else {
            throw InputError{fmt::format("{}:{}: the line is damaged; delete it, and its run is "
                                         "simulated again",
                                         path, line_number)};
        }
        begin = end + 1;
    }
    return begin;
}

}  // namespace

std::string version() {
    return fmt::format("{}.{}.{}", GIGASPOT_VERSION / 10'000, GIGASPOT_VERSION / 100 % 100,
                       GIGASPOT_VERSION % 100);
}

Store::Store(std::string path) : path_{std::move(path)} {
    file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file_ < 0) fail_system("open", path_);
    try {
        const bool is_locked = flock(file_, LOCK_EX | LOCK_NB) == 0;
        if (!is_locked && errno != EWOULDBLOCK) fail_system("lock", path_);
        if (!is_locked)
            throw InputError{fmt::format("{}: another process is writing to it; wait until it "
                                         "ends, or choose another --out",
                                         path_)};
        const std::string content = read_file(path_);
        const std::size_t kept = parse(content, path_, results_);
        if (kept < content.size() && ftruncate(file_, static_cast<off_t>(kept)) != 0)
            fail_system("write", path_);
        if (kept == 0) append(header());
    } catch (...) {
        close(file_);
        throw;
    }
}

Store::~Store() {
    if (file_ >= 0) close(file_);
}

const RunResult* Store::find(const RunKey& key) const {
    const auto found = results_.find(key);
    return found == results_.end() ? nullptr : &found->second;
}

void Store::add(const RunKey& key, const RunResult& result) {
    const auto [place, is_new] = results_.emplace(key, result);
    if (!is_new) {
        if (place->second == result) return;
        throw InputError{fmt::format(
            "seed {} of the scenario {:016x} has two different results; they come from different "
            "programs, so simulate into a new folder",
            key.seed, key.scenario)};
    }
    if (file_ >= 0) append(write_line(key, result));
}

void Store::append(std::string_view text) {
    // A line must not follow a part of another one. Each thread that tries gets the first reason.
    if (!fault_.empty()) throw SystemError{fault_};
    while (!text.empty()) {
        const ssize_t written = ::write(file_, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            fault_ = fmt::format("cannot write {}: {}", path_, std::strerror(errno));
            throw SystemError{fault_};
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string Store::sorted(const std::set<RunKey>& keys) const {
    std::string out = header();
    for (const RunKey& key : keys) {
        if (const RunResult* const result = find(key)) out += write_line(key, *result);
    }
    return out;
}

std::map<RunKey, RunResult> Store::read(const std::string& path) {
    std::map<RunKey, RunResult> results;
    parse(read_file(path), path, results);
    return results;
}

}  // namespace simulator
