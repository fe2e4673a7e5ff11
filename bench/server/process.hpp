// Programs that a measurement starts, and the folders in which they work.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace market_load {

using Seconds = std::chrono::duration<double>;

/// A new folder, removed at the end.
class Folder {
public:
    explicit Folder(const std::filesystem::path& parent);
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder();
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

/// Whom a program runs as.
struct User {
    uid_t user = 0;
    gid_t group = 0;
};

/// A program that runs. Killed at the end if it still does. Its standard output is dropped.
class Process {
public:
    /// With `user`, it runs as that user.
    explicit Process(std::vector<std::string> command, const User* user = nullptr);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    [[nodiscard]] pid_t id() const { return id_; }
    /// Waits until its standard error has a line that contains this text, and returns the line.
    /// Throws std::runtime_error with what it said if it ends before, or after five minutes.
    std::string wait_for_line(std::string_view text);
    /// Sends a signal and waits for the end. Returns the exit status; 128 and more for a signal.
    int stop(int signal);
    /// Waits for the end.
    int wait();
    /// After the end: what it said on its standard error and nobody has read.
    [[nodiscard]] std::string last_words();
    /// Processor time that it has used, with all its threads.
    [[nodiscard]] Seconds processor_time() const;

private:
    pid_t id_ = 0;
    int error_output_ = -1;
    std::string said_{};
};

/// Runs a program to its end. Throws std::runtime_error with what it said if it fails.
void run(std::vector<std::string> command, const User* user = nullptr);

}  // namespace market_load
