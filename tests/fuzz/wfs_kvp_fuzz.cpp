// WFS requests as key-value pairs: lines of "name=value".

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "gis/text/utf8.hpp"
#include "tests/fuzz/wfs_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text = fuzz::text_of(data, size);
    if (!gis::is_utf8(text) || text.find('\0') != std::string_view::npos)
        return 0;  // the HTTP server lets none through
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!text.empty() && pairs.size() < 50) {
        const std::string_view line = text.substr(0, text.find('\n'));
        const auto equals = line.find('=');
        pairs.emplace_back(line.substr(0, equals), equals == std::string_view::npos ? "" : line.substr(equals + 1));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    gis::wfs::version_for_errors(pairs, "");
    return fuzz::refusing_wfs([&] { gis::wfs::read_kvp_request(pairs, {fuzz::catalog(), fuzz::offered()}); });
}
