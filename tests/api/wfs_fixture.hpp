#pragma once

#include <pugixml.hpp>
#include <string>
#include <vector>

#include "tests/api/api_fixture.hpp"

namespace test {

/// The API fixture asked as a WFS client does.
class WfsTest : public ApiTest {
  protected:
    using Ids = std::vector<std::string>;

    /// GET /wfs?service=WFS&`query`, the query's values percent-encoded where they need it.
    RawAnswer wfs(const std::string& query, const std::string& headers = "") const;
    RawAnswer post(const std::string& xml, const std::string& headers = "") const;

    /// Names (gml:id, fid) of the features of an answer that must be 200, in order.
    static Ids names_of(const RawAnswer& answer);
    /// The same without "place." before them.
    static Ids ids_of(const RawAnswer& answer);
    /// Of a GetFeature 2.0.0 on `place` with more parameters.
    Ids places(const std::string& more) const;
    /// Of a POST with this content of a fes:Filter.
    Ids filtered(const std::string& predicate) const;

    /// "400 InvalidParameterValue typeNames" of an exception report of any version.
    static std::string report_of(const RawAnswer& answer);
};

/// An attribute of the document element.
std::string root_attribute(const std::string& xml, const char* name);

/// `text` percent-encoded but for what a query keeps.
std::string encoded(const std::string& text);

}  // namespace test
