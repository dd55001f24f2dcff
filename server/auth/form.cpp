#include "auth/form.hpp"

#include <fmt/format.h>

#include <iterator>

namespace auth {

namespace {

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~").find(c) != std::string_view::npos;
}

}  // namespace

std::string form_escape(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (is_unreserved(c)) {
            escaped += c;
        } else {
            fmt::format_to(std::back_inserter(escaped), "%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return escaped;
}

std::string form_text(const FormFields& fields) {
    std::string text;
    for (const auto& [name, value] : fields) {
        if (!text.empty()) text += '&';
        text += form_escape(name) + "=" + form_escape(value);
    }
    return text;
}

}  // namespace auth
