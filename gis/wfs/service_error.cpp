#include "gis/wfs/service_error.hpp"

#include "gis/write/xml_text.hpp"

namespace gis::wfs {

int status_of(std::string_view code) {
    if (code == "OperationNotSupported" || code == "OptionNotSupported") return 501;
    if (code == "OperationProcessingFailed" || code == "LockHasExpired") return 403;
    if (code == "NotFound") return 404;
    if (code == "NoApplicableCode") return 500;
    return 400;
}

std::string exception_report(Version version, std::string_view code, std::string_view locator, std::string_view text) {
    const std::string where = locator.empty() ? "" : " locator=\"" + xml_text(locator) + '"';
    std::string report = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    const std::string exception_code = xml_text(code);
    if (version == Version::V1_0_0) {
        report += "<ServiceExceptionReport version=\"1.2.0\" xmlns=\"http://www.opengis.net/ogc\">\n";
        report += "  <ServiceException code=\"" + exception_code + '"' + where + '>' + xml_text(text);
        return report + "</ServiceException>\n</ServiceExceptionReport>\n";
    }
    const bool second = version == Version::V2_0_0;
    report += "<ows:ExceptionReport xmlns:ows=\"" + std::string(namespaces_of(version).ows) + "\" version=\"";
    report += to_string(version);
    report += second ? "\" xml:lang=\"en\">" : "\" language=\"en\">";
    report += "\n  <ows:Exception exceptionCode=\"" + exception_code + '"' + where + ">\n";
    report += "    <ows:ExceptionText>" + xml_text(text) + "</ows:ExceptionText>\n";
    return report + "  </ows:Exception>\n</ows:ExceptionReport>\n";
}

std::string_view exception_media_type(Version version) {
    return version == Version::V1_0_0 ? "application/vnd.ogc.se_xml" : "application/xml";
}

}  // namespace gis::wfs
