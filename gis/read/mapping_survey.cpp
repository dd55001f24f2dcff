// Surveys: points and tracks of GNSS receivers, total stations and field apps.
#include <fmt/format.h>

#include <cmath>

#include "gis/read/convert.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

std::optional<double> real_of(const Value& value) {
    if (const auto* real = std::get_if<double>(&value)) return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    return std::nullopt;
}

/// Receivers write what their fix is in a dozen ways; a bare number is GGA's code.
bool to_fix(Value& value, const MappingContext& context) {
    if (!to_text(value, context)) return false;
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return true;
    const std::string known = lower(*text);
    const auto says = [&](const char* word) { return known.find(word) != std::string::npos; };
    if (known == "4" || (says("fix") && !says("no")) || says("narrow")) {
        value = "RTK fixe";
    } else if (known == "5" || says("float") || says("flott")) {
        value = "RTK flottant";
    } else if (known == "2" || says("dgps") || says("dgnss") || says("sbas") || says("diff")) {
        value = "DGPS";
    } else if (known == "1" || says("auton") || says("single") || says("3d") || says("gps")) {
        value = "GNSS";
    }
    return true;
}

/// Classes of the PCRS (CNIG), in centimetres; 999: not known or worse.
std::string precision_class(std::optional<double> metres) {
    if (!metres || !(*metres >= 0)) return "999";
    if (*metres <= 0.02) return "002";
    if (*metres <= 0.05) return "005";
    if (*metres <= 0.10) return "010";
    if (*metres <= 0.40) return "040";
    if (*metres <= 1.50) return "150";
    return "999";
}

std::string text_or(RowDraft& row, const char* column, const std::string& other) {
    const std::string text = row.text(column);
    return text.empty() ? other : text;
}

std::string finish_point(RowDraft& row) {
    const std::string lot = row.context().file_stem;
    row.set("lot", lot);
    const std::string given = row.text("~uuid");
    row.set("id", given.empty() ? lot + ":" + text_or(row, "numero", row.geometry_hash(row.text("releve_le"))) : given);
    const std::optional<double> accuracy = real_of(row.value("precision_h"));
    row.set("classe_precision", precision_class(accuracy));
    const std::optional<double> ellipsoidal = real_of(row.value("hauteur_ellipsoidale"));
    if (ellipsoidal) return row.context().heights->complete(row, *ellipsoidal);
    if (!row.has("systeme_altitude") && row.has("altitude")) row.set("systeme_altitude", "non dit");
    return "";
}

std::string finish_track(RowDraft& row) {
    const std::string lot = row.context().file_stem;
    row.set("lot", lot);
    row.set("genre", row.context().layer == "routes" ? "itinéraire" : "trace");
    row.set("id", fmt::format("{}:{}", lot, row.geometry_hash()));
    return "";
}

Mapping survey_mapping(const std::string& kind, GeometryType geometry, std::string (*finish)(RowDraft&)) {
    Mapping mapping;
    mapping.kind = kind;
    mapping.table = "terrain." + kind;
    mapping.geometry = geometry;
    mapping.coverage_column = "lot";
    mapping.id_column = "id";
    mapping.same_id = Mapping::SameId::Number;
    mapping.finish = finish;
    return mapping;
}

Mapping point_mapping() {
    Mapping mapping = survey_mapping("leve_point", GeometryType::Point, finish_point);
    mapping.point_code = "code";
    mapping.columns = {
        {"id", "", nullptr},
        {"lot", "", nullptr},
        {"numero", "numero|numéro|num|point|pt|matricule|name|nom|point_id", to_text},
        {"code", "code|codification|feature_code|type|nature|sym", to_text},
        {"altitude", "altitude|alt|z|ele|elevation|élévation|z_ngf|alt_ngf|altitude_ngf|height", to_number},
        {"hauteur_ellipsoidale", "hauteur_ellipsoidale|h_ell|hell|ellipsoidal_height|he|h_ellips", to_number},
        {"systeme_altitude", "systeme_altitude|vertical_crs", to_text},
        {"fix", "fix|statut|status|qualite|qualité|quality|fix_quality|solution|mode_gnss", to_fix},
        {"satellites", "satellites|nb_sat|sat|nsat|sats", to_integer},
        {"hdop", "hdop", to_number},
        {"pdop", "pdop", to_number},
        {"precision_h",
         "precision_h|h_accuracy|hrms|h_acc|accuracy|prec_h|precision_xy|hz_prec|horizontal_accuracy|sigma_h",
         to_number},
        {"precision_v", "precision_v|v_accuracy|vrms|v_acc|prec_v|precision_z|vt_prec|vertical_accuracy", to_number},
        {"hauteur_antenne", "hauteur_antenne|antenna_height|antenne|h_ant|antenna|pole_height", to_number},
        {"releve_le", "releve_le|time|date_heure|datetime|horodatage|timestamp|date|utc", to_datetime},
        {"appareil", "appareil|device|recepteur|récepteur|receiver|instrument", to_text},
        {"operateur", "operateur|opérateur|operator|auteur|user|surveyor", to_text},
        {"observation", "observation|remarque|commentaire|comment|desc|description|cmt|note", to_text},
        {"classe_precision", "", nullptr},
        {"~uuid", "uuid", to_text}};
    return mapping;
}

Mapping track_mapping() {
    Mapping mapping = survey_mapping("leve_trace", GeometryType::MultiLineString, finish_track);
    mapping.columns = {{"id", "", nullptr},
                       {"lot", "", nullptr},
                       {"genre", "", nullptr},
                       {"nom", "name|nom", to_text},
                       {"observation", "desc|cmt|description|observation", to_text},
                       {"releve_le", "releve_le|time", to_datetime}};
    return mapping;
}

std::string finish_drawn(RowDraft& row) {
    const std::string lot = row.context().file_stem;
    row.set("lot", lot);
    row.set("id", lot + ":" + row.text("numero"));
    row.set("classe_precision", precision_class(real_of(row.value("~precision_h"))));
    return "";
}

/// What points draw by their codes (coded_lines).
Mapping drawn_mapping(const char* kind, const char* layer, GeometryType geometry) {
    Mapping mapping = survey_mapping(kind, geometry, finish_drawn);
    mapping.names = {layer};
    mapping.fields = {"numero", "code", "titre", "points"};
    mapping.columns = {{"id", "", nullptr},
                       {"lot", "", nullptr},
                       {"numero", "numero", to_text},
                       {"code", "code", to_text},
                       {"titre", "titre", to_text},
                       {"points", "points", to_integer},
                       {"releve_le", "releve_le", to_datetime},
                       {"classe_precision", "", nullptr},
                       {"~precision_h", "precision_h", to_number}};
    return mapping;
}

Mapping of_format(Mapping mapping, Format format, std::vector<std::string> names) {
    mapping.format = format;
    mapping.names = std::move(names);
    return mapping;
}

}  // namespace

std::string Heights::complete(RowDraft& row, double ellipsoidal) {
    const std::vector<double>& at = row.shape().xy;
    if (!ign69_) ign69_.emplace();
    if (const auto height = ign69_->from_ellipsoidal(at[0], at[1], ellipsoidal)) {
        row.set("altitude", *height);
        row.set("systeme_altitude", "IGN69 (" + ign69_->grid() + ")");
        return "";
    }
    if (required_) return reason();
    ++left_;
    if (!row.has("systeme_altitude") && row.has("altitude")) row.set("systeme_altitude", "géoïde du récepteur");
    return "";
}

std::string Heights::reason() const {
    if (!ign69_->grid().empty()) return "hauteur hors de la grille " + ign69_->grid() + " de l'IGN";
    return fmt::format(
        "la grille de l'IGN {} manque à cette machine, et aucun paquet Debian ne la contient ; faites-la installer "
        "({})",
        Ign69::grids[0], Ign69::remedy);
}

std::string Heights::note() const {
    if (left_ == 0) return "";
    return fmt::format("{} hauteurs ellipsoïdales non ramenées à l'IGN69 : {}", left_, reason());
}

std::vector<Mapping> survey_mappings() {
    Mapping any = point_mapping();
    any.names = {"leve_point*", "leves_point*"};
    Mapping waypoints = of_format(point_mapping(), Format::Gpx, {"waypoints"});
    waypoints.point_code.clear();  // symbols of a hand-held receiver are no field codes
    return {waypoints,
            of_format(track_mapping(), Format::Gpx, {"tracks", "routes"}),
            of_format(point_mapping(), Format::Nmea, {}),
            of_format(point_mapping(), Format::LandXml, {"CgPoints"}),
            drawn_mapping("leve_ligne", "lignes par code", GeometryType::MultiLineString),
            drawn_mapping("leve_surface", "surfaces par code", GeometryType::MultiPolygon),
            of_format(point_mapping(), Format::Csv, {}),
            any};
}

}  // namespace gis::read
