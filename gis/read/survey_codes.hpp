#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gis::read {

/// What points of one code draw.
struct SurveyCode {
    enum class Draws { Line, Area };
    std::string code;  ///< upper case, letters first: "BORD"
    Draws draws = Draws::Line;
    std::string title;
};

/// Reads "code;geometrie;titre" (UTF-8, one header line; geometrie: ligne or surface). Throws InvalidRequest naming the
/// line.
std::vector<SurveyCode> parse_survey_codes(std::string_view text);
std::string to_csv(const std::vector<SurveyCode>& codes);

/// What the code of one point says: "BAT12.C" is the code BAT, line 12, closed here. The control stands behind a blank,
/// '.', '-', '_' or '/': D, DEB, B, ST begin a line; F, FIN, E, END end it; C, CL, FER, CLS close it.
struct PointCode {
    enum class Control { None, Begin, End, Close };
    std::size_t code = 0;  ///< place in the table
    std::string number;    ///< "12"; empty: none
    Control control = Control::None;
};

/// Nothing for a code that the table does not know: the point is a point and no more.
std::optional<PointCode> parse_point_code(std::string_view text, const std::vector<SurveyCode>& codes);

/// Points of one code and number, joined in the order of the file.
struct CodedLine {
    std::size_t code = 0;
    std::string number;
    std::vector<double> xy;          ///< a closed one ends where it begins
    std::optional<double> accuracy;  ///< the worst of its points, metres; nothing when one of them does not say
    bool closed = false;
    std::string surveyed_at;  ///< of its first point, as FieldType::DateTime is; empty: not said
};

/// Joins coded points. A line goes on until its end, its closing, or the next beginning of the same code and number;
/// one that comes back to its first point is closed. Belongs to one thread.
class LineBuilder {
  public:
    void add(const PointCode& code, double x, double y, std::optional<double> accuracy, std::string surveyed_at = "");
    /// Lines of two points and more, in the order they began; calls no `add` afterwards.
    std::vector<CodedLine> finish();
    /// Points with a known code that are alone of their line.
    std::int64_t lone() const { return lone_; }

  private:
    std::vector<CodedLine> lines_;
    std::map<std::pair<std::size_t, std::string>, std::size_t> open_;  // by code and number
    std::int64_t lone_ = 0;
};

}  // namespace gis::read
