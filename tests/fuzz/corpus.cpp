// Runs each file of the corpus through its target once, without a fuzzer. So every build checks
// again what a fuzzer once found:
//
//     gigaspot_corpus FOLDER        has one folder per target, with the target's name
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz.hpp"

namespace {

struct Target {
    const char* name;
    void (*run)(fuzz::Bytes);
};

std::vector<std::uint8_t> read(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return std::fprintf(stderr, "usage: gigaspot_corpus FOLDER\n"), 2;
    for (const Target& target : {Target{"snapshot", fuzz::snapshot},
                                 {"orders", fuzz::orders},
                                 {"replay", fuzz::replay},
                                 {"decimal", fuzz::decimal},
                                 {"restore", fuzz::restore},
                                 {"engine", fuzz::engine}}) {
        std::vector<std::filesystem::path> files;
        for (const auto& entry :
             std::filesystem::directory_iterator{std::filesystem::path{argv[1]} / target.name})
            files.push_back(entry.path());
        fuzz::expect(!files.empty(), "a target has no corpus");
        std::sort(files.begin(), files.end());
        for (const std::filesystem::path& path : files) {
            std::fprintf(stderr, "%s\n", path.c_str());  // the last one is what failed
            target.run(read(path));
        }
    }
}
