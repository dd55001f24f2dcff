#include "gis/read/sitadel_source.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "gis/cadastre/parcel_reference.hpp"
#include "gis/read/csv_source.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

const std::array<std::string_view, 4> number_columns{"NUM_DAU", "NUM_PA", "NUM_PD", "NUM_PC"};
/// Section and number of each of the three references that the lists have room for.
const std::vector<std::string> reference_columns{"COMM",          "SEC_CADASTRE1", "NUM_CADASTRE1", "SEC_CADASTRE2",
                                                 "NUM_CADASTRE2", "SEC_CADASTRE3", "NUM_CADASTRE3"};

std::string cell(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text ? *text : "";
}

/// "AM 493" of 31555 -> "31555___AM0493"; "864 AP15" -> "31555864AP0015".
std::optional<std::string> designation_of(const std::string& commune, const std::string& reference) {
    const auto parcel = parse_parcel_reference(commune + " " + reference);
    if (!parcel || parcel->commune != commune || !parcel->place.empty() || parcel->number.empty()) return std::nullopt;
    return commune + parcel->prefix.value_or("___") + parcel->section + parcel->number;
}

bool identifies_permit(const SourceField& field) {
    const auto is = [&](std::string_view name) { return same_name(field.name, name); };
    return is("TYPE_DAU") || is("AN_DEPOT") || std::ranges::any_of(number_columns, is);
}

/// What a wanted field of `references` is taken from.
enum class Taken { List, Reference, Designation, Row };

Taken taken_from(const std::string& field) {
    if (field == "reference") return Taken::Reference;
    if (field == "designation") return Taken::Designation;
    return field == "ligne" ? Taken::Row : Taken::List;
}

class SitadelSource final : public Source {
  public:
    SitadelSource(const Input& input, const Options& options) : table_(open_csv_source(input, options)) {
        SourceLayer permits = table_->layers().front();
        permits.name = "dossiers";
        permits.notes.emplace_back(
            "la date de dépôt est le 1er janvier de son année : la liste ne dit que l'année ; corrigez-la si besoin");
        SourceLayer references;
        references.name = "references";
        references.encoding = permits.encoding;
        std::ranges::copy_if(permits.fields, std::back_inserter(references.fields), identifies_permit);
        references.fields.push_back({"reference", FieldType::Text});
        references.fields.push_back({"designation", FieldType::Text});
        references.fields.push_back({"ligne", FieldType::Integer});
        layers_ = {std::move(permits), std::move(references)};
    }

    const std::vector<SourceLayer>& layers() const override { return layers_; }
    std::int64_t bytes_done() const override { return table_->bytes_done(); }

    void read(std::size_t layer, const std::vector<std::string>& wanted,
              const std::function<void(SourceFeature&)>& take) override {
        if (layer == 0) return table_->read(0, wanted, take);
        std::vector<std::string> columns = reference_columns;
        columns.insert(columns.end(), wanted.begin(), wanted.end());
        SourceFeature feature;
        table_->read(0, columns, [&](SourceFeature& row) {
            std::set<std::string> said;
            for (std::size_t i = 1; i + 1 < reference_columns.size(); i += 2) {
                const std::string both = cell(row.values[i]) + " " + cell(row.values[i + 1]);
                const std::string reference(trimmed(both));
                if (reference.empty() || !said.insert(reference).second) continue;
                ++feature.number;
                fill(feature, row, wanted, reference);
                take(feature);
            }
        });
    }

  private:
    static void fill(SourceFeature& feature, const SourceFeature& row, const std::vector<std::string>& wanted,
                     const std::string& reference) {
        feature.values.assign(wanted.size(), Value());
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            switch (taken_from(wanted[i])) {
                case Taken::List:
                    feature.values[i] = row.values[reference_columns.size() + i];
                    break;
                case Taken::Reference:
                    feature.values[i] = reference;
                    break;
                case Taken::Designation:
                    if (auto found = designation_of(cell(row.values[0]), reference))
                        feature.values[i] = std::move(*found);
                    break;
                case Taken::Row:
                    feature.values[i] = row.number;
                    break;
            }
        }
    }

    std::unique_ptr<Source> table_;
    std::vector<SourceLayer> layers_;
};

}  // namespace

bool is_permit_list(const std::vector<std::string>& columns) {
    const auto has = [&](std::string_view name) {
        return std::ranges::any_of(columns, [&](const std::string& column) { return same_name(column, name); });
    };
    return std::ranges::all_of(reference_columns, has) && has("AN_DEPOT") && std::ranges::any_of(number_columns, has);
}

std::unique_ptr<Source> open_sitadel_source(const Input& input, const Options& options) {
    return std::make_unique<SitadelSource>(input, options);
}

}  // namespace gis::read
