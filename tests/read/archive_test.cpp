#include "gis/read/archive.hpp"

#include "read_fixture.hpp"
#include "tests/support/edigeo_sample.hpp"

using namespace gis::read;
using test::PackedMember;

namespace {

std::string refusal(const std::string& name, const std::vector<PackedMember>& members,
                    const ArchiveLimits& limits = {}) {
    const TempFolder folder;
    const TempFolder out;
    test::write_archive(folder.path() / name, members);
    try {
        unpack(folder.path() / name, out.path(), name, limits);
    } catch (const gis::InvalidRequest& refused) {
        return refused.what();
    }
    return "not refused";
}

}  // namespace

TEST(Archive, WritesBaseNamesOnly) {
    const TempFolder folder;
    const TempFolder out;
    test::write_archive(folder.path() / "a.zip", {{"../../etc/one.txt", "1", ""}, {"deep/two.txt", "2", ""}});
    EXPECT_EQ(unpack(folder.path() / "a.zip", out.path(), "a.zip"), (std::vector<std::string>{"one.txt", "two.txt"}));
    EXPECT_TRUE(std::filesystem::exists(out.path() / "one.txt"));
}

TEST(Archive, BoundsAndForbiddenMembersAreRefused) {
    std::vector<PackedMember> many;
    for (int i = 0; i < 201; ++i) many.push_back({std::to_string(i) + ".txt", "x", ""});
    ArchiveLimits small;
    small.inflated = 1'000;
    ArchiveLimits tight;
    tight.ratio_from = 1'000;
    const std::string zeros(1'000'000, '0');
    EXPECT_NE(refusal("a.tar.bz2", many).find("plus de 200 membres"), std::string::npos);
    EXPECT_NE(refusal("a.zip", {{"a", zeros, ""}}, small).find("découpez-la"), std::string::npos);
    EXPECT_NE(refusal("a.tar.bz2", {{"a", zeros, ""}}, tight).find("200 fois"), std::string::npos);
    EXPECT_NE(refusal("a.tar.bz2", {{"link", "", "/etc/passwd"}}).find("fichier ordinaire"), std::string::npos);
    EXPECT_NE(refusal("a.zip", {{"x/a", "1", ""}, {"y/a", "2", ""}}).find("deux membres"), std::string::npos);
    EXPECT_NE(refusal("a.zip", {{".hidden", "1", ""}}).find("nom refusé"), std::string::npos);
    EXPECT_NE(refusal("a.zip", {}).find("vide"), std::string::npos);
    EXPECT_NE(refusal("a.zip", {{"x/plan.pdf", "1", ""}, {"y/plan.pdf", "2", ""}}).find("aucune donnée"),
              std::string::npos);
}

TEST(Archive, AFlippedByteIsACrcError) {
    const TempFolder folder;
    const TempFolder out;
    const auto path = folder.path() / "a.zip";
    // Stored text that deflate cannot shrink, so that the flip lands in data.
    std::string noise;
    for (unsigned i = 0, x = 7; i < 5'000; ++i, x = x * 1664525U + 1013904223U) noise += static_cast<char>(x >> 24);
    test::write_archive(path, {{"a.bin", noise, ""}});
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(2'500);
    file.put('\x55');
    file.put('\x56');
    file.close();
    EXPECT_THROW(unpack(path, out.path(), "a.zip"), gis::InvalidRequest);
}

TEST(Archive, ArchivesInArchivesAreRefused) {
    const TempFolder folder;
    test::write_archive(folder.path() / "inner.zip", {{"a.txt", "1", ""}});
    std::ifstream in(folder.path() / "inner.zip", std::ios::binary);
    const std::string inner((std::istreambuf_iterator<char>(in)), {});
    test::write_archive(folder.path() / "outer.zip", {{"inner.zip", inner, ""}});
    EXPECT_NE(test::refusal_of(folder.path() / "outer.zip").find("autre archive"), std::string::npos);
}

TEST(TempFolder, IsGoneAfterwards) {
    std::filesystem::path path;
    {
        const TempFolder folder;
        path = folder.path();
        test::write_file(path / "a", "x");
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Sha256, OfAFileIsTheUsualOne) {
    const TempFolder folder;
    // FIPS 180-2, appendix B.1
    EXPECT_EQ(sha256_of(test::write_file(folder.path() / "abc", "abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, OfAFolderDependsOnNamesAndContents) {
    const TempFolder a;
    const TempFolder b;
    test::write_file(a.path() / "x", "1");
    test::write_file(b.path() / "x", "1");
    EXPECT_EQ(sha256_of(a.path()), sha256_of(b.path()));
    test::write_file(b.path() / "y", "");
    EXPECT_NE(sha256_of(a.path()), sha256_of(b.path()));
}
