#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "gis/layer/catalog.hpp"
#include "gis/wfs/request.hpp"
#include "gis/wfs/service_error.hpp"
#include "tests/support/xml_schema.hpp"

namespace test {

/// Layers that requests are read against: `place` (points, Lambert-93, a field of each type), `zone` (multipolygons),
/// `note` (no geometry).
const gis::Catalog& catalog();
const std::vector<gis::Crs>& offered();
const gis::Layer& place();
gis::wfs::RequestContext context();

/// "CODE at LOCATOR: text" of the ServiceError or InvalidRequest that `act` throws; "" when it throws none.
template <typename Act>
std::string refusal(Act act) {
    try {
        act();
    } catch (const gis::wfs::ServiceError& error) {
        return error.code() + " at " + error.locator() + ": " + error.what();
    } catch (const gis::InvalidRequest& error) {
        return "InvalidParameterValue at " + error.field() + ": " + error.what();
    }
    return "";
}

}  // namespace test
