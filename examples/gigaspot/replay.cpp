// `gigaspot replay`: lines of commands in, lines of events out, in constant memory.
#include "tool.hpp"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gigaspot/json/document_kind.hpp>
#include <gigaspot/json/replay.hpp>

namespace tool {
namespace {

Failure system_failure(std::string_view what) {
    return {bad_data, fmt::format("{}: {}", what, std::strerror(errno))};
}

/// A file descriptor that is closed.
class File {
public:
    /// Takes what the system has just opened; below 0 it has failed.
    File(int number, std::string_view name) : number_{number} {
        if (number_ < 0) throw system_failure(name);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() { static_cast<void>(::close(number_)); }

    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

gigaspot::Policy read_policy(const ReplayOptions& options) {
    gigaspot::Policy policy;
    read_option(policy.reserve, "--reserve", options.reserve);
    read_option(policy.switch_margin, "--switch-margin", options.switch_margin);
    read_option(policy.switch_margin_ppm, "--switch-margin-ppm", options.switch_margin_ppm);
    read_option(policy.dwell_min, "--dwell-min", options.dwell_min);
    read_price_limits(policy, options.price_min, options.price_max);
    policy.require_cached = options.require_cached;
    if (options.refill == "at_once") policy.refill = gigaspot::Refill::at_once;
    policy.queue_unavailable = options.queue_unavailable;
    if (!options.rate_age_max.empty())
        read_option(policy.rate_age_max.emplace(), "--rate-age-max", options.rate_age_max);
    read_option(policy.interval_min, "--interval-min", options.interval_min);
    read_option(policy.time_step_max, "--time-step-max", options.time_step_max);
    return policy;
}

gigaspot::Replay make_market(const ReplayOptions& options) {
    const gigaspot::Policy policy = read_policy(options);
    check_utf8("--main-currency", options.main_currency);
    if (options.restore.empty())
        return gigaspot::Replay{policy, options.main_currency.empty()
                                            ? gigaspot::clore_currency
                                            : std::string_view{options.main_currency}};
    const std::string bytes = read_input(options.restore);
    auto market = gigaspot::Replay::restore(std::as_bytes(std::span{bytes}), policy);
    if (!market)
        throw Failure{bad_data, fmt::format("{}: {}: {}", shown_name(options.restore),
                                            name(market.error()), sentence(market.error()))};
    const std::string_view main_currency = market->names().name(gigaspot::main_currency);
    if (!options.main_currency.empty() && options.main_currency != main_currency)
        throw Failure{wrong_use,
                      fmt::format("--main-currency: '{}': the market in {} has '{}'",
                                  options.main_currency, options.restore, main_currency)};
    return *std::move(market);
}

/// Hands over the lines of a file as they come. A line that is too long for any command is handed
/// over in part, long enough to be seen as such.
class LineReader {
public:
    template <class Take, class Pause>
    void read(int file, std::string_view path, Take take, Pause pause) {
        std::string chunk(chunk_bytes, '\0');
        for (;;) {
            const ssize_t got = ::read(file, chunk.data(), chunk.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) throw system_failure(path);
            if (got == 0) break;
            std::string_view rest{chunk.data(), static_cast<std::size_t>(got)};
            for (std::size_t end = rest.find('\n'); end != std::string_view::npos;
                 end = rest.find('\n')) {
                if (begun_.empty()) {
                    take(rest.substr(0, end));
                } else {
                    keep(rest.substr(0, end));
                    take(std::string_view{begun_});
                    begun_.clear();
                }
                rest.remove_prefix(end + 1);
            }
            keep(rest);
            pause();
        }
        if (!begun_.empty()) take(std::string_view{begun_});
    }

private:
    static constexpr std::size_t chunk_bytes = std::size_t{1} << 18;

    /// No more of a line than shows that it is too long, and whether it is blank.
    void keep(std::string_view part) {
        const std::size_t room = gigaspot::limits::command_bytes_max + 1 - begun_.size();
        begun_ += part.substr(0, room);
        const std::size_t mark = part.find_first_not_of(" \t\r", room);
        if (mark != std::string_view::npos) begun_.back() = part[mark];
    }

    std::string begun_;
};

/// The file that a save replaces, or creates. Through a link, it is the one that the link names.
std::filesystem::path target_of(const std::string& path) {
    std::error_code is_new;
    std::filesystem::path existing = std::filesystem::canonical(path, is_new);
    return is_new ? std::filesystem::path{path} : existing;
}

/// The name under which a save is written until it is complete.
std::string draft_of(const std::filesystem::path& target) { return target.string() + ".new"; }

bool is_same_file(const struct stat& status, int file) {
    struct stat other {};
    return ::fstat(file, &other) == 0 && other.st_dev == status.st_dev &&
           other.st_ino == status.st_ino;
}

/// Fails unless a save can replace or create this file: it must be a regular file or a new name in
/// a folder. `commands`, an open file, and standard output must be others. At the end it would be
/// too late.
void check_can_be_saved(const std::string& path, int commands) {
    struct stat status {};
    struct stat link {};
    const bool exists = ::stat(path.c_str(), &status) == 0;
    if (!exists && errno != ENOENT) throw system_failure(path);
    if (exists && !S_ISREG(status.st_mode))
        throw Failure{bad_data, fmt::format("{}: not a file that can be replaced", path)};
    if (exists && ::access(path.c_str(), W_OK) != 0) throw system_failure(path);
    if (!exists && ::lstat(path.c_str(), &link) == 0)
        throw Failure{bad_data, fmt::format("{}: a link to a file that does not exist", path)};

    const std::filesystem::path target = target_of(path);
    const std::string folder =
        target.has_parent_path() ? target.parent_path().string() : std::string{"."};
    if (!target.has_filename() || ::access(folder.c_str(), W_OK | X_OK) != 0)
        throw system_failure(path);
    const std::string draft = draft_of(target);
    const bool has_draft = ::lstat(draft.c_str(), &link) == 0;
    if (!has_draft && errno != ENOENT) throw system_failure(draft);  // its name is too long
    if (has_draft && !S_ISREG(link.st_mode))
        throw Failure{bad_data, fmt::format("{}: in the way of the draft of {}", draft, path)};

    if (exists && is_same_file(status, commands))
        throw Failure{wrong_use, fmt::format("--save: {} has the commands", path)};
    if (exists && is_same_file(status, STDOUT_FILENO))
        throw Failure{wrong_use, fmt::format("--save: {} has the events", path)};
}

void write_all(const std::string& path, int file, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw system_failure(path);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    if (::fsync(file) != 0) throw system_failure(path);
}

/// Holds signals back, so that none ends the tool between the two names of a save.
class SignalsHeldBack {
public:
    SignalsHeldBack() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    SignalsHeldBack(const SignalsHeldBack&) = delete;
    SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;
    ~SignalsHeldBack() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

/// Writes a file whole or not at all: under another name first, then on the disk, then in place. An
/// existing file keeps its mode. The draft remains only if the power fails or the tool is killed
/// (SIGKILL); then the next save replaces it.
void write_file(const std::string& path, std::span<const std::byte> bytes) {
    const std::filesystem::path target = target_of(path);
    const std::string draft = draft_of(target);
    const SignalsHeldBack signals;
    std::signal(SIGXFSZ, SIG_IGN);  // a limit of sizes is an error like a full disk
    static_cast<void>(::unlink(draft.c_str()));
    const File file{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0666), draft};
    try {
        struct stat status {};
        const bool exists = ::stat(target.c_str(), &status) == 0;
        if (exists && ::fchmod(file.number(), status.st_mode & 07777) != 0)
            throw system_failure(draft);
        write_all(draft, file.number(), bytes);
        if (std::rename(draft.c_str(), target.c_str()) != 0) throw system_failure(path);
    } catch (const Failure&) {
        static_cast<void>(::unlink(draft.c_str()));  // on a full disk it would be in the way
        throw;
    }
}

/// Warns if the first time of the commands is not one of our days in milliseconds. Seconds and
/// microseconds are easily confused with them.
class TimeWarning {
public:
    void look_at(std::string_view line) {
        if (is_known_) return;
        const gigaspot::MarketNames::Mark mark = names_.mark();
        if (const auto read = reader_.read(line, names_)) {
            look_at_time(fmt::format("{}", read->time.count()));
        } else if (const auto& error = read.error(); error.time) {
            look_at_time(fmt::format("{}", error.time->count()));
        } else if (error.problem.field == "time" && !error.problem.value.empty()) {
            look_at_time(error.problem.value);  // out of range
        }
        names_.forget_since(mark);
    }

    [[nodiscard]] bool has_warned() const { return has_warned_; }

private:
    void look_at_time(const std::string& text) {
        is_known_ = true;
        const double time = std::strtod(text.c_str(), nullptr);
        static constexpr double year_2001 = 978'307'200'000;
        static constexpr double year_2101 = 4'133'980'800'000;
        const auto is_of_our_days = [](double milliseconds) {
            return milliseconds >= year_2001 && milliseconds < year_2101;
        };
        if (is_of_our_days(time)) return;
        const std::string_view look = is_of_our_days(time * 1e3)   ? "looks like seconds"
                                      : is_of_our_days(time / 1e3) ? "looks like microseconds"
                                      : is_of_our_days(time / 1e6) ? "looks like nanoseconds"
                                      : time < year_2001           ? "is before 2001"
                                                                   : "is after 2100";
        warn(fmt::format("the first time, {}, {}; times are milliseconds since 1970-01-01 UTC",
                         text, look));
        has_warned_ = true;
    }

    gigaspot::CommandReader reader_;
    gigaspot::MarketNames names_;
    bool is_known_ = false;
    bool has_warned_ = false;
};

/// Fails if a file that begins like this is not text.
void check_is_text(std::string_view head, std::string_view file) {
    using enum gigaspot::DocumentKind;
    const gigaspot::DocumentKind kind = gigaspot::guess_kind(head);
    if (kind == gzip || kind == zstd || kind == utf16 || kind == utf32 || kind == saved_market)
        throw Failure{bad_data, fmt::format("{}: {}", file, gigaspot::sentence(kind))};
}

/// How much of a file says what it looks like.
constexpr std::size_t head_bytes = 4'096;

/// ": this looks like a snapshot, use `rank`", or nothing. `head` is the beginning of a file, which
/// can be a document on many lines.
std::string describe_other(std::string_view head) {
    const gigaspot::DocumentKind kind = gigaspot::guess_kind(head);
    const bool is_right = kind == gigaspot::DocumentKind::commands;  // each with a mistake
    const std::string_view sentence = gigaspot::sentence(kind);
    return is_right || sentence.empty() ? std::string{} : fmt::format(": {}", sentence);
}

}  // namespace

ExitCode replay(const ReplayOptions& options) {
    if (options.commands == "-" && options.restore == "-")
        throw Failure{wrong_use, "only one of COMMANDS and --restore can be standard input"};
    if (options.save == "-")
        throw Failure{wrong_use, "--save takes a file: standard output has the events"};
    const bool is_standard_input = options.commands == "-";
    const std::string name{shown_name(options.commands)};
    const File file{is_standard_input ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY), name};
    const int commands = file.number();
    if (!options.save.empty()) check_can_be_saved(options.save, commands);
    gigaspot::Replay market = make_market(options);

    constexpr std::size_t write_bytes = std::size_t{1} << 18;
    std::string out;
    const auto flush = [&] {
        write_output(std::string_view{out});
        out.clear();
    };
    const std::uint64_t commands_before = market.engine().counters().commands;
    const auto malformed_so_far = [&] {
        return market.engine().rejected(gigaspot::Code::malformed);
    };
    const std::uint64_t malformed_before = malformed_so_far();
    std::uint64_t first_malformed = 0;  // the number of this command; 0: none yet
    std::string head;                   // what the lines begin with, to say what they look like
    TimeWarning time_warning;
    bool is_first = true;
    const auto take = [&](std::string_view line) {
        if (is_first) check_is_text(line, name);
        is_first = false;
        time_warning.look_at(line);
        if (head.size() < head_bytes) head.append(line.substr(0, head_bytes)).push_back('\n');
        market.take(line, [&](std::string_view text) {
            out += text;
            if (out.size() >= write_bytes) flush();
        });
        if (first_malformed == 0 && malformed_so_far() != malformed_before)
            first_malformed = market.engine().counters().commands;
    };
    LineReader{}.read(commands, name, take, flush);
    if (options.digest) out += fmt::format("{{\"digest\":\"{:016x}\"}}\n", digest(market.engine()));
    flush();
    const std::uint64_t taken = market.engine().counters().commands - commands_before;
    const std::uint64_t malformed = malformed_so_far() - malformed_before;
    if (taken != 0 && malformed == taken)
        throw Failure{bad_data, fmt::format("{}: no line is a command (lines: {}){}", name, taken,
                                            describe_other(head))};
    if (!options.save.empty()) {
        const gigaspot::SavedBytes bytes = market.save();
        write_file(options.save, {bytes.data(), bytes.size()});
    }
    if (malformed != 0)
        warn(fmt::format("{} of {} commands {} malformed, {} command {}; the events say why",
                         malformed, taken, malformed == 1 ? "is" : "are",
                         malformed == 1 ? "namely" : "the first is", first_malformed));
    const bool has_warned = malformed != 0 || time_warning.has_warned();
    return has_warned && options.strict ? bad_data : ok;
}

}  // namespace tool
