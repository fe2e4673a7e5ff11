// What tests of studies share: a folder that is removed at the end, and a market that is a formula.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <unistd.h>

#include "study/execute.hpp"

namespace simulator {

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "simulatorXXXXXX").string();
        if (mkdtemp(name.data())) path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    [[nodiscard]] std::string path(std::string_view name) const {
        return path_ + "/" + std::string{name};
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_{};
};

/// In place of a simulation: numbers that differ between scenarios and seeds.
inline RunResult formula(const Scenario& scenario, std::uint64_t seed, const RunOutput& output) {
    RunResult result;
    for (std::size_t i = 0; i < measure_count; ++i)
        result.values[i] = scenario.days * 1'000'000 + static_cast<std::int64_t>(seed * 10 + i);
    for (std::size_t i = 0; i < scenario.renter_kinds.size(); ++i)
        result.kinds.push_back({.jobs = static_cast<std::int64_t>(seed)});
    result.hours = {{1, 2, 3}, {4, 5, 6}};
    result.digest = seed;
    if (output.journal) std::fprintf(output.journal, "seed %d\n", static_cast<int>(seed));
    return result;
}

}  // namespace simulator
