#include "process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace market_server {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t output_bytes_max = 1024 * 1024;
constexpr Milliseconds time_to_end = 5s;  // from the request to end to the kill
constexpr int tick_ms = 100;              // how often a stop and the time are checked

/// Owns a file descriptor.
class File {
public:
    File() = default;
    explicit File(int descriptor) : descriptor_{descriptor} {}
    File(File&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    File& operator=(File&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const { return descriptor_; }

private:
    int descriptor_ = -1;
};

[[noreturn]] void fail(const char* what) {
    throw std::system_error{errno, std::generic_category(), what};
}

/// A file in memory. Unlike a pipe, it never makes the writer wait for a reader.
File file_of(const std::string& text) {
    File file{::memfd_create("run", MFD_CLOEXEC)};
    if (file.get() < 0) fail("memfd_create");
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t count = ::write(file.get(), text.data() + done, text.size() - done);
        if (count < 0) fail("write");
        done += static_cast<std::size_t>(count);
    }
    if (::lseek(file.get(), 0, SEEK_SET) < 0) fail("lseek");
    return file;
}

std::vector<std::string> environment_of(const Command& command) {
    std::vector<std::string> all;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view variable{*each};
        bool is_replaced = false;
        for (const auto& [name, value] : command.environment)
            is_replaced = is_replaced || variable.substr(0, variable.find('=')) == name;
        if (!is_replaced) all.emplace_back(variable);
    }
    for (const auto& [name, value] : command.environment) all.push_back(name + '=' + value);
    return all;
}

/// What posix_spawn needs in addition to the program.
class SpawnPlan {
public:
    SpawnPlan() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
        ::posix_spawnattr_setpgroup(&attributes, 0);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

class Child {
public:
    explicit Child(const Command& command) {
        const File input = file_of(command.input);
        std::array<int, 2> ends{-1, -1};
        if (command.keeps_output && ::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
        output_ = File{ends[0]};
        const File output_end{ends[1]};
        SpawnPlan plan;
        ::posix_spawn_file_actions_adddup2(&plan.actions, input.get(), STDIN_FILENO);
        if (command.keeps_output) {
            ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);
            ::posix_spawn_file_actions_adddup2(&plan.actions, output_end.get(), STDOUT_FILENO);
        }
        ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, STDERR_FILENO + 1);

        std::string program = command.program;
        std::array<char*, 2> arguments{program.data(), nullptr};
        std::vector<std::string> environment = environment_of(command);
        std::vector<char*> variables;
        for (std::string& each : environment) variables.push_back(each.data());
        variables.push_back(nullptr);
        errno = ::posix_spawn(&pid_, program.c_str(), &plan.actions, &plan.attributes,
                              arguments.data(), variables.data());
        if (errno == ENOEXEC)
            throw std::runtime_error{"is not a program; a script must begin with a line such as "
                                     "#!/bin/sh"};
        if (errno != 0) throw std::runtime_error{fmt::format("cannot run: {}", strerror(errno))};
        // Debian 12's header for pidfd_open does not work in C++.
        handle_ = File{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
    }

    /// Waits for a short time. Returns whether the command has ended.
    bool has_ended() {
        std::array<pollfd, 2> files{{{handle_.get(), POLLIN, 0}, {output_.get(), POLLIN, 0}}};
        ::poll(files.data(), files.size(), tick_ms);
        siginfo_t info{};
        const bool has_ended =
            ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == pid_;
        read_output();
        return has_ended;
    }

    void signal(int number) const { ::kill(-pid_, number); }

    /// How it ended; empty: with status 0.
    [[nodiscard]] std::string reap() const {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        if (WIFSIGNALED(status)) return fmt::format("ended by signal {}", WTERMSIG(status));
        if (WEXITSTATUS(status) != 0) return fmt::format("exit status {}", WEXITSTATUS(status));
        return {};
    }

    [[nodiscard]] std::string& output() { return text_; }
    [[nodiscard]] bool is_too_long() const { return text_.size() > output_bytes_max; }

private:
    void read_output() {
        std::array<char, 65536> buffer;
        while (output_.get() >= 0 && !is_too_long()) {
            const ssize_t count = ::read(output_.get(), buffer.data(), buffer.size());
            if (count < 0) return;
            if (count == 0) output_ = File{};
            text_.append(buffer.data(), static_cast<std::size_t>(count));
        }
        if (is_too_long()) output_ = File{};
    }

    pid_t pid_ = 0;
    File handle_{};
    File output_{};
    std::string text_{};
};

}  // namespace

Ended run_command(const Command& command, const std::stop_token& stop) try {
    Child child{command};
    const auto begin = Clock::now();
    std::optional<Clock::time_point> stopped;
    std::optional<Clock::time_point> told_to_end;
    std::string why;
    while (!child.has_ended()) {
        const auto now = Clock::now();
        if (told_to_end) {
            if (now - *told_to_end >= time_to_end) child.signal(SIGKILL);
            continue;
        }
        if (stop.stop_requested() && !stopped) stopped = now;
        if (command.time_max && now - begin >= *command.time_max) {
            why = fmt::format("ran for more than {} s and was ended",
                              static_cast<double>(command.time_max->count()) / 1e3);
        } else if (stopped && now - *stopped >= command.grace) {
            why = "was ended because gigaspot-host stops";
        } else if (child.is_too_long()) {
            why = fmt::format("printed more than {} bytes", output_bytes_max);
        }
        if (why.empty()) continue;
        told_to_end = now;
        child.signal(SIGTERM);
    }
    // Ends the rest of the group of a command that was told to end. Its number is not yet free.
    if (told_to_end) child.signal(SIGKILL);
    const std::string problem = child.reap();
    return {why.empty() ? problem : why, std::move(child.output())};
} catch (const std::runtime_error& problem) {
    return {problem.what(), {}};
}

std::optional<std::string> find_program(const std::string& name) {
    const auto is_program = [](const std::string& path) {
        struct stat found {};
        return ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) &&
               ::access(path.c_str(), X_OK) == 0;
    };
    if (name.find('/') != std::string::npos)
        return is_program(name) ? std::optional{name} : std::nullopt;
    const char* const variable = std::getenv("PATH");
    std::string_view folders = variable == nullptr ? "" : variable;
    while (!folders.empty() && !name.empty()) {
        const std::string_view folder = folders.substr(0, folders.find(':'));
        folders.remove_prefix(std::min(folder.size() + 1, folders.size()));
        if (folder.empty()) continue;
        if (std::string path = fmt::format("{}/{}", folder, name); is_program(path)) return path;
    }
    return std::nullopt;
}

}  // namespace market_server
