#include <algorithm>

#include "gis/error.hpp"
#include "server/api/documents.hpp"
#include "server/api/job_steps.hpp"
#include "server/api/jobs.hpp"
#include "server/api/parameters.hpp"
#include "server/jobs/columns.hpp"

namespace api {

namespace {

/// Of what was asked, said before, or recognised: the first that is there.
std::string first_text(std::initializer_list<Json> texts) {
    for (const Json& text : texts) {
        if (text.is_string() && !text.get_ref<const std::string&>().empty()) return text.get<std::string>();
    }
    return "";
}

Json member(const Json& object, const char* name) {
    return object.is_object() ? object.value(name, Json()) : Json();
}

const gis::Layer* layer_to_fill(const std::vector<const gis::Layer*>& open, const std::string& name,
                                const Json& source) {
    const std::string kind = first_text({member(source, "kind")});
    const auto found = std::ranges::find_if(open, [&](const gis::Layer* layer) {
        return name.empty() ? !kind.empty() && layer->table_name == kind : layer->name == name;
    });
    return found == open.end() ? nullptr : *found;
}

Json source_named(const Json& layers, const std::string& name) {
    for (const Json& layer : layers) {
        if (name.empty() || layer.at("name") == name) return layer;
    }
    return nullptr;
}

/// What was chosen goes before what is proposed.
void show_choices(Json& columns, const Json& chosen) {
    if (!chosen.is_object()) return;
    for (Json& column : columns) {
        const auto found = chosen.find(column.at("name").get<std::string>());
        if (found != chosen.end()) column["source"] = *found;
    }
}

}  // namespace

Answer job_columns(const Services& services, CallPtr call) {
    require_known(*call->request, {"layer", "source_layer"});
    const auto open = layers_for_deposits(*call);
    auto work = [id = job_id(*call->request), open, asked = query_text(*call->request, "layer"),
                 source_asked = query_text(*call->request, "source_layer")](db::Connection& connection) {
        const std::vector<db::Parameter> values{id};
        const db::Result rows = connection.query(
            "select coalesce(recognised, '{}')::text, json_build_object('layer', layer, 'options', options)::text, "
            "coalesce(report->'read_as', 'null')::text from capture.job where job_id = $1::bigint",
            values);
        if (rows.rows() == 0) throw gis::NotFound("there is no such job");
        const Json layers = Json::parse(rows.text(0, 0)).value("layers", Json::array());
        Json read_as = Json::parse(rows.text(0, 2));
        if (read_as.is_null()) read_as = Json::parse(rows.text(0, 1));
        const Json& options = read_as.at("options");
        const Json source = source_named(layers, first_text({source_asked, member(options, "source_layer")}));
        const gis::Layer* layer = layer_to_fill(open, first_text({asked, read_as.at("layer")}), source);
        Json columns = Json::array();
        if (layer && !source.is_null()) columns = jobs::columns_for(connection, *layer, source);
        if (layer && read_as.at("layer") == layer->name) show_choices(columns, member(options, "columns"));
        return Json{{"layers", layers},
                    {"source_layer", source.is_null() ? Json() : source.at("name")},
                    {"layer", layer ? Json(layer->name) : Json()},
                    {"columns", std::move(columns)}};
    };
    const Json told = co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    Response response = json_response(told);
    response.set_header("Cache-Control", "no-store");
    co_return response;
}

}  // namespace api
