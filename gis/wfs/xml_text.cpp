#include "gis/wfs/xml_text.hpp"

namespace gis::wfs {

std::string xml_text(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            default:
                const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
                escaped += control ? ' ' : c;
        }
    }
    return escaped;
}

std::string xml_element(std::string_view name, std::string_view text) {
    if (text.empty()) return "";
    const std::string tag(name);
    return '<' + tag + '>' + xml_text(text) + "</" + tag + '>';
}

}  // namespace gis::wfs
