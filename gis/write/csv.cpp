#include "gis/write/csv.hpp"

#include <algorithm>
#include <cmath>

#include "gis/write/number_text.hpp"
#include "gis/write/wkt_text.hpp"

namespace gis {

namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
constexpr std::string_view no_break_space = "\xC2\xA0";

/// True for what a spreadsheet would run: a formula's first character, also after spaces.
bool looks_like_formula(std::string_view text) {
    while (true) {
        if (text.starts_with(' ')) {
            text.remove_prefix(1);
        } else if (text.starts_with(no_break_space)) {
            text.remove_prefix(no_break_space.size());
        } else {
            break;
        }
    }
    return !text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos;
}

}  // namespace

CsvWriter::CsvWriter(const FeatureOutput& output, CsvForm form)
    : form_(form),
      separator_(form.for_excel ? ';' : ','),
      decimals_(coordinate_decimals(output.crs)),
      with_geometry_(output.with_geometry),
      id_name_(output.layer->id_column) {
    for (const Field* field : output.fields) {
        names_.push_back(field->name);
        with_id_ = with_id_ && field->name != output.layer->id_column;
    }
}

void CsvWriter::append_text(std::string& out, std::string_view text) const {
    const bool guarded = form_.for_excel && looks_like_formula(text);
    const bool quoted =
        text.empty() || guarded || text.front() == ' ' || text.back() == ' ' ||
        std::ranges::any_of(text, [this](char c) { return c == separator_ || c == '"' || c == '\n' || c == '\r'; });
    if (!quoted) {
        out += text;
        return;
    }
    out += '"';
    if (guarded) out += '\'';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

/// The number that stands in `out` from `begin` on, with the decimal mark of the form.
void CsvWriter::append_number(std::string& out, std::size_t begin) const {
    if (form_.for_excel) std::replace(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), '.', ',');
}

void CsvWriter::append_scalar(std::string& out, const Scalar& value) const {
    const std::size_t begin = out.size();
    if (const auto* text = std::get_if<std::string_view>(&value)) {
        append_text(out, *text);
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        append_integer(out, *whole);
    } else if (const auto* number = std::get_if<double>(&value); number != nullptr && std::isfinite(*number)) {
        append_double(out, *number);
        append_number(out, begin);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
        out += form_.for_excel ? (*flag ? "oui" : "non") : (*flag ? "true" : "false");
    }
}

void CsvWriter::append_xy(std::string& out, std::string_view wkb) {
    if (!inner_point_) inner_point_.emplace();
    const auto point = wkb.empty() ? std::nullopt : inner_point_->of(wkb);
    if (!point) {
        out += separator_;
        return;
    }
    const std::size_t begin = out.size();
    append_decimal(out, point->x, decimals_);
    append_number(out, begin);
    out += separator_;
    const std::size_t second = out.size();
    append_decimal(out, point->y, decimals_);
    append_number(out, second);
}

void CsvWriter::begin(std::string& out, const CollectionFacts&) {
    if (form_.for_excel) out += utf8_mark;
    std::vector<std::string> columns;
    if (with_id_) columns.push_back(id_name_);
    columns.insert(columns.end(), names_.begin(), names_.end());
    if (with_geometry_ && form_.geometry == CsvForm::Geometry::Wkt) columns.emplace_back("WKT");
    if (with_geometry_ && form_.geometry == CsvForm::Geometry::Xy) columns.insert(columns.end(), {"X", "Y"});
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) out += separator_;
        append_text(out, columns[i]);
    }
    out += "\r\n";
}

void CsvWriter::write(std::string& out, const Feature& feature) {
    bool is_first = true;
    const auto separate = [&] {
        if (!is_first) out += separator_;
        is_first = false;
    };
    if (with_id_) {
        separate();
        append_text(out, feature.id);
    }
    for (const Scalar& value : feature.values) {
        separate();
        append_scalar(out, value);
    }
    if (with_geometry_) {
        separate();
        if (form_.geometry == CsvForm::Geometry::Xy) {
            append_xy(out, feature.wkb);
        } else if (!feature.wkb.empty()) {
            text_.clear();
            append_wkt(text_, feature.wkb, decimals_);
            append_text(out, text_);
        }
    }
    out += "\r\n";
}

}  // namespace gis
