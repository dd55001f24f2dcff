#include "gis/crs/closed_form.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "gis/crs/transformation.hpp"
#include "gis/error.hpp"

namespace {

using gis::closed_form;
using gis::Crs;

Crs crs(int code) {
    return gis::crs_from_epsg(code).value();
}

TEST(ClosedForm, TheOriginOfLambert93IsWhereItsDefinitionPutsIt) {
    const auto* form = closed_form(2154, gis::crs84());
    ASSERT_NE(form, nullptr);
    double x = 700'000;
    double y = 6'600'000;
    form->apply(x, y);
    EXPECT_NEAR(x, 3, 1e-12);
    EXPECT_NEAR(y, 46.5, 1e-10);
}

TEST(ClosedForm, AgreesWithProjFarBeyondTheGridItWasCheckedOn) {
    for (const int source : {2154, 3942, 3943, 3944, 3945, 3946, 3947, 3948, 3949, 3950}) {
        const Crs from = crs(source);
        for (const int target : {4326, 4258, 4171, 3857}) {
            SCOPED_TRACE(std::to_string(source) + " to " + std::to_string(target));
            const auto* form = closed_form(source, crs(target));
            ASSERT_NE(form, nullptr);
            gis::Transformation proj(source, target);
            const auto& area = from.native_area;
            double worst = 0;
            for (int i = 0; i < 71; ++i) {
                for (int j = 0; j < 73; ++j) {
                    double xy[2] = {area.west + (area.east - area.west) * i / 70,
                                    area.south + (area.north - area.south) * j / 72};
                    double x = xy[0];
                    double y = xy[1];
                    form->apply(x, y);
                    proj.apply(xy, 1);
                    worst = std::max({worst, std::abs(x - xy[0]), std::abs(y - xy[1])});
                }
            }
            EXPECT_LT(worst, target == 3857 ? 1e-4 : 1e-9);
        }
    }
}

TEST(ClosedForm, ThereIsNoneWhereProjMustDecide) {
    EXPECT_EQ(closed_form(2154, crs(2154)), nullptr);
    EXPECT_EQ(closed_form(2154, crs(3950)), nullptr);
    EXPECT_EQ(closed_form(4326, crs(3857)), nullptr);
    EXPECT_EQ(closed_form(27572, crs(4326)), nullptr) << "another ellipsoid, another datum";
}

template <typename Number>
void put(std::string& out, Number value, bool big) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    if (big) std::reverse(bytes, bytes + sizeof value);
    out.append(bytes, sizeof value);
}

/// A polygon with heights inside a collection, whose parts may differ in byte order.
std::string collection(bool big, double x, double y) {
    std::string wkb(1, big ? '\0' : '\1');
    put(wkb, std::uint32_t{1007}, big);
    put(wkb, std::uint32_t{2}, big);
    wkb += '\1';
    put(wkb, std::uint32_t{1001}, false);
    for (const double value : {x, y, 12.5}) put(wkb, value, false);
    wkb += '\0';
    put(wkb, std::uint32_t{1003}, true);
    put(wkb, std::uint32_t{1}, true);
    put(wkb, std::uint32_t{2}, true);
    for (int i = 0; i < 2; ++i) {
        for (const double value : {x, y, 99.0}) put(wkb, value, true);
    }
    return wkb;
}

TEST(ClosedForm, TurnsAWholeGeometryInPlaceAndLeavesItsHeights) {
    for (const bool big : {false, true}) {
        std::string wkb = collection(big, 700'000, 6'600'000);
        double x = 700'000;
        double y = 6'600'000;
        const auto* form = closed_form(2154, gis::crs84());
        form->apply(x, y);
        form->apply(wkb);
        EXPECT_EQ(wkb, collection(big, x, y));
    }
}

TEST(ClosedForm, BytesThatAreNoGeometryAreRefusedNotRead) {
    const auto* form = closed_form(2154, gis::crs84());
    const std::string whole = collection(false, 700'000, 6'600'000);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        std::string cut = whole.substr(0, size);
        EXPECT_THROW(form->apply(cut), std::runtime_error) << size;
    }
    std::string many = std::string("\1") + std::string("\x02\0\0\0\xff\xff\xff\xff", 8);
    EXPECT_THROW(form->apply(many), std::runtime_error);
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += std::string("\1\7\0\0\0\1\0\0\0", 9);
    EXPECT_THROW(form->apply(deep), std::runtime_error);
}

}  // namespace
