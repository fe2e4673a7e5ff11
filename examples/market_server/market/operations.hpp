// What each kind of record does. Each function changes the state and answers, or answers an error
// and changes nothing. A body that is not of the right form throws BadInput before any change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gigaspot/json/document.hpp>
#include <gigaspot/values/traits.hpp>

#include "step.hpp"

namespace market_server {

// operator.cpp
void change_settings(Step& step);
void add_account(Step& step);
void add_token(Step& step);
void revoke_token(Step& step);
void credit(Step& step);
void debit(Step& step);
void set_rate(Step& step);

// orders.cpp
void create_orders(Step& step);
void edit_orders(Step& step);
void cancel_orders(Step& step);

// Throw BadInput if a document is not of the right form.
void need_form_of_create(State& state, const std::string& body);
void need_form_of_edit(const std::string& body);
void need_form_of_cancel(const std::string& body);

// machines.cpp
void put_machine(Step& step);
/// As need_form_of_create. Leaves the names of GPU models as they were.
void need_form_of_machine(State& state, const Record& record);
void remove_machine(Step& step);
void take_beat(Step& step);
void set_offline(Step& step);

// closes.cpp
void close_interval(Step& step);

/// A machine's report. Its id is in the body, because several machines share an account.
struct Beat {
    gigaspot::HostId id{};
    bool online = true;
    bool on_demand_rented = false;
    bool working_properly = true;
    std::optional<std::vector<std::string>> cached{};  ///< images; nothing: as before

    /// Reads the body of a beat. Throws BadInput.
    static Beat of(std::string_view body);
};

/// Whether a beat would change the market. If not, it is answered without a record.
[[nodiscard]] bool is_news(const State& state, const Beat& beat);

/// A line for the reader of the library's commands: the given fields, then those of the body.
/// Because the first of two equal keys counts, the body cannot replace the given fields.
[[nodiscard]] std::string command_line(std::string_view fields, std::string_view body);

/// Throws BadInput with the field of such a line, what is wrong with it, and what is allowed.
[[noreturn]] void throw_problem(const gigaspot::FieldProblem& problem);

}  // namespace market_server
