#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace auth {

/// Names and values of a query or a form, in order.
using FormFields = std::vector<std::pair<std::string, std::string>>;

/// One name or value as application/x-www-form-urlencoded; everything but RFC 3986's unreserved characters is escaped.
std::string form_escape(std::string_view text);

/// "a=1&b=x%20y"
std::string form_text(const FormFields& fields);

}  // namespace auth
