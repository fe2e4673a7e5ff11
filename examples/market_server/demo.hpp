// A made-up market: hosts, renters and a moving rate, so that you can watch it live.
#pragma once

#include <memory>

#include "run/view.hpp"
#include "run/writer.hpp"

namespace market_server {

/// Plays in a thread of its own until it is destroyed. It sends the same records as the API would.
/// Accounts and machines of an earlier demo are found by their names and go on.
class Demo {
public:
    /// Both must run, and outlive this object.
    Demo(Writer& writer, View& view);
    Demo(const Demo&) = delete;
    Demo& operator=(const Demo&) = delete;
    ~Demo();

private:
    class Player;
    std::unique_ptr<Player> player_;
};

}  // namespace market_server
