#include "http/static_files.hpp"

#include "http/compression.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace fs = std::filesystem;

class StaticFilesTest : public testing::Test {
  protected:
    StaticFilesTest() : folder_(fs::temp_directory_path() / ("static_test_" + std::to_string(::getpid()))) {
        write("index.html", "<p>hello</p>");
        write("doc/index.html", "<p>doc</p>");
        write("assets/index-B3kf9_aQ.js", std::string(5000, 'j'));
        write("assets/logo.svg", "<svg/>");
        write("sprite.PNG", std::string(5000, 'p'));
        write(".secret", "no");
        fs::create_symlink("/etc/passwd", folder_ / "passwd");
    }
    ~StaticFilesTest() override { fs::remove_all(folder_); }

    void write(const std::string& name, const std::string& content) {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << content;
    }

    fs::path folder_;
};

TEST_F(StaticFilesTest, FindsFilesAndIndexes) {
    const http::StaticFiles files(folder_);
    EXPECT_EQ(files.size(), 5U);
    for (const char* path : {"", "/", "index.html", "/index.html"}) {
        const auto found = files.find(path);
        ASSERT_TRUE(found) << path;
        EXPECT_EQ(*std::get<http::SharedBytes>(found->body), "<p>hello</p>");
        EXPECT_EQ(*found->header("Cache-Control"), "no-cache");
    }
    EXPECT_TRUE(files.find("doc/"));
    EXPECT_FALSE(files.find("doc"));
    EXPECT_EQ(*files.find("sprite.PNG")->header("Content-Type"), "image/png");
}

TEST_F(StaticFilesTest, NothingElseIsReachable) {
    const http::StaticFiles files(folder_);
    for (const char* path :
         {"passwd", ".secret", "../etc/passwd", "/etc/passwd", "assets", "assets/../index.html", "INDEX.HTML"}) {
        EXPECT_FALSE(files.find(path)) << path;
    }
}

TEST_F(StaticFilesTest, HashedAssetsAreKeptForEverAndCompressedOnce) {
    const http::StaticFiles files(folder_);
    const auto script = files.find("assets/index-B3kf9_aQ.js");
    ASSERT_TRUE(script);
    EXPECT_EQ(*script->header("Cache-Control"), "public, max-age=31536000, immutable");
    ASSERT_TRUE(script->gzip);
    EXPECT_EQ(http::gunzip(*script->gzip, 5000), std::string(5000, 'j'));
    EXPECT_FALSE(script->etag.empty());
    EXPECT_EQ(*files.find("assets/logo.svg")->header("Cache-Control"), "public, max-age=3600");
    EXPECT_FALSE(files.find("sprite.PNG")->gzip);
}

TEST_F(StaticFilesTest, AMissingFolderIsAnError) {
    EXPECT_THROW(http::StaticFiles(folder_ / "none"), fs::filesystem_error);
}
