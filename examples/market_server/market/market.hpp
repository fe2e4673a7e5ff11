// The market as a function of its records: the same records give the same market, the same answers
// and the same postings, on every machine. It has no clock, no thread and no file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "operations.hpp"
#include "record.hpp"
#include "state.hpp"
#include "step.hpp"

namespace market_server {

class Market {
public:
    /// Takes a record; its number is one more than that of the record before. A record that is not
    /// of the right form is answered with an error and changes nothing else.
    Outcome apply(const Record& record);

    /// The answer to a request that changes nothing and so needs no record. Its document has the
    /// wrong form, or it repeats a request of the last minute. `apply` would give the same answer.
    /// Nothing for all others. `now` is at least the time of the last record.
    [[nodiscard]] std::optional<Answer> answer_without_record(const Record& record,
                                                              std::int64_t now);

    [[nodiscard]] const State& state() const { return state_; }
    [[nodiscard]] const gigaspot::Engine& engine() const { return state_.engine(); }

    /// Everything, as bytes for `restore`. Equal markets give equal bytes.
    [[nodiscard]] std::string save() const;
    /// Throws std::runtime_error if the bytes are not a save of this version.
    [[nodiscard]] static Market restore(std::string_view bytes);

    /// Whether in each currency deposits equal the sum of all other sides.
    [[nodiscard]] bool is_balanced() const;

private:
    State state_{};
};

}  // namespace market_server
