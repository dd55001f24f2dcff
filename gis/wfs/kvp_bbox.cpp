#include "gis/wfs/kvp_bbox.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "gis/wfs/crs_name.hpp"
#include "gis/wfs/kvp.hpp"
#include "gis/wfs/service_error.hpp"

namespace gis::wfs {

Envelope read_bbox(std::string_view text, const Layer& layer, const std::vector<Crs>& offered, Version version) {
    if (!layer.has_geometry()) throw invalid("bbox", fmt::format("the features of '{}' have no geometry", layer.name));
    const std::vector<std::string> parts = split_list(text);
    if (parts.size() != 4 && parts.size() != 5)
        throw invalid("bbox", fmt::format("four numbers and a CRS expected, got {} parts", parts.size()));
    const CrsName crs = parts.size() == 5 ? read_crs_name(parts[4], offered, version, "bbox")
                                          : read_crs_name(crs_name(layer.crs, version), offered, version, "bbox");
    std::array<double, 4> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::string& part = parts[i];
        const char* begin = part.data() + (part.starts_with('+') ? 1 : 0);
        const auto [end, error] = std::from_chars(begin, part.data() + part.size(), numbers[i]);
        if (error != std::errc{} || end != part.data() + part.size() || !std::isfinite(numbers[i]))
            throw invalid("bbox", fmt::format("'{}' is no finite number", part.substr(0, 50)));
    }
    Envelope box{numbers[0], numbers[1], numbers[2], numbers[3], crs.crs};
    if (crs.northing_first) box = {box.min_y, box.min_x, box.max_y, box.max_x, crs.crs};
    if (box.min_x > box.max_x || box.min_y > box.max_y)
        throw invalid("bbox",
                      "the lower corner is above the upper corner; is it the axis order of " + crs.crs.code() + "?");
    return box;
}

}  // namespace gis::wfs
