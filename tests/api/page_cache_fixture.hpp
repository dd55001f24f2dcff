#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/api/tile_fixture.hpp"

namespace test {

inline constexpr const char* lots = "/collections/lot/items";

struct Lot {
    double x, y;
    int stamp;
    std::string commune;
};

/// Of the two communes side by side, 62001 from x = 680000 and 62002 from 690000.
std::string commune_at(double x);
/// A box of 500 m around a place, in Lambert-93, as a query.
std::string box_of(const Lot& lot);
/// Without what differs between two answers to the same question: when they were made.
std::string without_time(const std::string& body);

/// Pages of 400 lots in two communes, asked by people of several scopes, and of a layer that is everybody's, flash.
class PageCacheTest : public TileTest {
  protected:
    static void SetUpTestSuite();
    void SetUp() override;

    /// A line of his convention: to read these communes.
    void give(const std::string& login, const std::string& communes);
    RawAnswer page(const std::string& who, const std::string& query) const;
    /// Stamp and commune by id, over all pages of the question.
    std::map<std::string, std::pair<int, std::string>> read(const std::string& who, const std::string& query) const;
    /// By who may edit everything.
    RawAnswer edit(const std::string& method, const std::string& target, const json& body) const;

    /// Asks until the page comes from memory: who he is may be remembered from before his rights changed.
    bool is_kept(const std::string& who, const std::string& query);
    bool is_kept_at(const std::string& target, const std::string& headers = "");

    static std::set<std::string> communes_of(const std::string& who);
    static bool sees(const std::string& who, const Lot& lot);
    static constexpr const char* readers[] = {"tout", "nord", "jumeau", "sud", "deux", "etude"};
};

}  // namespace test
