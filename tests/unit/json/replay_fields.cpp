// The numbers of each command as text, field by field: the path that an error names, and which of
// two wrong numbers it names. The order is that of section 9 of the rules, not that of the line.
#include <gigaspot/json/replay.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace {

using namespace gigaspot;

/// Whether a number may be a text, and what it is called if it has too many digits. A measured one
/// is rounded instead.
enum class Kind { whole, amount, price, measured };

/// A field of a command. `front` and `back` are what encloses its value.
struct Field {
    std::string path;
    Kind kind;
    std::string above;  ///< a number just past the field's range
    std::string below;  ///< one just under it
    std::string fine;   ///< one digit more than the field's unit holds, within its range
};

const std::string ids_above = "9007199254740993";
const std::string below_zero = "-1";

Field id_field(std::string path) {
    return {std::move(path), Kind::whole, ids_above, below_zero, "1.5"};
}
Field watts_field(std::string path) {
    return {std::move(path), Kind::whole, "1000001", below_zero, "1.5"};
}
Field megahertz_field(std::string path) {
    return {std::move(path), Kind::whole, "1000001", "-1000001", "1.5"};
}
Field price_field(std::string path, Kind kind) {
    return {std::move(path), kind, "1000000.00000001", "-0.00000001", "1.000000001"};
}

/// One command: the text around the values of its numbers, in the order of the rules. Each place of
/// a number is a `$`; `valid` has a good value for each.
struct Form {
    std::string op;
    std::string line;
    std::vector<Field> fields;
    std::vector<std::string> valid;
};

const Form forms[] = {
    {"rate",
     R"({"op":"rate","time":1,"currency":"CLORE-Blockchain","usd":$,"fee_ppm":$})",
     {{"usd", Kind::measured, "1000000.0000000000001", "0.0000000000005", "1.0000000000001"},
      {"fee_ppm", Kind::whole, "1000001", below_zero, "1.5"}},
     {"1", "0"}},
    {"host",
     R"({"op":"host","time":1,"id":$,"energy_price":$,"min_bid":$,"base_power":$,)"
     R"("max_rental_length":$,"online":true,"on_demand_rented":false,"working_properly":true,)"
     R"("gpus":[{"model":"A","pl":[$,$],"core_lock":[$,$],"mem_lock":[$,$],)"
     R"("core_offset":[$,$],"mem_offset":[$,$]},{"pl":[$,$],"mem_offset":[$,$]}]})",
     {id_field("id"),
      {"energy_price", Kind::measured, "1000.0000000001", "-1000.0000000001", "0.0000000001"},
      price_field("min_bid", Kind::amount),
      watts_field("base_power"),
      {"max_rental_length", Kind::whole, "2147483648", "0", "1.5"},
      watts_field("gpus[0].pl[0]"),
      watts_field("gpus[0].pl[1]"),
      megahertz_field("gpus[0].core_lock[0]"),
      megahertz_field("gpus[0].core_lock[1]"),
      megahertz_field("gpus[0].mem_lock[0]"),
      megahertz_field("gpus[0].mem_lock[1]"),
      megahertz_field("gpus[0].core_offset[0]"),
      megahertz_field("gpus[0].core_offset[1]"),
      megahertz_field("gpus[0].mem_offset[0]"),
      megahertz_field("gpus[0].mem_offset[1]"),
      watts_field("gpus[1].pl[0]"),
      watts_field("gpus[1].pl[1]"),
      megahertz_field("gpus[1].mem_offset[0]"),
      megahertz_field("gpus[1].mem_offset[1]")},
     {"8", "0.1", "2", "5", "792000", "100", "400", "210", "2520", "405", "10501", "-1000", "200",
      "-2000", "2000", "100", "400", "-2000", "2000"}},
    {"host_status",
     R"({"op":"host_status","time":1,"id":$,"online":true})",
     {id_field("id")},
     {"7"}},
    {"energy_price",
     R"({"op":"energy_price","time":1,"id":$,"usd":$})",
     {id_field("id"),
      {"usd", Kind::measured, "1000.0000000001", "-1000.0000000001", "0.0000000001"}},
     {"7", "0.1"}},
    {"remove_host", R"({"op":"remove_host","time":1,"id":$})", {id_field("id")}, {"7"}},
    {"bid",
     R"({"op":"bid","time":1,"id":$,"host":$,"owner":$,"price":$,"currency":"CLORE-Blockchain",)"
     R"("oc":[{"pl":$,"core_lock":$,"mem_lock":$,"core_offset":$,"mem_offset":$},)"
     R"({"pl":$,"mem_lock":$}],"image":"c9a4e2f6b7d488d8f0bab0ff","env":{"K":"V"}})",
     {id_field("id"), id_field("host"), id_field("owner"), price_field("price", Kind::price),
      watts_field("oc[0].pl"), megahertz_field("oc[0].core_lock"),
      megahertz_field("oc[0].mem_lock"), megahertz_field("oc[0].core_offset"),
      megahertz_field("oc[0].mem_offset"), watts_field("oc[1].pl"),
      megahertz_field("oc[1].mem_lock")},
     {"2", "7", "3", "10", "300", "1500", "9501", "-100", "1000", "200", "405"}},
    {"edit",
     R"({"op":"edit","time":1,"id":$,"price":$,)"
     R"("oc":[{"pl":$,"core_lock":$,"mem_lock":$,"core_offset":$,"mem_offset":$},{"pl":$}],)"
     R"("owner":$})",
     {id_field("id"), price_field("price", Kind::price), watts_field("oc[0].pl"),
      megahertz_field("oc[0].core_lock"), megahertz_field("oc[0].mem_lock"),
      megahertz_field("oc[0].core_offset"), megahertz_field("oc[0].mem_offset"),
      watts_field("oc[1].pl"), id_field("owner")},
     {"1", "11", "300", "1500", "9501", "-100", "1000", "200", "2"}},
    {"cached", R"({"op":"cached","time":1,"id":$,"cached":true})", {id_field("id")}, {"1"}},
    {"cancel",
     R"({"op":"cancel","time":1,"id":$,"owner":$})",
     {id_field("id"), id_field("owner")},
     {"1", "2"}},
    {"revoke", R"({"op":"revoke","time":1,"id":$})", {id_field("id")}, {"1"}},
};

/// The line of a form with these values.
std::string filled(const Form& form, const std::vector<std::string>& values) {
    std::string line;
    std::size_t place = 0;
    for (const char c : form.line) {
        if (c == '$') {
            line += values.at(place++);
        } else {
            line += c;
        }
    }
    CHECK(place == values.size());
    return line;
}

/// The fields of an object the other way round, behind `op`: what comes first in a line must not
/// matter. Top-level fields only.
std::string turned(const std::string& line) {
    std::vector<std::string> fields{""};
    int depth = 0;
    for (const char c : line.substr(1, line.size() - 2)) {
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        if (c == ',' && depth == 0) {
            fields.emplace_back();
        } else {
            fields.back() += c;
        }
    }
    std::string all = '{' + fields.front();
    for (std::size_t i = fields.size() - 1; i > 0; --i) all += ',' + fields[i];
    return all + '}';
}

/// A market with host 7 of two GPUs, and bid 1 of owner 2.
void make_market(Replay& replay) {
    const auto ignore = [](std::string_view text) {
        CHECK(text.find("rejected") == std::string_view::npos);
    };
    replay.take(R"({"op":"rate","time":1,"currency":"CLORE-Blockchain","usd":"1"})", ignore);
    replay.take(R"({"op":"host","time":1,"id":7,"energy_price":"0.1","gpus":[)"
                R"({"pl":[100,400],"core_lock":[210,2520],"mem_lock":[405,10501],)"
                R"("core_offset":[-1000,200],"mem_offset":[-2000,2000]},)"
                R"({"pl":[100,400],"mem_lock":[405,10501]}]})",
                ignore);
    replay.take(R"({"op":"bid","time":1,"id":1,"host":7,"owner":2,"price":"10",)"
                R"("currency":"CLORE-Blockchain","oc":[{"pl":300},{"pl":300}]})",
                ignore);
}

/// "number_out_of_range (oc[0].pl)": the code of the first reason and its detail; or "accepted".
std::string why(Replay& replay, const std::string& line) {
    std::string text;
    replay.take(line, [&](std::string_view more) { text += more; });
    const auto value_of = [&](const std::string& key) -> std::string {
        const std::string front = '"' + key + R"(":")";
        const std::size_t at = text.find(front);
        if (at == std::string::npos) return "";
        const std::size_t begin = at + front.size();
        return text.substr(begin, text.find('"', begin) - begin);
    };
    const std::string code = value_of("code");
    return code.empty() ? value_of("event") : code + " (" + value_of("field") + ")";
}

/// What a number with too many digits gives.
std::string too_precise(const Field& field) {
    if (field.kind == Kind::measured) return "accepted";
    return (field.kind == Kind::price ? "price_too_precise (" : "number_too_precise (") +
           field.path + ")";
}

TEST_CASE("each number of each command: past either end, or too precise, it is named by its path") {
    for (const Form& form : forms) {
        Replay replay;
        make_market(replay);
        REQUIRE(form.fields.size() == form.valid.size());
        for (std::size_t i = 0; i < form.fields.size(); ++i) {
            const Field& field = form.fields[i];
            CAPTURE(form.op);
            CAPTURE(field.path);
            auto values = form.valid;
            for (const std::string& number : {field.above, field.below}) {
                values[i] = number;
                CHECK(why(replay, filled(form, values)) ==
                      "number_out_of_range (" + field.path + ")");
            }
            values[i] = field.fine;
            CHECK(why(replay, filled(form, values)) == too_precise(field));
            // Only money and rates may be texts.
            values[i] = '"' + field.fine + '"';
            const std::string as_text = why(replay, filled(form, values));
            if (field.kind == Kind::whole) {
                CHECK(as_text.starts_with("malformed ("));
            } else {
                CHECK(as_text == too_precise(field));
            }
        }
        // Last, since it changes the market: with all numbers right the command is taken.
        CHECK(why(replay, filled(form, form.valid)) == "accepted");
    }
}

TEST_CASE("of two wrong numbers the one that the rules name first is told, wherever it is") {
    for (const Form& form : forms) {
        Replay replay;
        make_market(replay);
        for (std::size_t i = 0; i < form.fields.size(); ++i) {
            for (std::size_t j = i + 1; j < form.fields.size(); ++j) {
                CAPTURE(form.op);
                CAPTURE(form.fields[i].path);
                CAPTURE(form.fields[j].path);
                auto values = form.valid;
                const bool is_measured = form.fields[i].kind == Kind::measured;
                values[i] = is_measured ? form.fields[i].above : form.fields[i].fine;
                values[j] = form.fields[j].above;
                const std::string line = filled(form, values);
                const std::string expected =
                    is_measured ? "number_out_of_range (" + form.fields[i].path + ")"
                                : too_precise(form.fields[i]);
                CHECK(why(replay, line) == expected);
                CHECK(why(replay, turned(line)) == expected);
            }
        }
    }
}

TEST_CASE("a wrong time goes before all other numbers, and a malformed field before the time") {
    for (const Form& form : forms) {
        Replay replay;
        make_market(replay);
        auto values = form.valid;
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = form.fields[i].above;
        std::string line = filled(form, values);
        CAPTURE(form.op);
        line.replace(line.find(R"("time":1)"), 8, R"("time":-1)");
        CHECK(why(replay, line) == "number_out_of_range (time)");
        CHECK(why(replay, turned(line)) == "number_out_of_range (time)");
        // A path within a list is cut to the name of the list.
        const std::string& path = form.fields.back().path;
        values.back() = "{}";
        line = filled(form, values);
        line.replace(line.find(R"("time":1)"), 8, R"("time":-1)");
        CHECK(why(replay, line).starts_with("malformed (" + path.substr(0, path.find('['))));
    }
}

// --- Each value arrives in its own field ---

constexpr Frequency mhz(int count) { return Frequency::unchecked(count); }

TEST_CASE("each value of a host arrives in the field of its name") {
    Replay replay;
    const std::string host =
        R"({"op":"host","time":1,"id":7,"energy_price":"0.11","min_bid":"2","base_power":5,)"
        R"("max_rental_length":792000,"online":true,"on_demand_rented":true,)"
        R"("working_properly":false,"gpus":[{"model":"A","pl":[150,450],"core_lock":[210,2520],)"
        R"("mem_lock":[405,10501],"core_offset":[-1000,200],"mem_offset":[-2000,2000]}]})";
    CHECK(why(replay, host) == "accepted");
    const auto stored = replay.engine().host(7);
    REQUIRE(stored);
    CHECK(stored->energy_price == EnergyPrice::unchecked(110'000'000));
    CHECK(stored->min_bid == Price::unchecked(200'000'000));
    CHECK(stored->base_power == Power::unchecked(5));
    CHECK(stored->max_rental_length == RentalLength::unchecked(792'000));
    CHECK(stored->status.online);
    CHECK(stored->status.on_demand_rented);
    CHECK(!stored->status.working_properly);
    const GpuLimits& gpu = stored->gpus[0];
    CHECK(replay.names().name(gpu.model) == "A");
    CHECK(gpu.power_limit == Range<Power>{Power::unchecked(150), Power::unchecked(450)});
    CHECK(gpu.core_lock == Range<Frequency>{mhz(210), mhz(2'520)});
    CHECK(gpu.mem_lock == Range<Frequency>{mhz(405), mhz(10'501)});
    CHECK(gpu.core_offset == Range<Frequency>{mhz(-1'000), mhz(200)});
    CHECK(gpu.mem_offset == Range<Frequency>{mhz(-2'000), mhz(2'000)});
}

TEST_CASE("each flag of a host_status arrives in the field of its name") {
    struct Row {
        const char* flag;
        HostStatus expected;
    };
    const Row flags[] = {
        {R"("online":false)", {.online = false}},
        {R"("on_demand_rented":true)", {.on_demand_rented = true}},
        {R"("working_properly":false)", {.working_properly = false}},
    };
    for (const Row& row : flags) {
        CAPTURE(std::string{row.flag});
        Replay replay;
        make_market(replay);
        CHECK(why(replay, std::string{R"({"op":"host_status","time":1,"id":7,)"} + row.flag +
                              "}") == "accepted");
        CHECK(replay.engine().host(7)->status == row.expected);
    }
}

TEST_CASE("each setting of a bid and of an edit arrives in the field of its name") {
    // Each is a megahertz outside the host's range, so that the rejection tells it.
    const std::string profiles =
        R"("oc":[{"pl":401,"core_lock":2521,"mem_lock":10502,"core_offset":-1001,)"
        R"("mem_offset":2001},{"pl":99}]})";
    const std::string bid = R"({"op":"bid","time":1,"id":2,"host":7,"owner":3,"price":"10",)"
                            R"("currency":"CLORE-Blockchain",)";
    const std::string edit = R"({"op":"edit","time":1,"id":1,"price":"11","owner":2,)";
    for (const std::string& front : {bid, edit}) {
        CAPTURE(front);
        Replay replay;
        make_market(replay);
        std::string text;
        replay.take(front + profiles, [&](std::string_view more) { text += more; });
        CHECK(text.find(R"("reasons":[{"code":"power_limit_above_host_maximum","gpu":0,)"
                        R"("field":"oc[0].pl","value":401,)"
                        R"("bound":400,"unit":"W"},)"
                        R"({"code":"core_lock_above_maximum","gpu":0,)"
                        R"("field":"oc[0].core_lock","value":2521,"bound":2520,)"
                        R"("unit":"MHz"},)"
                        R"({"code":"mem_lock_above_maximum","gpu":0,)"
                        R"("field":"oc[0].mem_lock","value":10502,"bound":10501,)"
                        R"("unit":"MHz"},)"
                        R"({"code":"core_offset_below_minimum","gpu":0,)"
                        R"("field":"oc[0].core_offset","value":-1001,"bound":-1000,)"
                        R"("unit":"MHz"},)"
                        R"({"code":"mem_offset_above_maximum","gpu":0,)"
                        R"("field":"oc[0].mem_offset","value":2001,"bound":2000,)"
                        R"("unit":"MHz"},)"
                        R"({"code":"power_limit_below_card_minimum","gpu":1,)"
                        R"("field":"oc[1].pl","value":99,"bound":100,)"
                        R"("unit":"W"}])") != std::string::npos);
    }
}

// --- Nothing is left over from the line before ---

TEST_CASE("a field that a line omits has its default, whatever the line before said") {
    // Each is rejected, so that it leaves the market as it is, and says as much as it can.
    const std::string fuller[] = {
        R"({"op":"rate","time":1,"currency":"CLORE-Blockchain","usd":"3","fee_ppm":5})",
        R"({"op":"host","time":1,"id":9,"energy_price":"0.3","min_bid":"3","base_power":30,)"
        R"("max_rental_length":3,"online":false,"on_demand_rented":true,"working_properly":false,)"
        R"("gpus":[{"model":"B","pl":[400,100],"core_lock":[1,2],"mem_lock":[1,2],)"
        R"("core_offset":[1,2],"mem_offset":[1,2]},{"pl":[1,2],"core_lock":[1,2]}]})",
        R"({"op":"host_status","time":1,"id":99,"online":false,"on_demand_rented":true,)"
        R"("working_properly":false})",
        R"({"op":"bid","time":1,"id":9,"host":99,"owner":9,"price":"20",)"
        R"("currency":"CLORE-Blockchain","oc":[{"pl":200,"core_lock":300,"mem_lock":500,)"
        R"("core_offset":1,"mem_offset":1},{"pl":200,"mem_lock":500}],)"
        R"("image":"too short","env":{"":"an empty key"}})",
        R"({"op":"edit","time":1,"id":99,"price":"20","oc":[{"pl":200},{"pl":200}],"owner":9})",
        R"({"op":"cached","time":1,"id":99,"cached":true})",
        R"({"op":"cancel","time":1,"id":99,"owner":9})",
        // Wrong numbers, and a line that is malformed near its end.
        R"({"op":"bid","time":1,"id":-1,"host":-1,"owner":-1,"price":"-1",)"
        R"("currency":"CLORE-Blockchain","oc":[{"pl":-1}],"image":"x","env":{"":""}})",
        R"({"op":"close","time":-1})",
        R"({"op":"bid","time":1,"id":9,"host":7,"owner":9,"price":"20","image":"x","env":{"":""},)"
        R"("oc":[{"pl":200,"core_lock":300},{"pl":200}],"currency":)",
    };
    const std::string barer[] = {
        R"({"op":"rate","time":1,"currency":"another","usd":"1"})",
        R"({"op":"rate","time":1,"currency":"CLORE-Blockchain","usd":null})",
        R"({"op":"host","time":1,"id":8,"energy_price":"0.1","gpus":[{"pl":[100,400]}]})",
        R"({"op":"host","time":1,"id":7,"energy_price":"0.1",)"
        R"("gpus":[{"pl":[100,400]},{"pl":[100,400]}]})",
        R"({"op":"host_status","time":1,"id":7})",
        R"({"op":"energy_price","time":1,"id":7,"usd":"0.2"})",
        R"({"op":"bid","time":1,"id":2,"host":7,"owner":3,"price":"10",)"
        R"("currency":"CLORE-Blockchain","oc":[{"pl":300},{"pl":300}]})",
        R"({"op":"bid","time":1,"id":2,"host":7,"owner":3,"price":"10",)"
        R"("currency":"CLORE-Blockchain"})",
        R"({"op":"edit","time":1,"id":1,"price":"11"})",
        R"({"op":"cancel","time":1,"id":1})",
        R"({"op":"close","time":1})",
    };
    for (const std::string& before : fuller) {
        for (const std::string& line : barer) {
            CAPTURE(before);
            CAPTURE(line);
            Replay replay;
            make_market(replay);
            CHECK(why(replay, before).find(" (") != std::string::npos);  // rejected
            auto twin = Replay::restore(replay.save());  // which has read no line yet
            REQUIRE(twin);
            std::string told;
            std::string expected;
            replay.take(line, [&](std::string_view text) { told += text; });
            twin->take(line, [&](std::string_view text) { expected += text; });
            CHECK(told == expected);
            CHECK(digest(replay.engine()) == digest(twin->engine()));
        }
    }
}

}  // namespace
