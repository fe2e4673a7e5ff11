#include "books.hpp"

#include <map>
#include <tuple>

#include <fcntl.h>

#include "errors.hpp"
#include "file.hpp"
#include "schema.hpp"

namespace market_server {
namespace {

using SideKey = std::tuple<std::uint64_t, Part, std::string>;

void add_to(std::map<SideKey, Units>& sums, const Side& side, const Posting& posting,
            bool is_plus) {
    Units& sum = sums[{side.account, side.part, posting.currency}];
    if (is_plus ? __builtin_add_overflow(sum, posting.amount, &sum)
                : __builtin_sub_overflow(sum, posting.amount, &sum)) {
        throw DamagedStore{"the sum of account " + std::to_string(side.account) + " overflows at " +
                           "record " + std::to_string(posting.record) + ". " + restore_advice};
    }
}

/// Ends the statements of a database once a stop is requested. It must outlive the database.
void end_on(Database& database, std::stop_token& stop) {
    constexpr int steps = 100;  // of SQLite, which are microseconds
    sqlite3_progress_handler(
        database.handle(), steps,
        [](void* token) { return static_cast<std::stop_token*>(token)->stop_requested() ? 1 : 0; },
        &stop);
}

void write_copy(const std::filesystem::path& file, const std::filesystem::path& draft,
                std::stop_token& stop) {
    {
        Database source{file};
        end_on(source, stop);
        need_market_file(source);
        Statement vacuum{source, "VACUUM INTO ?1"};
        vacuum.run(std::string_view{draft.native()});
    }
    {
        Database copy{draft};
        end_on(copy, stop);
        need_market_file(copy);
        read_journal(copy, read_market_id(copy), 0, [](std::uint64_t, std::string_view) {});
    }
    File{draft, O_RDONLY}.sync();
}

}  // namespace

Books::Books(const std::filesystem::path& file) : database_{file} {
    need_market_file(database_);
    database_.run("PRAGMA query_only = ON");
    market_ = read_market_id(database_);
}

std::vector<Posting> Books::postings(std::uint64_t account, PostingPlace after, std::size_t limit) {
    const std::string half =
        "SELECT " + std::string{posting_columns} + " FROM postings WHERE record >> " +
        std::to_string(posting_block_bits) + " = ?5 AND (record, number) > (?2, ?3) AND ";
    // UNION would sort all postings of the account.
    Statement select{database_, half + "from_account = ?1 UNION ALL " + half +
                                    "to_account = ?1 AND to_account <> from_account " +
                                    "ORDER BY record, number LIMIT ?4"};
    const auto last =
        static_cast<std::uint64_t>(database_.number("SELECT ifnull(max(record), 0) FROM postings"));
    std::vector<Posting> postings;
    for (std::uint64_t block = after.record >> posting_block_bits;
         block <= last >> posting_block_bits && postings.size() < limit; ++block) {
        Rows rows = select.start(account, after.record, std::uint64_t{after.number},
                                 static_cast<std::uint64_t>(limit - postings.size()), block);
        while (rows.next()) postings.push_back(posting_of(rows, database_, market_));
    }
    return postings;
}

std::string Books::record(std::uint64_t number) { return read_record(database_, market_, number); }

std::vector<Sum> Books::sums() {
    Statement select{database_, "SELECT " + std::string{posting_columns} +
                                    " FROM postings ORDER BY record, number"};
    Rows rows = select.start();
    std::map<SideKey, Units> sums;
    while (rows.next()) {
        const Posting posting = posting_of(rows, database_, market_);
        add_to(sums, posting.from, posting, false);
        add_to(sums, posting.to, posting, true);
    }
    std::vector<Sum> result;
    result.reserve(sums.size());
    for (const auto& [key, amount] : sums) {
        const auto& [account, part, currency] = key;
        result.push_back({{account, part}, currency, amount});
    }
    return result;
}

void backup(const std::filesystem::path& file, const std::filesystem::path& to,
            std::stop_token stop) {
    if (std::filesystem::exists(to)) throw StoreError{to.string() + " exists already"};
    const std::filesystem::path draft = draft_of(to);
    remove_file(draft);
    { const File empty{draft, O_WRONLY | O_CREAT | O_EXCL}; }  // so that only the owner may read it
    try {
        write_copy(file, draft, stop);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(draft, ignored);
        throw;
    }
    rename_file(draft, to);
}

}  // namespace market_server
