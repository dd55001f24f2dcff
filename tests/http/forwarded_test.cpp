#include "http/forwarded.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using http::Header;
using http::TrustedProxies;

namespace {

const TrustedProxies& proxies() {
    static const TrustedProxies trusted({"127.0.0.0/8", "10.1.2.0/23", "fd00::/8", "192.0.2.7"});
    return trusted;
}

http::Origin origin(std::vector<Header> headers, const std::string& peer = "127.0.0.1",
                    const http::PublicName& name = {}, bool under_base_path = false) {
    headers.push_back({"Host", "inner:8080"});
    return http::origin_of(headers, peer, proxies(), name, under_base_path);
}

}  // namespace

TEST(TrustedProxies, HoldsAddressesAgainstBlocks) {
    for (const char* address : {"127.0.0.1", "127.255.0.1", "10.1.3.255", "192.0.2.7", "fd12::1", "::ffff:10.1.2.3"}) {
        EXPECT_TRUE(proxies().contains(address)) << address;
    }
    for (const char* address : {"128.0.0.1", "10.1.4.0", "192.0.2.8", "fe00::1", "::1", "", "unix:", "10.1.2"}) {
        EXPECT_FALSE(proxies().contains(address)) << address;
    }
    EXPECT_TRUE(TrustedProxies({"0.0.0.0/0"}).contains("203.0.113.9"));
    EXPECT_FALSE(TrustedProxies({"0.0.0.0/0"}).contains("2001:db8::1"));
}

TEST(TrustedProxies, MalformedBlocksAreRefused) {
    for (const char* text :
         {"", "a", "10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0/8"}) {
        EXPECT_THROW(TrustedProxies({text}), std::invalid_argument) << text;
    }
}

TEST(Origin, WithoutAProxyTheHostHeaderNamesTheServer) {
    EXPECT_EQ(origin({}).base_url, "http://inner:8080");
    EXPECT_EQ(origin({}).peer_address, "127.0.0.1");
}

TEST(Origin, ATrustedProxyNamesSchemeHostPortAndPrefix) {
    const std::vector<Header> all{{"X-Forwarded-Proto", "https"},
                                  {"X-Forwarded-Host", "geo.example.fr"},
                                  {"X-Forwarded-Prefix", "/carte/"},
                                  {"X-Forwarded-For", "203.0.113.9"}};
    EXPECT_EQ(origin(all).base_url, "https://geo.example.fr/carte");
    EXPECT_EQ(origin(all).peer_address, "203.0.113.9");
    EXPECT_EQ(origin({{"X-Forwarded-Host", "geo.example.fr"}, {"X-Forwarded-Port", "8443"}}).base_url,
              "http://geo.example.fr:8443");
    EXPECT_EQ(origin({{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "g"}, {"X-Forwarded-Port", "443"}}).base_url,
              "https://g");
    EXPECT_EQ(origin({{"X-Forwarded-Host", "geo:81"}, {"X-Forwarded-Port", "82"}}).base_url, "http://geo:81");
}

TEST(Origin, AnybodyElseNamesNothing) {
    const http::Origin seen = origin({{"X-Forwarded-Proto", "https"},
                                      {"X-Forwarded-Host", "evil.example"},
                                      {"X-Forwarded-Prefix", "/evil"},
                                      {"X-Forwarded-For", "127.0.0.1"}},
                                     "203.0.113.9");
    EXPECT_EQ(seen.base_url, "http://inner:8080");
    EXPECT_EQ(seen.peer_address, "203.0.113.9");
}

TEST(Origin, MalformedValuesOfATrustedProxyAreIgnored) {
    for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
             {"X-Forwarded-Proto", "javascript"},
             {"X-Forwarded-Host", "a/b"},
             {"X-Forwarded-Host", "a\"><script>"},
             {"X-Forwarded-Prefix", "//evil.example"},
             {"X-Forwarded-Prefix", "/a/../b"},
             {"X-Forwarded-Prefix", "/\"onload="},
             {"X-Forwarded-Prefix", "relative"},
             {"X-Forwarded-Port", "99999"},
             {"X-Forwarded-Port", "80/evil"},
         }) {
        EXPECT_EQ(origin({{name, value}}).base_url, "http://inner:8080") << name << ": " << value;
    }
    EXPECT_EQ(origin({{"X-Forwarded-For", "not an address"}}).peer_address, "127.0.0.1");
}

TEST(Origin, TheClientIsTheLastAddressThatIsNoProxy) {
    EXPECT_EQ(origin({{"X-Forwarded-For", "1.2.3.4, 203.0.113.9, 10.1.2.3"}}).peer_address, "203.0.113.9");
    EXPECT_EQ(origin({{"X-Forwarded-For", "1.2.3.4"}, {"X-Forwarded-For", "203.0.113.9"}}).peer_address, "203.0.113.9");
    EXPECT_EQ(origin({{"X-Forwarded-Host", "spoofed.example, geo.example.fr"}}).base_url, "http://geo.example.fr");
}

TEST(Origin, ThePublicUrlWins) {
    const http::PublicName name{"https://sig.example.fr/geo", "/carreau"};
    EXPECT_EQ(origin({{"X-Forwarded-Host", "other"}}, "127.0.0.1", name).base_url, "https://sig.example.fr/geo");
}

TEST(Origin, TheBasePathIsPartOfLinks) {
    const http::PublicName name{"", "/carreau"};
    EXPECT_EQ(origin({}, "127.0.0.1", name).base_url, "http://inner:8080/carreau");
    EXPECT_EQ(origin({{"X-Forwarded-Prefix", "/sig"}}, "127.0.0.1", name, true).base_url,
              "http://inner:8080/sig/carreau");
    EXPECT_EQ(origin({{"X-Forwarded-Prefix", "/sig"}}, "127.0.0.1", name, false).base_url, "http://inner:8080/sig");
    EXPECT_EQ(origin({{"X-Forwarded-Prefix", "/carreau"}}, "127.0.0.1", name, true).base_url,
              "http://inner:8080/carreau");
}
