#include "gis/crs/identify.hpp"

#include "gis/crs/proj_handles.hpp"

#include <proj.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <vector>

namespace gis {

namespace {

/// Below this PROJ itself calls the match doubtful (a name alone, or parameters that differ).
constexpr int least_confidence = 90;

/// Systems that deliveries in France use without naming a code; the first that matches wins.
constexpr std::array french_codes{2154,  3942,  3943,  3944,  3945,  3946,  3947, 3948, 3949, 3950, 27561, 27562,
                                  27563, 27564, 27571, 27572, 27573, 27574, 4171, 4326, 4275, 3857, 25830, 25831,
                                  25832, 32630, 32631, 32632, 3035,  5490,  2972, 2975, 4471, 4467};

PjPtr horizontal_part(PJ_CONTEXT* context, PjPtr crs) {
    for (int nesting = 0; crs && nesting < 3; ++nesting) {
        const PJ_TYPE type = proj_get_type(crs.get());
        if (type == PJ_TYPE_COMPOUND_CRS) {
            crs.reset(proj_crs_get_sub_crs(context, crs.get(), 0));
        } else if (type == PJ_TYPE_BOUND_CRS) {
            crs.reset(proj_get_source_crs(context, crs.get()));
        } else {
            break;
        }
    }
    if (!crs) return crs;
    switch (proj_get_type(crs.get())) {
        case PJ_TYPE_GEOGRAPHIC_2D_CRS:
        case PJ_TYPE_GEOGRAPHIC_3D_CRS:
        case PJ_TYPE_PROJECTED_CRS:
            return crs;
        default:
            return nullptr;
    }
}

std::optional<int> epsg_code(const PJ* crs) {
    const char* authority = proj_get_id_auth_name(crs, 0);
    const char* code = proj_get_id_code(crs, 0);
    if (!authority || !code || std::string_view(authority) != "EPSG") return std::nullopt;
    int number = 0;
    const std::string_view text(code);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<int> code_by_name_and_parameters(PJ_CONTEXT* context, const PJ* crs) {
    int* confidences = nullptr;
    const ListPtr found(proj_identify(context, crs, "EPSG", nullptr, &confidences));
    const std::unique_ptr<int, decltype(&proj_int_list_destroy)> owned(confidences, proj_int_list_destroy);
    if (!found || !confidences) return std::nullopt;
    const int count = proj_list_get_count(found.get());
    std::optional<int> best;
    for (int i = 0; i < count; ++i) {
        if (owned.get()[i] < std::max(least_confidence, owned.get()[0])) break;
        const PjPtr candidate(proj_list_get(context, found.get(), i));
        const auto code = candidate ? epsg_code(candidate.get()) : std::nullopt;
        // Equal matches: the system in use in France before its look-alikes (RGF93 v2, deprecated codes).
        if (code && (!best || std::ranges::count(french_codes, *code))) best = code;
    }
    return best;
}

using Parameters = std::map<std::string, double, std::less<>>;

/// "+proj=lcc +lat_0=46.5 ..." as names and numbers; the ellipsoid as its axis and flattening, words as a hash-free
/// entry in the name itself. Shifts to WGS 84 and units of metre say nothing about the system.
std::optional<Parameters> parameters_of(PJ_CONTEXT* context, const PJ* crs) {
    const char* text = proj_as_proj_string(context, crs, PJ_PROJ_4, nullptr);
    if (!text) return std::nullopt;
    Parameters parameters;
    std::string_view rest(text);
    while (!rest.empty()) {
        const auto end = rest.find(' ');
        std::string_view token = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        if (!token.starts_with('+')) continue;
        token.remove_prefix(1);
        const auto equals = token.find('=');
        const std::string_view name = token.substr(0, equals);
        const std::string_view value = equals == std::string_view::npos ? std::string_view{} : token.substr(equals + 1);
        constexpr std::array silent{"towgs84", "nadgrids", "no_defs", "type",   "units",  "ellps", "a",
                                    "b",       "rf",       "datum",   "wktext", "vunits", "R"};
        if (std::ranges::count(silent, name)) continue;
        double number = 0;
        const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error == std::errc{} && stop == value.data() + value.size()) {
            parameters.emplace(name, number);
        } else {
            parameters.emplace(std::string(token), 0.0);
        }
    }
    const PjPtr ellipsoid(proj_get_ellipsoid(context, crs));
    double axis = 0;
    double inverse_flattening = 0;
    if (!ellipsoid ||
        !proj_ellipsoid_get_parameters(context, ellipsoid.get(), &axis, nullptr, nullptr, &inverse_flattening)) {
        return std::nullopt;
    }
    parameters["a"] = axis;
    parameters["rf"] = inverse_flattening;
    if (parameters.contains("lat_1") && parameters.contains("lat_2") && parameters["lat_1"] > parameters["lat_2"]) {
        std::swap(parameters["lat_1"], parameters["lat_2"]);
    }
    return parameters;
}

bool same_system(const Parameters& a, const Parameters& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](const auto& left, const auto& right) {
               // Angles written with seven decimals, axes to the millimetre.
               return left.first == right.first &&
                      std::abs(left.second - right.second) < 2e-7 * std::max(1.0, std::abs(left.second) / 100);
           });
}

std::optional<int> code_by_parameters(PJ_CONTEXT* context, const PJ* crs) {
    const auto wanted = parameters_of(context, crs);
    if (!wanted) return std::nullopt;
    for (const int code : french_codes) {
        const PjPtr candidate(
            proj_create_from_database(context, "EPSG", std::to_string(code).c_str(), PJ_CATEGORY_CRS, 0, nullptr));
        if (!candidate) continue;
        const auto known = parameters_of(context, candidate.get());
        if (known && same_system(*wanted, *known)) return code;
    }
    return std::nullopt;
}

std::string registry_name(PJ_CONTEXT* context, int code) {
    const PjPtr crs(
        proj_create_from_database(context, "EPSG", std::to_string(code).c_str(), PJ_CATEGORY_CRS, 0, nullptr));
    return crs ? proj_get_name(crs.get()) : "";
}

}  // namespace

std::optional<IdentifiedCrs> identify_crs(std::string_view definition) {
    if (definition.empty() || definition.size() > 100'000) return std::nullopt;
    const ContextPtr context(proj_context_create());
    proj_log_level(context.get(), PJ_LOG_NONE);
    proj_context_set_enable_network(context.get(), 0);
    const PjPtr crs =
        horizontal_part(context.get(), PjPtr(proj_create(context.get(), std::string(definition).c_str())));
    if (!crs) return std::nullopt;
    IdentifiedCrs result;
    // A geographic 3D system has a code of its own, which is not the one of its horizontal part.
    const bool horizontal = proj_get_type(crs.get()) != PJ_TYPE_GEOGRAPHIC_3D_CRS;
    if (const auto declared = horizontal ? epsg_code(crs.get()) : std::nullopt) {
        result.srid = *declared;
    } else {
        result.how = IdentifiedCrs::How::ByParameters;
        auto code = code_by_parameters(context.get(), crs.get());
        if (!code) code = code_by_name_and_parameters(context.get(), crs.get());
        if (!code) return std::nullopt;
        result.srid = *code;
    }
    result.name = registry_name(context.get(), result.srid);
    return result;
}

}  // namespace gis
