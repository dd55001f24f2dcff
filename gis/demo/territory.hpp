#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "gis/layer/row.hpp"

namespace gis::demo {

/// Small: all 65 communes, but cadastre and what hangs on it only around the two centre towns. Full: everywhere.
/// A commune present in both sizes is the same in both, byte for byte.
enum class Size { Small, Full };

/// The facts the invented territory stands on: the texts of data-samples/seed-facts/*.csv.
struct Facts {
    std::string communes_csv;
    std::string archaeology_csv;
    std::string ads_acts_csv;
};

struct Options {
    Size size = Size::Full;
    std::uint64_t seed = 62;
    /// Called on the generating thread, fraction from 0 to 1. May be empty.
    std::function<void(double fraction, std::string_view what)> progress;
};

/// Writes every row of the demonstration territory into the sink: org.*, risque.*, cadastre.*, urba.*, ads.*, archeo.*.
/// Names, codes, dates and memberships are facts; every geometry is invented, in Lambert-93 on a grid of 1 cm.
/// The same facts, seed and size give the same bytes. Referenced rows (communes, services, procedures) come first.
/// Throws gis::InvalidRequest naming the line of a fact that cannot be read.
void generate_territory(const Facts& facts, const Options& options, RowSink& sink);

}  // namespace gis::demo
