// Resumable uploads over real sockets: what tus 1.0 promises, and what people with bad networks and bad intentions do.
#include <fmt/format.h>

#include <chrono>
#include <fstream>

#include "server/api/upload_files.hpp"
#include "tests/api/api_fixture.hpp"

namespace {

using test::json;

constexpr auto tus = "Tus-Resumable: 1.0.0\r\n";

class Uploads : public test::ApiTest {
  protected:
    void SetUp() override {
        ApiTest::SetUp();
        make_person("lea", "read,upload");
        make_person("max", "read,upload");
        make_person("reader", "read,export");
    }

    /// Path of a new upload.
    std::string begin(std::uint64_t size, const std::string& who = "lea", const std::string& more = "") const {
        const RawAnswer made = create(size, who, more);
        EXPECT_EQ(made.status, 201) << made.body;
        return path_of(made.header("Location"));
    }
    RawAnswer create(std::uint64_t size, const std::string& who, const std::string& more = "") const {
        return ::request(port(), "POST", "/uploads",
                         fmt::format("{}Upload-Length: {}\r\n{}{}", tus, size, token_of(who), more));
    }
    static std::string patch_head(const std::string& path, std::uint64_t offset, std::size_t length,
                                  const std::string& more = "") {
        return fmt::format(
            "PATCH {} HTTP/1.1\r\nHost: x\r\n{}Content-Type: application/offset+octet-stream\r\n"
            "Upload-Offset: {}\r\nContent-Length: {}\r\n{}\r\n",
            path, tus, offset, length, more);
    }
    RawAnswer patch(const std::string& path, std::uint64_t offset, const std::string& bytes,
                    const std::string& more = "", const std::string& who = "lea") const {
        RawClient client(port());
        client.send(patch_head(path, offset, bytes.size(), token_of(who) + more) + bytes);
        return client.read_answer();
    }
    RawAnswer head(const std::string& path, const std::string& who = "lea") const {
        return ::request(port(), "HEAD", path, tus + token_of(who));
    }
    json receipt(const std::string& path) const { return get_json(path, token_of("lea")); }
    int rows() { return std::stoi(scalar("select count(*)::text from capture.upload")); }
};

TEST_F(Uploads, PiecesBecomeAFileWithAReceipt) {
    const std::string path = begin(11, "lea", "Upload-Metadata: filename bGV2ZS5jc3Y=\r\n");
    EXPECT_EQ(head(path).header("Upload-Offset"), "0");
    RawAnswer answer = patch(path, 0, "hello ");
    EXPECT_EQ(answer.status, 204) << answer.body;
    EXPECT_EQ(answer.header("Upload-Offset"), "6");
    EXPECT_TRUE(answer.has("Upload-Expires"));
    answer = head(path);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Upload-Offset"), "6");
    EXPECT_EQ(answer.header("Upload-Length"), "11");
    EXPECT_EQ(answer.header("Upload-Metadata"), "filename bGV2ZS5jc3Y=");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_EQ(patch(path, 6, "world").header("Upload-Offset"), "11");
    const json said = receipt(path);
    EXPECT_EQ(said["complete"], true);
    EXPECT_EQ(said["name"], "leve.csv");
    EXPECT_EQ(said["size"], 11);
    EXPECT_EQ(said["sha256"], "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
    EXPECT_EQ(head(path).header("Upload-Offset"), "11");
    EXPECT_EQ(patch(path, 11, "").status, 204);
    EXPECT_EQ(patch(path, 11, "x").status, 409);
}

TEST_F(Uploads, WhatTheServerOffersIsSaidWithoutAccount) {
    const RawAnswer answer = ::request(port(), "OPTIONS", "/uploads");
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.header("Tus-Version"), "1.0.0");
    EXPECT_EQ(answer.header("Tus-Extension"), "creation,creation-with-upload,checksum,expiration,termination");
    EXPECT_EQ(answer.header("Tus-Checksum-Algorithm"), "sha256,sha1");
}

TEST_F(Uploads, AnEmptyFileAndOneSentAtOnce) {
    EXPECT_EQ(receipt(begin(0))["sha256"], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    RawClient client(port());
    client.send(
        fmt::format("POST /uploads HTTP/1.1\r\nHost: x\r\n{}Upload-Length: 5\r\n{}Content-Type: "
                    "application/offset+octet-stream\r\nContent-Length: 3\r\n\r\nabc",
                    tus, token_of("lea")));
    const RawAnswer made = client.read_answer();
    EXPECT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.header("Upload-Offset"), "3");
    EXPECT_EQ(patch(path_of(made.header("Location")), 3, "de").header("Upload-Offset"), "5");
}

TEST_F(Uploads, AWrongOffsetOrChecksumKeepsNothing) {
    const std::string path = begin(10);
    ASSERT_EQ(patch(path, 0, "12345").status, 204);
    RawAnswer answer = patch(path, 4, "5");
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.header("Upload-Offset"), "5");
    EXPECT_EQ(patch(path, 6, "7").status, 409);
    answer = patch(path, 5, "world", "Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=\r\n");
    EXPECT_EQ(answer.status, 460);
    EXPECT_EQ(answer.header("Upload-Offset"), "5");
    EXPECT_EQ(patch(path, 5, "world", "Upload-Checksum: md5 Kq5sNclPz7QV2+lfQIuc6R7oRu0=\r\n").status, 400);
    EXPECT_EQ(head(path).header("Upload-Offset"), "5");
    EXPECT_EQ(
        patch(path, 5, "67890", "Upload-Checksum: sha256 qOAcK6Yga0WGlsVhnUuo33z6K+Xu0uDCTD9nWC+6nVk=\r\n").status,
        460);
    EXPECT_EQ(patch(path, 5, "world", "Upload-Checksum: sha1 fCEUkPSu46ppnzRzTe09AttdVnE=\r\n").status, 460);
    EXPECT_EQ(
        patch(path, 5, "world", "Upload-Checksum: sha256 SG6kYiTRvtT7aA984+n8lh/Nkv7Nso5+8aoKzx4E4Pg=\r\n").status,
        460);
    EXPECT_EQ(patch(path, 5, "123456").status, 413) << "beyond the end";
    EXPECT_EQ(head(path).header("Upload-Offset"), "5");
    EXPECT_EQ(patch(path, 5, "67890").header("Upload-Offset"), "10");
}

TEST_F(Uploads, AnUploadCutInTheMiddleGoesOnAtTheByte) {
    const std::string bytes(3'000'000, 'x');
    const std::string path = begin(bytes.size());
    const std::filesystem::path file = uploads().store.path_of(path.substr(9));
    {
        RawClient client(port());
        client.send(patch_head(path, 0, bytes.size(), token_of("lea")) + bytes.substr(0, 1'800'000));
        // Before any of it is there, asking for the offset would take the upload from who sends it.
        EXPECT_TRUE(test::eventually([&] { return std::filesystem::file_size(file) > 0; }));
    }
    const std::uint64_t offset = std::stoull(head(path).header("Upload-Offset"));
    EXPECT_GT(offset, 0U);
    EXPECT_LE(offset, 1'800'000U);
    EXPECT_EQ(std::filesystem::file_size(file), offset);
    EXPECT_EQ(patch(path, offset, bytes.substr(offset)).status, 204);
    EXPECT_EQ(receipt(path)["complete"], true);
}

TEST_F(Uploads, AStalledUploadDoesNotBlockItsResume) {
    const std::string path = begin(100);
    RawClient stalled(port());
    stalled.send(patch_head(path, 0, 100, token_of("lea")) + "0123456789");
    ASSERT_TRUE(
        test::eventually([&] { return std::filesystem::file_size(uploads().store.path_of(path.substr(9))) == 10; }));
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(head(path).header("Upload-Offset"), "10");
    EXPECT_EQ(patch(path, 10, std::string(90, 'y')).status, 204);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
    EXPECT_EQ(stalled.read_answer().status, 408);
    EXPECT_EQ(receipt(path)["complete"], true);
}

TEST_F(Uploads, WhatOthersDepositIsNotThere) {
    const std::string path = begin(10);
    EXPECT_EQ(head(path, "max").status, 404);
    EXPECT_EQ(get(path, token_of("max")).status, 404);
    EXPECT_EQ(patch(path, 0, "x", "", "max").status, 404);
    EXPECT_EQ(::request(port(), "DELETE", path, tus + token_of("max")).status, 404);
    EXPECT_TRUE(get_json("/uploads", token_of("max"))["items"].empty());
    EXPECT_EQ(get_json("/uploads", token_of("lea"))["items"][0]["size"], 10);
    EXPECT_EQ(create(10, "reader").status, 404) << "nobody may deposit without the right";
    EXPECT_EQ(::request(port(), "POST", "/uploads", std::string(tus) + "Upload-Length: 1\r\n").status, 401);
    EXPECT_EQ(head(path).header("Upload-Offset"), "0");
}

TEST_F(Uploads, RefusalsSayWhatIsExpected) {
    const int before = rows();
    EXPECT_EQ(::request(port(), "POST", "/uploads", "Upload-Length: 1\r\n" + token_of("lea")).status, 412);
    EXPECT_EQ(::request(port(), "POST", "/uploads", tus + token_of("lea")).status, 400);
    EXPECT_EQ(
        ::request(port(), "POST", "/uploads", std::string(tus) + "Upload-Length: -1\r\n" + token_of("lea")).status,
        400);
    EXPECT_EQ(
        ::request(port(), "POST", "/uploads", std::string(tus) + "Upload-Length: 1e3\r\n" + token_of("lea")).status,
        400);
    EXPECT_EQ(create(1, "lea", "Upload-Metadata: filename %%\r\n").status, 400);
    EXPECT_EQ(head("/uploads/../x").status, 404);
    EXPECT_EQ(head("/uploads/0123456789abcdef0123456789abcdef").status, 404);
    EXPECT_EQ(rows(), before);
    const std::string path = begin(4);
    RawClient client(port());
    client.send(fmt::format(
        "PATCH {} HTTP/1.1\r\nHost: x\r\n{}Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
        "Transfer-Encoding: chunked\r\n{}\r\n4\r\nabcd\r\n0\r\n\r\n",
        path, tus, token_of("lea")));
    EXPECT_EQ(client.read_answer().status, 411);
    EXPECT_EQ(
        ::request(port(), "PATCH", path, std::string(tus) + "Upload-Offset: 0\r\n" + token_of("lea"), "abcd").status,
        415);
}

TEST_F(Uploads, AnOrganisationKeepsAsMuchAsItsQuota) {
    run("update org.organisation set deposit_quota = 1000 where nom = 'Organisation de max'");
    const std::string path = begin(900, "max");
    EXPECT_EQ(create(101, "max").status, 413);
    EXPECT_EQ(create(100, "max").status, 201);
    EXPECT_EQ(create(1, "max").status, 413);
    EXPECT_EQ(::request(port(), "DELETE", path, tus + token_of("max")).status, 204);
    EXPECT_EQ(create(800, "max").status, 201);
}

TEST_F(Uploads, AFileLargerThanTheDiskIsRefusedAtOnce) {
    run("update org.organisation set deposit_quota = 9000000000000000000 where nom = 'Organisation de lea'");
    const int before = rows();
    EXPECT_EQ(create(std::uint64_t{1} << 60U, "lea").status, 507);
    EXPECT_EQ(rows(), before);
    run("update org.organisation set deposit_quota = 21474836480");
}

TEST_F(Uploads, TheSameFileAgainIsRecognised) {
    const std::string first = begin(6);
    patch(first, 0, "twice!");
    const std::string second = begin(6);
    patch(second, 0, "twice!");
    const json said = receipt(second);
    ASSERT_EQ(said["same_files"].size(), 1U);
    EXPECT_EQ(said["same_files"][0]["id"], first.substr(9));
    const std::string others = begin(6, "max");
    patch(others, 0, "twice!", "", "max");
    EXPECT_TRUE(get_json(others, token_of("max"))["same_files"].empty()) << "others' files tell nothing";
}

TEST_F(Uploads, AnExpiredUploadIsGone) {
    const std::string path = begin(6);
    patch(path, 0, "abc");
    run("update capture.upload set expires_at = now() - interval '1 second' where upload_id = '" + path.substr(9) +
        "'");
    EXPECT_EQ(head(path).status, 410);
    EXPECT_EQ(patch(path, 3, "def").status, 410);
}

TEST_F(Uploads, AnUploadThatWasEndedIsNotThere) {
    const std::string path = begin(6);
    EXPECT_EQ(::request(port(), "DELETE", path, tus + token_of("lea")).status, 204);
    EXPECT_EQ(head(path).status, 404);
    EXPECT_FALSE(std::filesystem::exists(uploads().store.path_of(path.substr(9))));
}

TEST_F(Uploads, AllBytesButNoReceiptYetAreCompletedByTheNextLook) {
    const std::string path = begin(6);
    std::ofstream(uploads().store.path_of(path.substr(9))) << "sixsix";
    EXPECT_EQ(head(path).header("Upload-Offset"), "6");
    EXPECT_EQ(receipt(path)["complete"], true);
}

}  // namespace
