#include "process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace market_load {
namespace {

constexpr std::chrono::minutes start_max{5};

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error{errno, std::generic_category(), what};
}

/// In the child: becomes the program.
[[noreturn]] void become(std::vector<std::string>& command, const User* user, int error_output) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(nothing, STDOUT_FILENO);
    ::dup2(error_output, STDERR_FILENO);
    if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->group) != 0 ||
                            ::setuid(user->user) != 0 || ::chdir("/") != 0))
        ::_exit(126);
    std::vector<char*> arguments;
    for (std::string& argument : command) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    ::execvp(arguments.front(), arguments.data());
    ::dprintf(STDERR_FILENO, "%s cannot be run\n", arguments.front());
    ::_exit(127);
}

int status_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Folder::Folder(const std::filesystem::path& parent) {
    std::string pattern = (std::filesystem::absolute(parent) / "gigaspot_load.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) fail("cannot create " + pattern);
    path_ = pattern;
    std::filesystem::permissions(path_, std::filesystem::perms{0711});
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

Process::Process(std::vector<std::string> command, const User* user) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) fail("cannot create a pipe");
    id_ = ::fork();
    if (id_ < 0) fail("cannot start " + command.front());
    if (id_ == 0) become(command, user, ends[1]);
    ::close(ends[1]);
    error_output_ = ends[0];
}

Process::~Process() {
    if (id_ != 0) stop(SIGKILL);
    ::close(error_output_);
}

std::string Process::wait_for_line(std::string_view text) {
    const auto until = std::chrono::steady_clock::now() + start_max;
    for (;;) {
        const std::size_t place = said_.find(text);
        const std::size_t end = said_.find('\n', place == std::string::npos ? 0 : place);
        if (place != std::string::npos && end != std::string::npos) {
            const std::size_t begin = said_.rfind('\n', place);
            return said_.substr(begin == std::string::npos ? 0 : begin + 1, end - begin - 1);
        }
        pollfd wanted{error_output_, POLLIN, 0};
        ::poll(&wanted, 1, 100);
        char bytes[4'096];
        const auto count = (wanted.revents & (POLLIN | POLLHUP)) != 0
                               ? ::read(error_output_, bytes, sizeof bytes)
                               : -1;
        if (count == 0) throw std::runtime_error{"a program ended at its start: " + said_};
        if (count > 0) said_.append(bytes, static_cast<std::size_t>(count));
        if (std::chrono::steady_clock::now() > until)
            throw std::runtime_error{"a program did not start within five minutes: " + said_};
    }
}

int Process::stop(int signal) {
    if (id_ != 0) ::kill(id_, signal);
    return wait();
}

int Process::wait() {
    int status = 0;
    const pid_t id = std::exchange(id_, 0);
    if (id == 0) return 0;
    while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {
    }
    return status_of(status);
}

std::string Process::last_words() {
    char bytes[4'096];
    for (;;) {
        const auto count = ::read(error_output_, bytes, sizeof bytes);
        if (count <= 0) return std::exchange(said_, {});
        said_.append(bytes, static_cast<std::size_t>(count));
    }
}

Seconds Process::processor_time() const {
    std::ifstream file{"/proc/" + std::to_string(id_) + "/stat"};
    std::stringstream text;
    text << file.rdbuf();
    std::string fields = text.str();
    fields.erase(0, fields.rfind(')') + 1);  // the name before may have spaces
    std::istringstream in{fields};
    std::string skipped;
    for (int field = 3; field < 14; ++field) in >> skipped;
    double user = 0;
    double system = 0;
    in >> user >> system;
    return Seconds{(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK))};
}

void run(std::vector<std::string> command, const User* user) {
    const std::string name = command.front();
    Process process{std::move(command), user};
    if (const int status = process.wait(); status != 0)
        throw std::runtime_error{name + " failed with status " + std::to_string(status) + ": " +
                                 process.last_words()};
}

}  // namespace market_load
