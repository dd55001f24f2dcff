#include "server/jobs/last_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "gis/read/archive.hpp"
#include "gis/read/text.hpp"

namespace jobs {

namespace {

constexpr std::array remembered{"crs",     "swap_axes",    "encoding", "separator",
                                "decimal", "source_layer", "heights",  "columns"};

/// The names of a layer's fields, or their words in a table of text, whose separator may be mistaken.
std::set<std::string> words_of(const Json& layer) {
    std::set<std::string> words;
    for (const Json& field : layer.at("fields")) {
        const std::string name = gis::read::lower(field.at("name").get<std::string>());
        const std::string_view between = layer.contains("separator") ? ";,|\t \"" : "";
        for (std::size_t begin = 0; begin < name.size();) {
            const std::size_t end = std::min(name.find_first_of(between, begin), name.size());
            if (end > begin) words.insert(name.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    return words;
}

/// Empty: nothing to know files again by.
std::string signature_of(const Json& recognised) {
    std::set<std::string> layers;
    for (const Json& layer : recognised.at("layers")) {
        layers.insert(Json{layer.at("format"), words_of(layer)}.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    return layers.empty() ? "" : gis::read::sha256_of_bytes(Json(layers).dump());
}

bool is_said(const Json& wishes, const char* name) {
    const auto found = wishes.find(name);
    return found != wishes.end() && !found->is_null();
}

Json kept_of(const Json& wishes) {
    Json options = Json::object();
    for (const char* name : remembered) {
        if (is_said(wishes, name)) options[name] = wishes.at(name);
    }
    return options;
}

bool takes_crs(const Manner& said, const LastTime& last) {
    return !is_said(said.wishes, "crs") && is_said(last.manner.wishes, "crs");
}

}  // namespace

void note_recognised(db::Connection& connection, const Job& job, const Json& recognised) {
    const std::vector<db::Parameter> values{
        std::to_string(job.id), recognised.dump(-1, ' ', false, Json::error_handler_t::replace), job.holder};
    connection.query("update capture.job set recognised = $2::jsonb where job_id = $1::bigint and holder = $3::uuid",
                     values);
}

std::optional<LastTime> last_time(db::Connection& connection, const Job& job, const Json& recognised) {
    const std::string signature = signature_of(recognised);
    if (signature.empty() || !as_last_time(job.wishes)) return std::nullopt;
    const std::vector<db::Parameter> values{std::to_string(job.id), signature};
    const db::Result rows = connection.query(
        "select d.layer, d.options::text, d.confirmed_at::date::text from capture.reading_default d join capture.job j "
        "using "
        "(organisation_id) where j.job_id = $1::bigint and d.signature = $2 and (j.layer is null or j.layer = d.layer) "
        "and "
        "(d.layer is null or exists (select from catalogue.layer l where l.name = d.layer and "
        "l.table_schema || '.' || l.table_name = any (j.tables)))",
        values);
    if (rows.rows() == 0) return std::nullopt;
    LastTime last{{std::nullopt, Json::parse(rows.text(0, 1))}, rows.text(0, 2)};
    if (!rows.is_null(0, 0)) last.manner.layer = rows.text(0, 0);
    return last;
}

Manner as_last_time(const Manner& said, const LastTime& last) {
    Manner manner{said.layer ? said.layer : last.manner.layer, said.wishes};
    for (const auto& [name, value] : last.manner.wishes.items()) {
        // A swap belongs to its CRS.
        if (is_said(said.wishes, name == "swap_axes" ? "crs" : name.c_str())) continue;
        manner.wishes[name] = value;
    }
    return manner;
}

std::string misfit(const Manner& said, const LastTime& last, const Json& alone, const Json& so) {
    if (!takes_crs(said, last)) return "";
    const auto crs = last.manner.wishes.at("crs").get<std::string>();
    for (const Json& layer : alone.at("layers")) {
        if (!layer.contains("srid") || !layer.at("proposals").empty()) continue;
        const std::string own = fmt::format("EPSG:{}", layer.at("srid").get<int>());
        if (own != crs) return fmt::format("le fichier se dit en {}, qui convient", own);
    }
    for (const Json& layer : so.at("layers")) {
        if (!layer.at("proposals").empty()) return fmt::format("{} met les objets hors du territoire", crs);
    }
    return "";
}

void remember(db::Connection& connection, const Job& job) {
    const std::vector<db::Parameter> id{std::to_string(job.id)};
    const db::Result rows = connection.query(
        "select organisation_id, recognised::text, (report->'read_as')::text from capture.job where job_id = "
        "$1::bigint and "
        "recognised is not null and report ? 'read_as'",
        id);
    if (rows.rows() == 0) return;
    const Json read_as = Json::parse(rows.text(0, 2));
    const Json options = kept_of(read_as.at("options"));
    const std::vector<db::Parameter> key{std::to_string(rows.int64(0, 0)), signature_of(Json::parse(rows.text(0, 1)))};
    if (read_as.at("layer").is_null() && options.empty()) {
        if (!as_last_time(job.wishes))
            connection.query("delete from capture.reading_default where organisation_id = $1::int and signature = $2",
                             key);
        return;
    }
    std::vector<db::Parameter> values = key;
    values.push_back(read_as.at("layer").is_null() ? db::Parameter()
                                                   : db::Parameter(read_as.at("layer").get<std::string>()));
    values.push_back(options.dump());
    connection.query(
        "insert into capture.reading_default values ($1::int, $2, $3, $4::jsonb) on conflict (organisation_id, "
        "signature) do "
        "update set layer = excluded.layer, options = excluded.options, confirmed_at = now()",
        values);
}

}  // namespace jobs
