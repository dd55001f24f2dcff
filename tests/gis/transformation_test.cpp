#include "gis/crs/transformation.hpp"

#include <gtest/gtest.h>
#include <proj.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "gis/error.hpp"

using gis::Transformation;

TEST(Transformation, GivesTheCoordinatesOfCs2cs) {
    struct Case {
        int from;
        double x, y, to_x, to_y, tolerance;
    };
    // echo "50.53 2.64" | cs2cs EPSG:4326 EPSG:2154 and so on; x before y here.
    const Case cases[] = {{4326, 2.64, 50.53, 674434.64, 7048140.44, 0.01},
                          {2154, 682000, 7045000, 682000, 7045000, 0}};
    for (const auto& c : cases) {
        Transformation transformation(c.from, 2154);
        double xy[2] = {c.x, c.y};
        transformation.apply(xy, 1);
        EXPECT_NEAR(xy[0], c.to_x, c.tolerance) << c.from;
        EXPECT_NEAR(xy[1], c.to_y, c.tolerance) << c.from;
    }
}

TEST(Transformation, KnowsWhereItsTargetIsUsed) {
    const Transformation transformation(4326, 2154);
    EXPECT_TRUE(transformation.in_target_area(682000, 7045000, 682100, 7045100));
    EXPECT_FALSE(transformation.in_target_area(2.64, 50.53, 2.64, 50.53));
    const double infinite = std::numeric_limits<double>::infinity();
    EXPECT_FALSE(transformation.in_target_area(682000, 7045000, infinite, 7045100));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(transformation.in_target_area(nan, nan, nan, nan));
}

TEST(Transformation, PointsWithoutImageBecomeInfinite) {
    Transformation transformation(4326, 2154);
    double xy[2] = {2.64, 999};
    transformation.apply(xy, 1);
    EXPECT_FALSE(std::isfinite(xy[0]) && std::isfinite(xy[1]) &&
                 transformation.in_target_area(xy[0], xy[1], xy[0], xy[1]));
}

TEST(Transformation, UnknownCodesAreNamed) {
    try {
        Transformation transformation(999999, 2154);
        FAIL();
    } catch (const gis::InvalidRequest& refused) {
        EXPECT_NE(std::string(refused.what()).find("EPSG:999999 est inconnu"), std::string::npos);
    }
}

TEST(Transformation, AMissingGridIsNamedAndNothingIsShifted) {
    // A PROJ folder with its database and no grid, as on a machine without proj-data.
    const char* database = proj_context_get_database_path(nullptr);
    ASSERT_NE(database, nullptr);
    const auto folder = std::filesystem::temp_directory_path() / ("carreau-proj-" + std::to_string(std::rand()));
    std::filesystem::create_directory(folder);
    std::filesystem::create_symlink(database, folder / "proj.db");
    setenv("PROJ_LIB", folder.c_str(), 1);
    setenv("PROJ_DATA", folder.c_str(), 1);
    std::string said;
    try {
        Transformation transformation(27571, 2154);
        said = "not refused: " + transformation.operation_name();
    } catch (const gis::InvalidRequest& refused) {
        said = refused.what();
    }
    unsetenv("PROJ_LIB");
    unsetenv("PROJ_DATA");
    std::filesystem::remove_all(folder);
    EXPECT_NE(said.find("grille"), std::string::npos) << said;
    EXPECT_NE(said.find("proj-data"), std::string::npos) << said;
}
