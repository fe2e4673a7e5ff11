// The store keeps the results of runs, whatever happens to the process that writes them.
#include "study/store.hpp"

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <set>
#include <string>

#include <sys/resource.h>

#include <doctest/doctest.h>

#include "scenario_support.hpp"
#include "study/files.hpp"
#include "study_support.hpp"

using namespace simulator;

namespace {

RunResult make_result(std::uint64_t seed) {
    RunResult result;
    for (std::size_t i = 0; i < measure_count; ++i)
        result.values[i] = static_cast<std::int64_t>(seed * 100 + i) * (i % 2 == 0 ? 1 : -1);
    result.values[3] = std::numeric_limits<std::int64_t>::min();
    result.values[4] = std::numeric_limits<std::int64_t>::max();
    result.kinds = {{1, -2, 3, 4, 5}, {6, 7, 8, 9, 10}};
    result.hours.assign(seed, {1, -2, 3});
    result.digest = ~std::uint64_t{0} - seed;
    return result;
}

}  // namespace

TEST_CASE("results are there again after the file is opened again") {
    const TemporaryFolder folder;
    const std::string path = folder.path("runs.store");
    {
        Store store{path};
        for (std::uint64_t seed = 1; seed <= 3; ++seed) store.add({7, seed}, make_result(seed));
        CHECK(store.size() == 3);
    }
    const Store store{path};
    CHECK(store.size() == 3);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        REQUIRE(store.find({7, seed}));
        CHECK(*store.find({7, seed}) == make_result(seed));
    }
    CHECK(!store.find({8, 1}));
    CHECK(Store::read(path).size() == 3);
}

TEST_CASE("wherever the last line is cut, the lines before it remain and the store goes on") {
    const TemporaryFolder folder;
    const std::string path = folder.path("runs.store");
    {
        Store store{path};
        store.add({7, 1}, make_result(1));
        store.add({7, 2}, make_result(2));
    }
    const std::string whole = read_file(path);
    const std::size_t first_end = whole.find('\n', whole.find('\n') + 1) + 1;
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        CAPTURE(size);
        write_file(path, whole.substr(0, size));
        {
            Store store{path};
            CHECK(store.size() == (size == whole.size() ? 2U : size >= first_end ? 1U : 0U));
            store.add({7, 1}, make_result(1));
            store.add({7, 2}, make_result(2));
        }
        CHECK(read_file(path) == whole);
    }
}

TEST_CASE("each changed byte of a line is noticed") {
    const TemporaryFolder folder;
    const std::string path = folder.path("runs.store");
    {
        Store store{path};
        store.add({7, 1}, make_result(1));
    }
    const std::string whole = read_file(path);
    for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
        CAPTURE(i);
        std::string damaged = whole;
        damaged[i] = damaged[i] == '1' ? '2' : '1';
        write_file(path, damaged);
        const std::string message = error_of([&] { const Store store{path}; });
        CHECK(message != "no error");
        if (i > whole.find('\n'))
            CHECK(message.find(":2: the line is damaged") != std::string::npos);
    }
}

TEST_CASE("a file of another version is rejected") {
    const TemporaryFolder folder;
    const std::string path = folder.path("runs.store");
    write_file(path, "gigaspot-simulate 0.0.0 runs 1\n");
    CHECK(error_of([&] { const Store store{path}; }).find("results of versions do not mix") !=
          std::string::npos);
}

TEST_CASE("two stores do not write to the same file") {
    const TemporaryFolder folder;
    const std::string path = folder.path("runs.store");
    const Store store{path};
    CHECK(error_of([&] { const Store other{path}; }).find("another process is writing to it") !=
          std::string::npos);
}

TEST_CASE("a run has one result") {
    Store store;
    store.add({7, 1}, make_result(1));
    store.add({7, 1}, make_result(1));
    CHECK(store.size() == 1);
    CHECK(error_of([&] {
              store.add({7, 1}, make_result(2));
          }).find("two different results") != std::string::npos);
}

TEST_CASE("the sorted content does not depend on the order of adding") {
    Store first;
    Store second;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        first.add({seed % 2, seed}, make_result(seed));
        second.add({(6 - seed) % 2, 6 - seed}, make_result(6 - seed));
    }
    const std::set<RunKey> keys{{0, 2}, {1, 1}, {1, 3}, {1, 99}};
    CHECK(first.sorted(keys) == second.sorted(keys));
    const TemporaryFolder folder;
    write_file(folder.path("s"), first.sorted(keys));
    CHECK(Store::read(folder.path("s")).size() == 3);
}

TEST_CASE("after a write that failed nothing is appended, and the results before it remain") {
    const TemporaryFolder folder;
    const std::string path = folder.path("runs.store");
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    {
        Store store{path};
        store.add({7, 1}, make_result(1));
        const std::size_t size = read_file(path).size();
        const rlimit low{size + 20, before.rlim_max};
        REQUIRE(setrlimit(RLIMIT_FSIZE, &low) == 0);
        CHECK_THROWS_WITH_AS(store.add({7, 2}, make_result(2)),
                             ("cannot write " + path + ": File too large").c_str(), SystemError);
        REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
        CHECK_THROWS_WITH_AS(store.add({7, 3}, make_result(3)),
                             ("cannot write " + path + ": File too large").c_str(), SystemError);
        CHECK(read_file(path).size() == size + 20);
    }
    std::signal(SIGXFSZ, old_handler);
    Store store{path};
    CHECK(store.size() == 1);
    store.add({7, 2}, make_result(2));
    CHECK(Store::read(path).size() == 2);
}

TEST_CASE("a full disk and a missing folder are errors that name the file") {
    const auto message = [](auto call) {
        try {
            call();
        } catch (const SystemError& error) {
            return std::string{error.what()};
        }
        return std::string{"no error"};
    };
    CHECK(message([] { const Store store{"/nonexistent/x"}; }) ==
          "cannot open /nonexistent/x: No such file or directory");
    CHECK(message([] { write_file("/nonexistent/x", ""); }) ==
          "cannot write /nonexistent/x.new: No such file or directory");
    const TemporaryFolder folder;
    std::filesystem::create_symlink("/dev/full", folder.path("x.new"));
    CHECK(message([&] {
              write_file(folder.path("x"), "content");
          }).find("x.new: No space left on device") != std::string::npos);
    write_file(folder.path("file"), "");
    CHECK(message([&] { make_folder(folder.path("file")); }).find("cannot create the folder") == 0);
}
