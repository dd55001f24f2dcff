#include "gis/geometry/bounded_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "gis/error.hpp"

namespace gis {

nlohmann::json parse_bounded_json(std::string_view text, const std::string& field) {
    using nlohmann::json;
    std::vector<std::set<std::string>> names;  // members of the objects that are open
    const json::parser_callback_t check = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth > max_json_depth) throw InvalidRequest(field, fmt::format("nested deeper than {}", max_json_depth));
        if (event == json::parse_event_t::object_start) names.emplace_back();
        if (event == json::parse_event_t::object_end) names.pop_back();
        if (event == json::parse_event_t::key && !names.back().insert(parsed.get<std::string>()).second)
            throw InvalidRequest(
                field, fmt::format("the member '{}' is there twice", parsed.get<std::string>().substr(0, 50)));
        return true;
    };
    try {
        return json::parse(text, check);
    } catch (const json::parse_error& wrong) {
        throw InvalidRequest(field, fmt::format("not a JSON text: wrong at byte {}", wrong.byte));
    } catch (const json::out_of_range&) {
        throw InvalidRequest(field, "a number in the JSON text is too large");
    }
}

}  // namespace gis
