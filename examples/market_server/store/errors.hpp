// What goes wrong with the data folder.
#pragma once

#include <stdexcept>
#include <string>

namespace market_server {

/// The data folder cannot be used now: it is locked, full, read-only, or a call of the system has
/// failed. The text names the path and the reason.
class StoreError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Something in the data folder is missing or differs from what was written. The text names the
/// file, what is wrong, and what to do next. Nothing was deleted or replaced.
class DamagedStore : public StoreError {
public:
    using StoreError::StoreError;
};

/// Text for what to do if the journal itself is damaged.
inline const std::string restore_advice =
    "Nothing was deleted. Keep a copy of this folder, then restore a backup into an empty folder";

}  // namespace market_server
