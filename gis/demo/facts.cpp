#include "gis/demo/facts.hpp"

#include <fmt/format.h>
#include <proj.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <memory>
#include <stdexcept>

#include "gis/error.hpp"

namespace gis::demo {

namespace {

/// A CSV text whose cells are asked for by column name.
class Table {
  public:
    Table(std::string file, std::string_view text) : file_(std::move(file)), rows_(parse_csv(text)) {
        if (rows_.empty()) throw InvalidRequest(file_, "a header line expected, got nothing");
    }

    std::size_t size() const { return rows_.size() - 1; }

    const std::string& text(std::size_t row, std::string_view column) const {
        const auto found = std::find(rows_[0].begin(), rows_[0].end(), column);
        if (found == rows_[0].end()) throw InvalidRequest(file_, fmt::format("column {} is missing", column));
        const auto at = static_cast<std::size_t>(found - rows_[0].begin());
        if (at >= rows_[row + 1].size()) throw InvalidRequest(file_, fmt::format("line {} is too short", row + 2));
        return rows_[row + 1][at];
    }

    template <typename Number>
    Number number(std::size_t row, std::string_view column) const {
        const std::string& cell = text(row, column);
        Number out{};
        const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), out);
        if (error != std::errc() || end != cell.data() + cell.size()) {
            throw InvalidRequest(file_, fmt::format("line {}, {}: a number expected, got '{}'", row + 2, column, cell));
        }
        return out;
    }

  private:
    std::string file_;
    std::vector<std::vector<std::string>> rows_;
};

/// Longitude and latitude in degrees to Lambert-93.
class ToLambert {
  public:
    ToLambert()
        : context_(proj_context_create(), proj_context_destroy),
          made_(proj_create_crs_to_crs(context_.get(), "EPSG:4326", "EPSG:2154", nullptr), proj_destroy),
          transform_(made_ ? proj_normalize_for_visualization(context_.get(), made_.get()) : nullptr, proj_destroy) {
        if (!transform_) throw std::runtime_error("PROJ knows no way from EPSG:4326 to EPSG:2154");
    }

    Vec operator()(double longitude, double latitude) const {
        const PJ_COORD out = proj_trans(transform_.get(), PJ_FWD, proj_coord(longitude, latitude, 0, 0));
        return {out.xy.x, out.xy.y};
    }

  private:
    std::unique_ptr<PJ_CONTEXT, decltype(&proj_context_destroy)> context_;
    std::unique_ptr<PJ, decltype(&proj_destroy)> made_;
    std::unique_ptr<PJ, decltype(&proj_destroy)> transform_;
};

std::vector<std::string> split_codes(const std::string& text) {
    std::vector<std::string> out;
    std::size_t start = 0;
    while (start <= text.size()) {
        const std::size_t end = std::min(text.find(';', start), text.size());
        out.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return out;
}

std::vector<CommuneFact> parse_communes(const std::string& text) {
    const Table table("communes_csv", text);
    const ToLambert to_lambert;
    std::vector<CommuneFact> out;
    for (std::size_t i = 0; i < table.size(); ++i) {
        CommuneFact fact;
        fact.name = table.text(i, "nom");
        fact.insee = table.text(i, "code_insee");
        if (table.text(i, "ads_member") == "1") fact.ads_since = table.text(i, "ads_since");
        fact.ppri_lawe = table.text(i, "ppri_lawe") == "1";
        fact.ppri_clarence = table.text(i, "ppri_clarence") == "1";
        fact.ppi = table.text(i, "ppi") == "1";
        fact.note = table.text(i, "note");
        fact.centre = to_lambert(table.number<double>(i, "lon_centroid"), table.number<double>(i, "lat_centroid"));
        fact.area_km2 = table.number<double>(i, "area_km2_simplified");
        out.push_back(std::move(fact));
    }
    return out;
}

std::vector<OperationFact> parse_operations(const std::string& text) {
    const Table table("archaeology_csv", text);
    std::vector<OperationFact> out;
    for (std::size_t i = 0; i < table.size(); ++i) {
        OperationFact fact;
        fact.row = table.number<int>(i, "row");
        fact.year = table.number<int>(i, "year");
        fact.communes = split_codes(table.text(i, "codes_insee"));
        fact.excavation = table.text(i, "type_operation") == "Fouille";
        fact.sector = table.text(i, "secteur");
        fact.developer = table.text(i, "amenageur");
        fact.project = table.text(i, "projet");
        out.push_back(std::move(fact));
    }
    return out;
}

std::vector<ActFact> parse_acts(const std::string& text) {
    const Table table("ads_acts_csv", text);
    std::vector<ActFact> out;
    for (std::size_t i = 0; i < table.size(); ++i) {
        out.push_back({table.text(i, "code"), table.text(i, "libelle"), table.number<int>(i, "legal_delay_months")});
    }
    return out;
}

}  // namespace

std::vector<std::vector<std::string>> parse_csv(std::string_view text) {
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> row;
    std::string cell;
    bool quoted = false;
    const auto end_row = [&] {
        row.push_back(std::move(cell));
        cell.clear();
        if (row.size() > 1 || !row[0].empty()) rows.push_back(std::move(row));
        row.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c != '"') {
                cell += c;
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                cell += text[++i];
            } else {
                quoted = false;
            }
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            row.push_back(std::move(cell));
            cell.clear();
        } else if (c == '\n') {
            end_row();
        } else if (c != '\r') {
            cell += c;
        }
    }
    if (!cell.empty() || !row.empty()) end_row();
    return rows;
}

const CommuneFact* ParsedFacts::find_commune(std::string_view insee) const {
    const auto found = std::find_if(communes.begin(), communes.end(), [&](const auto& c) { return c.insee == insee; });
    return found == communes.end() ? nullptr : &*found;
}

const ActFact& ParsedFacts::act(std::string_view code) const {
    const auto found = std::find_if(acts.begin(), acts.end(), [&](const auto& a) { return a.code == code; });
    if (found == acts.end()) throw InvalidRequest("ads_acts_csv", fmt::format("act {} is missing", code));
    return *found;
}

ParsedFacts parse_facts(const Facts& facts) {
    ParsedFacts out{parse_communes(facts.communes_csv), parse_operations(facts.archaeology_csv),
                    parse_acts(facts.ads_acts_csv)};
    for (const OperationFact& operation : out.operations) {
        for (const std::string& insee : operation.communes) {
            if (!out.find_commune(insee)) {
                throw InvalidRequest("archaeology_csv",
                                     fmt::format("row {}: commune {} is unknown", operation.row, insee));
            }
        }
    }
    return out;
}

}  // namespace gis::demo
