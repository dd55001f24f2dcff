// WFS requests as XML, transactions too.

#include "tests/fuzz/wfs_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    gis::wfs::version_for_errors({}, text);
    return fuzz::refusing_wfs([&] { gis::wfs::read_xml_request(text, {fuzz::catalog(), fuzz::offered()}); });
}
