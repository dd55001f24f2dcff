#include "gis/crs/crs.hpp"

#include "gis/crs/proj_handles.hpp"

#include <fmt/format.h>
#include <proj.h>

#include <charconv>
#include <map>
#include <memory>
#include <mutex>

namespace gis {

namespace {

bool first_axis_is_north(PJ_CONTEXT* context, const PJ* crs) {
    const PjPtr system(proj_crs_get_coordinate_system(context, crs));
    const char* direction = nullptr;
    if (!system || !proj_cs_get_axis_info(context, system.get(), 0, nullptr, nullptr, &direction, nullptr, nullptr,
                                          nullptr, nullptr)) {
        return false;
    }
    return std::string_view(direction) == "north";
}

bool strip_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::optional<int> parse_code(std::string_view text) {
    int code = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error != std::errc{} || end != text.data() + text.size() || code <= 0) return std::nullopt;
    return code;
}

/// The area of use in the CRS's own units; a box no real coordinate leaves where PROJ gives none.
GeographicBox native_area_of(PJ_CONTEXT* context, const Crs& crs) {
    if (crs.geographic) return crs.area_of_use;
    GeographicBox box{-1e8, -1e8, 1e8, 1e8};
    const PjPtr raw(proj_create_crs_to_crs(context, "OGC:CRS84", crs.code().c_str(), nullptr));
    const PjPtr operation(raw ? proj_normalize_for_visualization(context, raw.get()) : nullptr);
    const GeographicBox& area = crs.area_of_use;
    if (operation) {
        proj_trans_bounds(context, operation.get(), PJ_FWD, area.west, area.south, area.east, area.north, &box.west,
                          &box.south, &box.east, &box.north, 21);
    }
    return box;
}

}  // namespace

std::string Crs::uri() const {
    if (is_crs84) return "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
    return fmt::format("http://www.opengis.net/def/crs/EPSG/0/{}", srid);
}

std::string Crs::code() const {
    return is_crs84 ? "OGC:CRS84" : fmt::format("EPSG:{}", srid);
}

Crs crs84() {
    Crs crs;
    crs.srid = 4326;
    crs.is_crs84 = true;
    crs.geographic = true;
    crs.name = "WGS 84 (longitude, latitude)";
    return crs;
}

namespace {

std::optional<Crs> read_crs(int code) {
    const ContextPtr context(proj_context_create());
    proj_log_level(context.get(), PJ_LOG_NONE);
    const PjPtr pj(
        proj_create_from_database(context.get(), "EPSG", std::to_string(code).c_str(), PJ_CATEGORY_CRS, 0, nullptr));
    if (!pj) return std::nullopt;
    const PJ_TYPE type = proj_get_type(pj.get());
    if (type != PJ_TYPE_GEOGRAPHIC_2D_CRS && type != PJ_TYPE_PROJECTED_CRS) return std::nullopt;
    Crs crs;
    crs.srid = code;
    crs.geographic = type == PJ_TYPE_GEOGRAPHIC_2D_CRS;
    crs.northing_first = first_axis_is_north(context.get(), pj.get());
    crs.name = proj_get_name(pj.get());
    auto& area = crs.area_of_use;
    proj_get_area_of_use(context.get(), pj.get(), &area.west, &area.south, &area.east, &area.north, nullptr);
    crs.native_area = native_area_of(context.get(), crs);
    return crs;
}

}  // namespace

std::optional<Crs> crs_from_epsg(int code) {
    // A catalog asks for the same few again and again, and each costs ten milliseconds.
    static std::mutex mutex;
    static std::map<int, Crs> known;
    {
        const std::lock_guard lock(mutex);
        if (const auto found = known.find(code); found != known.end()) return found->second;
    }
    auto crs = read_crs(code);
    if (crs) {
        const std::lock_guard lock(mutex);
        known.emplace(code, *crs);
    }
    return crs;
}

std::optional<Crs> find_crs(std::string_view text, const std::vector<Crs>& offered) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    bool crs84_named = false;
    std::optional<int> code;
    if (strip_prefix(text, "http://www.opengis.net/def/crs/") ||
        strip_prefix(text, "https://www.opengis.net/def/crs/")) {
        crs84_named = text == "OGC/1.3/CRS84" || text == "OGC/0/CRS84";
        if (strip_prefix(text, "EPSG/0/")) code = parse_code(text);
    } else if (strip_prefix(text, "urn:ogc:def:crs:")) {
        crs84_named = text == "OGC:1.3:CRS84" || text == "OGC::CRS84";
        if (strip_prefix(text, "EPSG:")) code = parse_code(text.substr(std::min(text.find(':') + 1, text.size())));
    } else if (strip_prefix(text, "EPSG:")) {
        code = parse_code(text);
    } else {
        crs84_named = text == "OGC:CRS84" || text == "CRS84";
    }
    for (const Crs& crs : offered) {
        if (crs84_named ? crs.is_crs84 : (code && !crs.is_crs84 && crs.srid == *code)) return crs;
    }
    return std::nullopt;
}

}  // namespace gis
