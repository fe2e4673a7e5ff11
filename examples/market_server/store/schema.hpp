// The tables in market.db, and the rows of postings. Changes here need another version.
//
//   meta      key, value, hash      id: the market's; applied and batch: as in Batch
//   journal   number, text, chain   numbered from 1; the chain of record 0 is the market's id
//   postings  as Posting, and hash; kinds and parts are the numbers of their enumerators
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

#include "../market/posting.hpp"
#include "sqlite.hpp"

namespace market_server {

/// Creates an empty market. The file must not exist; when this returns it is complete and on the
/// disk, but its name may not be.
void create_market_file(const std::filesystem::path& path);

/// Throws DamagedStore if the file is not a market of this version.
void need_market_file(Database& database);

/// The market's id.
[[nodiscard]] Hash read_market_id(Database& database);

/// A value in `meta`, checked against its hash.
[[nodiscard]] std::string read_meta(Database& database, const Hash& market, std::string_view key);
[[nodiscard]] std::int64_t meta_hash(const Hash& market, std::string_view key,
                                     std::string_view value);

/// Passes on the records after `after`. Throws DamagedStore at the first that is wrong.
void read_journal(Database& database, const Hash& market, std::uint64_t after,
                  const std::function<void(std::uint64_t, std::string_view)>& take);

/// The text of one record. Throws DamagedStore if it is missing or wrong.
[[nodiscard]] std::string read_record(Database& database, const Hash& market, std::uint64_t number);

inline constexpr std::string_view posting_columns =
    "record, number, kind, from_account, from_part, to_account, to_part, currency, amount, "
    "order_id, reference, hash";

/// The postings of 1,024 records are a block, within which an account's postings are found.
inline constexpr unsigned posting_block_bits = 10;

[[nodiscard]] std::int64_t posting_hash(const Hash& market, const Posting& posting);

/// The posting in a row of `posting_columns`. Throws DamagedStore if its hash is wrong.
[[nodiscard]] Posting posting_of(const Rows& rows, const Database& database, const Hash& market);

}  // namespace market_server
