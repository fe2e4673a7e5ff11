#include "study/statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace simulator {

namespace {

/// The 0.975 quantiles of Student's t for 1 to 200 degrees of freedom, to 4 decimals: the roots of
/// I(n / (n + t^2); n / 2, 1 / 2) = 0.05, the regularised incomplete beta function (Abramowitz and
/// Stegun, 26.7.1), found by bisection with 30 digits.
constexpr std::array<double, 200> quantiles{
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788,
    2.1604,  2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639,
    2.0595,  2.0555, 2.0518, 2.0484, 2.0452, 2.0423, 2.0395, 2.0369, 2.0345, 2.0322, 2.0301, 2.0281,
    2.0262,  2.0244, 2.0227, 2.0211, 2.0195, 2.0181, 2.0167, 2.0154, 2.0141, 2.0129, 2.0117, 2.0106,
    2.0096,  2.0086, 2.0076, 2.0066, 2.0057, 2.0049, 2.0040, 2.0032, 2.0025, 2.0017, 2.0010, 2.0003,
    1.9996,  1.9990, 1.9983, 1.9977, 1.9971, 1.9966, 1.9960, 1.9955, 1.9949, 1.9944, 1.9939, 1.9935,
    1.9930,  1.9925, 1.9921, 1.9917, 1.9913, 1.9908, 1.9905, 1.9901, 1.9897, 1.9893, 1.9890, 1.9886,
    1.9883,  1.9879, 1.9876, 1.9873, 1.9870, 1.9867, 1.9864, 1.9861, 1.9858, 1.9855, 1.9853, 1.9850,
    1.9847,  1.9845, 1.9842, 1.9840, 1.9837, 1.9835, 1.9833, 1.9830, 1.9828, 1.9826, 1.9824, 1.9822,
    1.9820,  1.9818, 1.9816, 1.9814, 1.9812, 1.9810, 1.9808, 1.9806, 1.9804, 1.9803, 1.9801, 1.9799,
    1.9798,  1.9796, 1.9794, 1.9793, 1.9791, 1.9790, 1.9788, 1.9787, 1.9785, 1.9784, 1.9782, 1.9781,
    1.9780,  1.9778, 1.9777, 1.9776, 1.9774, 1.9773, 1.9772, 1.9771, 1.9769, 1.9768, 1.9767, 1.9766,
    1.9765,  1.9763, 1.9762, 1.9761, 1.9760, 1.9759, 1.9758, 1.9757, 1.9756, 1.9755, 1.9754, 1.9753,
    1.9752,  1.9751, 1.9750, 1.9749, 1.9748, 1.9747, 1.9746, 1.9745, 1.9744, 1.9744, 1.9743, 1.9742,
    1.9741,  1.9740, 1.9739, 1.9739, 1.9738, 1.9737, 1.9736, 1.9735, 1.9735, 1.9734, 1.9733, 1.9732,
    1.9732,  1.9731, 1.9730, 1.9729, 1.9729, 1.9728, 1.9727, 1.9727, 1.9726, 1.9725, 1.9725, 1.9724,
    1.9723,  1.9723, 1.9722, 1.9721, 1.9721, 1.9720, 1.9720, 1.9719};

}  // namespace

double student_t(std::size_t degrees) {
    if (degrees == 0) return 0;
    return quantiles[std::min(degrees, quantiles.size()) - 1];
}

Estimate estimate(std::span<const double> values) {
    Estimate out{.n = values.size()};
    if (values.empty()) return out;
    const auto n = static_cast<double>(values.size());
    double sum = 0;
    for (const double value : values) sum += value;
    out.mean = sum / n;
    if (values.size() < 2) return out;
    double squares = 0;
    for (const double value : values) squares += (value - out.mean) * (value - out.mean);
    out.half = student_t(values.size() - 1) * std::sqrt(squares / (n - 1) / n);
    return out;
}

double value_of(const RunResult& run, Measure measure) {
    double unit = 1;
    for (int i = 0; i < measures[static_cast<std::size_t>(measure)].decimals; ++i) unit *= 10;
    return static_cast<double>(run[measure]) / unit;
}

Estimate estimate(const Study& study, std::size_t cell, Measure measure) {
    std::vector<double> values;
    for (std::size_t seed = 0; seed < study.runs[cell].size(); ++seed) {
        if (study.has[cell][seed]) values.push_back(value_of(study.runs[cell][seed], measure));
    }
    return estimate(values);
}

Estimate difference(const Study& study, std::size_t cell, std::size_t baseline, Measure measure) {
    std::vector<double> values;
    for (std::size_t seed = 0; seed < study.runs[cell].size(); ++seed) {
        if (!study.has[cell][seed] || !study.has[baseline][seed]) continue;
        values.push_back(value_of(study.runs[cell][seed], measure) -
                         value_of(study.runs[baseline][seed], measure));
    }
    return estimate(values);
}

std::size_t cell_of(const Study& study, std::span<const std::size_t> options) {
    std::size_t cell = 0;
    for (std::size_t axis = 0; axis < study.axes.size(); ++axis)
        cell = cell * study.axes[axis].options.size() + options[axis];
    return cell;
}

std::size_t baseline_of(const Study& study, std::size_t cell) {
    if (study.axes.empty()) return cell;
    std::vector<std::size_t> options = study.cells[cell].options;
    options[study.compare] = 0;
    return cell_of(study, options);
}

}  // namespace simulator
