#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gis::wfs {

/// The parameters of a request as keyword and value pairs (06-121r3, 11.5; 09-025r2, 6.2.5): names in any case, unknown
/// ones ignored, an empty value is none.
class Kvp {
  public:
    /// Decoded pairs. Throws ServiceError when a parameter is given twice with different values.
    explicit Kvp(const std::vector<std::pair<std::string, std::string>>& pairs);

    /// `name` in lower case.
    std::optional<std::string> find(std::string_view name) const;
    /// The first of these names that is there: spellings of several versions.
    std::optional<std::string> find_any(std::initializer_list<std::string_view> names) const;

    /// True when it was there, be it without a value.
    bool is_given(std::string_view name) const;

    /// All that have a value, names in lower case.
    const std::vector<std::pair<std::string, std::string>>& pairs() const { return values_; }

  private:
    std::vector<std::pair<std::string, std::string>> values_;
    std::vector<std::string> empty_;
};

/// "a,b" -> a, b; parts are trimmed, empty ones dropped.
std::vector<std::string> split_list(std::string_view text);

/// Each once, in their order. Throws ServiceError naming `parameter` when more than 100 remain: each may cost a
/// description of the same length.
std::vector<std::string> distinct_ids(const std::vector<std::string>& ids, const std::string& parameter);

/// "(a,b)(c)" -> "a,b", "c"; text without parentheses is one group. Groups of XML may hold parentheses themselves.
std::vector<std::string> split_groups(std::string_view text);

/// NAMESPACES of a request: "xmlns(p,http://...),xmlns(http://...)" and the "xmlns(p=http://...)" of WFS 1.1.0, as
/// prefix ("" for the default one) and URI. Throws ServiceError.
std::vector<std::pair<std::string, std::string>> read_namespaces(std::string_view text);

}  // namespace gis::wfs
