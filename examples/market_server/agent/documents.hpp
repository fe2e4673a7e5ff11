// The documents of JSON that gigaspot-host reads: answers of the server, and what the operator's
// files and commands say.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace market_server {

/// A document that is not what it must be; the text says where and what is expected.
struct BadDocument : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// `code` and `error` of an answer.
struct Verdict {
    std::int64_t code = 0;
    std::string error{};
};
/// Nothing if the text is not an object with a whole number `code`: then it is not the server's.
[[nodiscard]] std::optional<Verdict> verdict_of(std::string_view text);

/// What a machine is told to run now.
struct Assignment {
    std::uint64_t sequence = 0;
    std::string bid{};         ///< empty: nothing
    std::string image{};       ///< empty if there is none, or if it could mislead a command line
    std::string run = "null";  ///< as one line of JSON
};
/// Throws BadDocument.
[[nodiscard]] Assignment assignment_of(std::string_view text);

/// Whether a text has only characters of an image's name, and begins with a letter or a digit. Any
/// other could be taken for an option of the program that starts it.
[[nodiscard]] bool is_image_name(std::string_view text);

/// Checks that a text is an object. Throws BadDocument.
void check_object(std::string_view text);

/// A report of the machine for the server. An absent flag has the server's default.
struct Report {
    std::optional<bool> online{};
    std::optional<bool> on_demand_rented{};
    std::optional<bool> working_properly{};
    std::string cached{};  ///< an array of JSON; empty: absent

    [[nodiscard]] std::string text() const;
};
/// What the operator's command printed. Throws BadDocument.
[[nodiscard]] Report report_of(std::string_view text);

}  // namespace market_server
