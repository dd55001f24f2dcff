#pragma once

#include <string>
#include <string_view>

#include "gis/error.hpp"
#include "gis/wfs/version.hpp"

namespace gis::wfs {

/// A request that cannot be served, with the code of OWS Common (06-121r3, clause 8) or WFS 2.0 (09-025r2, table 3) and
/// the part of the request that is wrong.
class ServiceError : public Error {
  public:
    ServiceError(std::string code, std::string locator, const std::string& reason)
        : Error(reason), code_(std::move(code)), locator_(std::move(locator)) {}
    const std::string& code() const { return code_; }
    const std::string& locator() const { return locator_; }

  private:
    std::string code_;
    std::string locator_;
};

inline ServiceError missing(const std::string& parameter) {
    return {"MissingParameterValue", parameter, parameter + ": expected"};
}
inline ServiceError invalid(const std::string& parameter, const std::string& reason) {
    return {"InvalidParameterValue", parameter, parameter + ": " + reason};
}
/// A text that is no request: broken XML, an element where another is expected.
inline ServiceError unreadable(const std::string& locator, const std::string& reason) {
    return {"OperationParsingFailed", locator, reason};
}

/// The HTTP status that goes with a code (09-025r2, table 3; 06-121r3, table 28).
int status_of(std::string_view code);

/// The report a version's clients read: ows:ExceptionReport (2.0, 1.1), ServiceExceptionReport (1.0).
std::string exception_report(Version version, std::string_view code, std::string_view locator, std::string_view text);

/// "application/xml", or what WFS 1.0 clients know: "application/vnd.ogc.se_xml".
std::string_view exception_media_type(Version version);

}  // namespace gis::wfs
