// gigaspot-simulate: the figures of facts.hpp.
//
// Speed at a power limit, and the mean power drawn there:
// - V100, RTX 6000 (Quadro) and A40: medians over batch sizes of the measurements published with
//   Zeus (You, Chung, Chowdhury, NSDI 2023). BERT and ResNet-50 are training, bound by compute. NCF
//   is light: it draws little and is as fast at every limit.
// - RTX 3090: published tests of a language model on six cards (llmgarage): decoding is bound by
//   memory, prompt processing (prefill) by compute. The power drawn was not published, so the limit
//   counts as drawn.
// Hours of the day: the mean day-ahead price of power in Germany and Luxembourg in each hour (local
// time), less the mean of the year (SMARD.de, Bundesnetzagentur, CC BY 4.0), taking 1 EUR as 1 USD.
#include "scenario/facts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace simulator {
namespace {

constexpr CurvePoint rtx3090_llm_decode[] = {{100, 167'000, 100}, {150, 862'000, 150},
                                             {200, 941'000, 200}, {250, 974'000, 250},
                                             {300, 993'000, 300}, {350, 1'000'000, 350}};
constexpr CurvePoint rtx3090_llm_prefill[] = {{100, 141'000, 100}, {150, 258'000, 150},
                                              {200, 601'000, 200}, {250, 853'000, 250},
                                              {300, 943'000, 300}, {350, 1'000'000, 350}};
constexpr CurvePoint v100_bert[] = {{100, 533'000, 100},  {125, 695'000, 122}, {150, 828'000, 146},
                                    {175, 894'000, 168},  {200, 937'000, 187}, {225, 977'000, 210},
                                    {250, 1'000'000, 226}};
constexpr CurvePoint v100_resnet50[] = {
    {100, 546'000, 99},  {125, 712'000, 122}, {150, 855'000, 145},  {175, 914'000, 165},
    {200, 952'000, 185}, {225, 981'000, 206}, {250, 1'000'000, 222}};
constexpr CurvePoint v100_ncf[] = {{100, 1'003'000, 38}, {125, 995'000, 38}, {150, 1'012'000, 38},
                                   {175, 1'023'000, 38}, {200, 992'000, 38}, {225, 1'014'000, 38},
                                   {250, 1'000'000, 38}};
constexpr CurvePoint rtx6000_bert[] = {
    {100, 421'000, 100}, {125, 662'000, 124}, {150, 784'000, 147}, {175, 859'000, 171},
    {200, 919'000, 195}, {225, 963'000, 219}, {250, 981'000, 239}, {260, 1'000'000, 246}};
constexpr CurvePoint rtx6000_resnet50[] = {
    {100, 452'000, 99},  {125, 722'000, 123}, {150, 837'000, 144}, {175, 905'000, 165},
    {200, 946'000, 185}, {225, 974'000, 205}, {250, 993'000, 225}, {260, 1'000'000, 232}};
constexpr CurvePoint rtx6000_ncf[] = {{100, 991'000, 66}, {125, 1'019'000, 66}, {150, 991'000, 66},
                                      {175, 994'000, 66}, {200, 1'007'000, 66}, {225, 989'000, 66},
                                      {250, 990'000, 67}, {260, 1'000'000, 67}};
constexpr CurvePoint a40_bert[] = {{100, 250'000, 104}, {125, 395'000, 123}, {150, 600'000, 147},
                                   {175, 795'000, 167}, {200, 902'000, 189}, {225, 957'000, 210},
                                   {250, 982'000, 231}, {275, 998'000, 251}, {300, 1'000'000, 267}};
constexpr CurvePoint a40_resnet50[] = {
    {100, 344'000, 116}, {125, 421'000, 125}, {150, 608'000, 144},
    {175, 847'000, 161}, {200, 936'000, 179}, {225, 979'000, 198},
    {250, 989'000, 217}, {275, 995'000, 231}, {300, 1'000'000, 241}};
constexpr CurvePoint a40_ncf[] = {{100, 1'006'000, 85}, {125, 1'005'000, 86}, {150, 993'000, 86},
                                  {175, 1'034'000, 85}, {200, 1'013'000, 86}, {225, 999'000, 86},
                                  {250, 1'001'000, 87}, {275, 1'008'000, 86}, {300, 1'000'000, 87}};

constexpr Curve all_curves[] = {
    {"rtx3090", "llm_decode", rtx3090_llm_decode},
    {"rtx3090", "llm_prefill", rtx3090_llm_prefill},
    {"v100", "bert", v100_bert},
    {"v100", "resnet50", v100_resnet50},
    {"v100", "ncf", v100_ncf},
    {"rtx6000", "bert", rtx6000_bert},
    {"rtx6000", "resnet50", rtx6000_resnet50},
    {"rtx6000", "ncf", rtx6000_ncf},
    {"a40", "bert", a40_bert},
    {"a40", "resnet50", a40_resnet50},
    {"a40", "ncf", a40_ncf},
};

constexpr Card all_cards[] = {
    {"rtx3090", "RTX 3090", 100, 350, 350},
    {"v100", "Tesla V100", 100, 250, 250},
    {"rtx6000", "Quadro RTX 6000", 100, 260, 260},
    {"a40", "A40", 100, 300, 300},
};

constexpr std::int64_t de_2023[] = {-7'000'000,  -13'100'000, -16'100'000, -18'600'000, -18'000'000,
                                    -11'700'000, 5'800'000,   20'200'000,  21'000'000,  9'000'000,
                                    -3'800'000,  -12'100'000, -19'400'000, -25'800'000, -25'900'000,
                                    -18'400'000, -6'600'000,  11'900'000,  28'400'000,  40'000'000,
                                    32'200'000,  19'000'000,  10'600'000,  -1'600'000};
constexpr std::int64_t de_2024[] = {-4'400'000,  -9'800'000,  -12'600'000, -14'200'000, -13'500'000,
                                    -8'000'000,  6'400'000,   20'600'000,  17'700'000,  2'900'000,
                                    -10'700'000, -20'000'000, -27'200'000, -31'200'000, -29'400'000,
                                    -19'800'000, -5'300'000,  15'700'000,  31'400'000,  42'900'000,
                                    38'500'000,  20'900'000,  10'300'000,  -900'000};
constexpr HourProfile all_profiles[] = {{"de_2023", de_2023}, {"de_2024", de_2024}};

/// The value at a limit on the line between the points around it.
template <class Value>
std::int64_t between(std::span<const CurvePoint> points, int limit, Value value) {
    const auto above = std::ranges::lower_bound(points, limit, {}, &CurvePoint::limit);
    if (above == points.end()) return value(points.back());
    if (above->limit == limit || above == points.begin()) return value(*above);
    const CurvePoint& below = *(above - 1);
    const std::int64_t from = value(below);
    return from + (value(*above) - from) * (limit - below.limit) / (above->limit - below.limit);
}

}  // namespace

Millionths Curve::speed(int limit) const {
    return between(points, limit, [](const CurvePoint& point) { return point.speed; });
}

int Curve::draw(int limit) const {
    const auto watts =
        between(points, limit, [](const CurvePoint& point) { return std::int64_t{point.draw}; });
    return static_cast<int>(watts);
}

std::span<const Card> cards() { return all_cards; }
std::span<const Curve> curves() { return all_curves; }
std::span<const HourProfile> hour_profiles() { return all_profiles; }

const Card* find_card(std::string_view name) {
    const auto found = std::ranges::find(all_cards, name, &Card::name);
    return found == std::end(all_cards) ? nullptr : found;
}

const Curve* find_curve(std::string_view card, std::string_view workload) {
    const auto found = std::ranges::find_if(all_curves, [&](const Curve& curve) {
        return curve.card == card && curve.workload == workload;
    });
    return found == std::end(all_curves) ? nullptr : found;
}

}  // namespace simulator
