#include "server/uploads/upload_store.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>

namespace {

namespace fs = std::filesystem;

class Store : public testing::Test {
  protected:
    Store() {
        std::string name = (fs::temp_directory_path() / "carreau-store-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~Store() override { fs::remove_all(folder_); }

    uploads::UploadStore open() const { return uploads::UploadStore(folder_ / "depots"); }
    static uploads::Checksum sha256(const std::string& digest) { return {"sha256", digest}; }
    static std::string digest_of(const std::string& text) {
        auto digest = *uploads::Digest::of("sha256");
        digest.add(text);
        return digest.finish();
    }
    std::string content(uploads::UploadStore& store) const {
        std::ifstream in(store.path_of(id), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    }

    fs::path folder_;
    const std::string id = uploads::make_upload_id();
};

TEST_F(Store, PiecesMakeAFileWhoseDigestIsAtHand) {
    uploads::UploadStore store = open();
    ASSERT_EQ(store.create(id, 11), uploads::UploadStore::Created::Made);
    EXPECT_EQ(store.durable_size(id), 0U);
    {
        auto receiver = store.receive(id, 0, std::nullopt);
        receiver.take("hello ");
        receiver.finish(true);
        EXPECT_EQ(receiver.offset(), 6U);
    }
    EXPECT_EQ(store.durable_size(id), 6U);
    {
        auto receiver = store.receive(id, 6, std::nullopt);
        receiver.take("world");
        receiver.finish(true);
    }
    EXPECT_EQ(content(store), "hello world");
    EXPECT_EQ(store.sha256(id), uploads::hex(digest_of("hello world")));
    EXPECT_EQ(open().sha256(id), uploads::hex(digest_of("hello world"))) << "after a restart, from the file";
}

TEST_F(Store, APieceWithAWrongChecksumLeavesNothing) {
    uploads::UploadStore store = open();
    store.create(id, 100);
    auto first = store.receive(id, 0, sha256(digest_of("good")));
    first.take("good");
    EXPECT_EQ(first.finish(true), uploads::Receiver::Finished::Kept);
    auto second = store.receive(id, 4, sha256(digest_of("other")));
    second.take("wrong");
    EXPECT_EQ(second.finish(true), uploads::Receiver::Finished::WrongChecksum);
    EXPECT_EQ(second.offset(), 4U);
    EXPECT_EQ(content(store), "good");
    auto third = store.receive(id, 4, std::nullopt);
    third.take("!");
    third.finish(true);
    EXPECT_EQ(store.sha256(id), uploads::hex(digest_of("good!")));
}

TEST_F(Store, APieceThatBrokeOffIsKeptUnlessAChecksumWasPromised) {
    uploads::UploadStore store = open();
    store.create(id, 100);
    auto plain = store.receive(id, 0, std::nullopt);
    plain.take("half");
    plain.finish(false);
    EXPECT_EQ(store.durable_size(id), 4U);
    auto promised = store.receive(id, 4, sha256(digest_of("more and more")));
    promised.take("more");
    promised.finish(false);
    EXPECT_EQ(store.durable_size(id), 4U);
}

TEST_F(Store, WhatAKilledProgramLeftUnprovedIsCutOff) {
    {
        uploads::UploadStore store = open();
        store.create(id, 100);
        auto first = store.receive(id, 0, std::nullopt);
        first.take("sure");
        first.finish(true);
        auto second = store.receive(id, 4, sha256(digest_of("never whole")));
        second.take("never");
        EXPECT_EQ(content(store), "surenever");
    }
    EXPECT_EQ(open().durable_size(id), 4U);
    EXPECT_EQ(open().durable_size(id), 4U);
}

TEST_F(Store, RoomIsKeptForTheWholeFileOrRefused) {
    uploads::UploadStore store = open();
    EXPECT_EQ(store.create(id, std::uint64_t{1} << 60U), uploads::UploadStore::Created::NoSpace);
    EXPECT_FALSE(store.durable_size(id));
}

TEST_F(Store, WhatIsRemovedIsGone) {
    uploads::UploadStore store = open();
    store.create(id, 1);
    store.remove(id);
    EXPECT_FALSE(store.durable_size(id));
    EXPECT_TRUE(fs::is_empty(store.folder()));
}

TEST(UploadId, OnlyOurOwnForm) {
    EXPECT_TRUE(uploads::is_upload_id(uploads::make_upload_id()));
    EXPECT_NE(uploads::make_upload_id(), uploads::make_upload_id());
    for (const char* text : {"", "..", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcde"})
        EXPECT_FALSE(uploads::is_upload_id(text)) << text;
}

}  // namespace
