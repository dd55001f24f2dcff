#include "http/router.hpp"

#include "http/target.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using http::Method;

namespace {

http::Awaitable<http::Response> nothing(http::RequestPtr) {
    co_return http::Response{};
}

http::Router table() {
    http::Router router;
    for (const char* pattern :
         {"/", "/collections", "/collections/{id}", "/collections/{id}/items", "/collections/{id}/items/{feature}",
          "/collections/all/items", "/tiles/{layer}/{z}/{x}/{y}.mvt", "/tiles/{layer}/{z}/{x}/{y}", "/{name}.json",
          "/v{major}/about", "/portal/{path*}", "/files/{kind}/{path*}"}) {
        router.add(Method::Get, pattern, nothing);
    }
    router.add(Method::Post, "/collections/{id}/items", nothing);
    router.add(Method::Delete, "/collections/{anything}/items/{one}", nothing);
    router.add(Method::Options, "/v{major}/about", nothing);
    return router;
}

http::RouteMatch match(Method method, const char* path) {
    static const http::Router router = table();
    return router.match(method, http::parse_target(path, "")->segments);
}

/// "pattern name=value ...", or the methods allowed instead in brackets.
std::string described(Method method, const char* path) {
    const http::RouteMatch found = match(method, path);
    if (found.route == nullptr) return "[" + method_list(found.allowed) + "]";
    std::string text = found.route->pattern;
    for (const auto& [name, value] : found.params) text += " " + name + "=" + value;
    return text;
}

}  // namespace

TEST(Router, FindsTheMostLiteralPattern) {
    struct Case {
        const char* path;
        const char* expected;
    };
    for (const auto& [path, expected] : std::initializer_list<Case>{
             {"/", "/"},
             {"/collections", "/collections"},
             {"/collections/", "/collections"},
             {"/collections/parcelle", "/collections/{id} id=parcelle"},
             {"/collections/a%2Fb", "/collections/{id} id=a/b"},
             {"/collections/caf%C3%A9/items", "/collections/{id}/items id=café"},
             {"/collections/all/items", "/collections/all/items"},
             {"/collections/all", "/collections/{id} id=all"},
             {"/collections/all/items/7", "/collections/{id}/items/{feature} id=all feature=7"},
             {"/tiles/p/1/2/3.mvt", "/tiles/{layer}/{z}/{x}/{y}.mvt layer=p z=1 x=2 y=3"},
             {"/tiles/p/1/2/3.png", "/tiles/{layer}/{z}/{x}/{y} layer=p z=1 x=2 y=3.png"},
             {"/tiles/p/1/2/.mvt", "/tiles/{layer}/{z}/{x}/{y} layer=p z=1 x=2 y=.mvt"},
             {"/style.json", "/{name}.json name=style"},
             {"/v2/about", "/v{major}/about major=2"},
             {"/portal", "/portal/{path*} path="},
             {"/portal/a/b.js", "/portal/{path*} path=a/b.js"},
             {"/files/x/a/b", "/files/{kind}/{path*} kind=x path=a/b"},
             {"/files", "[]"},
             {"/nothing", "[]"},
             {"/collections//items", "[]"},
             {"/Collections", "[]"},
             {"/v/about", "[]"},
         }) {
        EXPECT_EQ(described(Method::Get, path), expected) << path;
    }
}

TEST(Router, TellsWhichMethodsAPathHas) {
    EXPECT_EQ(described(Method::Put, "/collections/a/items"), "[GET, HEAD, POST, OPTIONS]");
    EXPECT_EQ(described(Method::Options, "/collections"), "[GET, HEAD, OPTIONS]");
    EXPECT_EQ(described(Method::Post, "/collections/all/items"), "/collections/{id}/items id=all");
    EXPECT_EQ(described(Method::Options, "/v1/about"), "/v{major}/about major=1");
}

TEST(Router, GetServesHead) {
    EXPECT_EQ(described(Method::Head, "/collections"), "/collections");
}

TEST(Router, EachRouteKeepsItsOwnParameterNames) {
    EXPECT_EQ(described(Method::Delete, "/collections/a/items/b"),
              "/collections/{anything}/items/{one} anything=a one=b");
}

TEST(Router, RefusesMalformedPatterns) {
    for (const char* pattern :
         {"", "a", "/a//b", "/{}", "/{a", "/a}", "/{a}{b}", "/{path*}/x", "/x{path*}", "/{*}", "/}{"}) {
        http::Router router;
        EXPECT_THROW(router.add(Method::Get, pattern, nothing), std::invalid_argument) << pattern;
    }
    http::Router router;
    router.add(Method::Get, "/a/{x}", nothing);
    EXPECT_THROW(router.add(Method::Get, "/a/{y}", nothing), std::invalid_argument);
}
