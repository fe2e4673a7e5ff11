// The files of the live page, which the program carries.
#pragma once

#include <map>
#include <string>

#include "api/api.hpp"

namespace market_server {

/// By path.
[[nodiscard]] std::map<std::string, PageFile> page_files();

}  // namespace market_server
