#pragma once

#include <optional>

#include "gis/write/feature_writer.hpp"
#include "gis/write/inner_point.hpp"

namespace gis {

/// How a table of text is spelt.
struct CsvForm {
    enum class Geometry { Wkt, Xy };  ///< a column WKT; or X and Y, of the point or of one on the geometry

    Geometry geometry = Geometry::Wkt;
    /// As a French Excel opens it by a double click: UTF-8 with its mark, semicolons, decimal commas, "oui" and "non";
    /// a text that a spreadsheet would take for a formula has an apostrophe before it.
    bool for_excel = false;
};

/// Comma-separated values (RFC 4180: CRLF, quotes where needed), UTF-8, a first line with the columns' names: the id
/// when it is no field, the fields, the geometry (x before y whatever the CRS). NULL is nothing, an empty text is "".
class CsvWriter : public FeatureWriter {
  public:
    CsvWriter(const FeatureOutput& output, CsvForm form);
    void begin(std::string& out, const CollectionFacts& facts) override;
    void write(std::string& out, const Feature& feature) override;
    void end(std::string&) override {}

  private:
    void append_text(std::string& out, std::string_view text) const;
    void append_scalar(std::string& out, const Scalar& value) const;
    void append_number(std::string& out, std::size_t begin) const;
    void append_xy(std::string& out, std::string_view wkb);

    CsvForm form_;
    char separator_;
    int decimals_;
    bool with_id_ = true;
    bool with_geometry_;
    std::string id_name_;
    std::vector<std::string> names_;
    std::string text_;  ///< of the value at hand
    std::optional<InnerPoint> inner_point_;
};

}  // namespace gis
