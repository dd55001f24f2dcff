#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gis/read/archive.hpp"
#include "tests/api/wfs_fixture.hpp"

namespace test {

/// The API over layers that INSPIRE data sets are made of. Everybody may have the sections and parcels: 3 zonings and
/// 2,000 parcels, the data set cp-4.0; the plans and risks are for who has the right.
class Inspire : public WfsTest {
  protected:
    static void SetUpTestSuite();
    static void TearDownTestSuite();
    void SetUp() override;

    /// Who may read every layer, and export `layers` only. Made once.
    void make_exporter_of(const std::string& login, const std::string& layers);
    /// GetSpatialDataSet with more parameters.
    RawAnswer data_set(const std::string& code, int epsg, const std::string& more = "",
                       const std::string& headers = "") const;

    inline static std::unique_ptr<gis::read::TempFolder> temporary_;
};

/// Empty where the document is valid, or nobody can say.
std::string verdict(std::string_view kind, const RawAnswer& answer);

std::size_t count(const std::string& text, std::string_view part);
bool holds(const RawAnswer& answer, std::string_view part);

}  // namespace test
