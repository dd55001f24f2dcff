#include "server/jobs/wire.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "gis/error.hpp"

namespace {

using namespace std::string_literals;

gis::RowBatch some_rows() {
    return {"terrain.leve_point",
            {"id", "altitude", "satellites", "vu", "rien"},
            {{{"a"s, 1.5, std::int64_t{-7}, true, std::monostate{}}, "wkb\0bytes"s},
             {{"é"s, -0.0, std::int64_t{1} << 40, false, std::monostate{}}, ""}}};
}

TEST(Wire, RowsComeBackAsTheyWere) {
    const gis::RowBatch batch = some_rows();
    const gis::RowBatch same = jobs::decode_rows(jobs::encode_rows(batch, 0, 2));
    EXPECT_EQ(same.table, batch.table);
    EXPECT_EQ(same.columns, batch.columns);
    ASSERT_EQ(same.rows.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(same.rows[i].values, batch.rows[i].values);
        EXPECT_EQ(same.rows[i].wkb, batch.rows[i].wkb);
    }
    EXPECT_EQ(jobs::decode_rows(jobs::encode_rows(batch, 1, 1)).rows[0].values, batch.rows[1].values);
}

TEST(Wire, WhatIsCutOrLiesIsRefused) {
    const std::string bytes = jobs::encode_rows(some_rows(), 0, 2);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
        EXPECT_THROW(jobs::decode_rows(bytes.substr(0, cut)), gis::Unavailable) << cut;
    EXPECT_THROW(jobs::decode_rows(bytes + "x"), gis::Unavailable);
    std::string many = bytes;
    const std::size_t count = bytes.find("rien") + 4;
    many.replace(count, 4, "\xFF\xFF\xFF\xFF");
    EXPECT_THROW(jobs::decode_rows(many), gis::Unavailable) << "no memory is taken for rows that cannot be there";
}

TEST(Wire, PicturesComeBackAsTheyWereAndLiesAreRefused) {
    const gis::read::Picture picture{std::string(64, 'a'), 1000, 6, {{2, 10}, {12, 900}}, "\xFF\xD8\xFF thumbnail"s};
    const std::string bytes = jobs::encode_picture(picture);
    const gis::read::Picture same = jobs::decode_picture(bytes);
    EXPECT_EQ(same.sha256, picture.sha256);
    EXPECT_EQ(same.size, picture.size);
    EXPECT_EQ(same.orientation, picture.orientation);
    EXPECT_EQ(same.kept, picture.kept);
    EXPECT_EQ(same.thumbnail, picture.thumbnail);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
        EXPECT_THROW(jobs::decode_picture(bytes.substr(0, cut)), gis::Unavailable) << cut;
    const auto with = [&](auto change) {
        gis::read::Picture other = picture;
        change(other);
        return jobs::encode_picture(other);
    };
    using gis::read::Picture;
    EXPECT_THROW(jobs::decode_picture(with([](Picture& p) { p.kept[1].length = 989; })), gis::Unavailable)
        << "leaves the file";
    EXPECT_THROW(jobs::decode_picture(with([](Picture& p) { p.kept[1].offset = ~std::uint64_t{0}; })),
                 gis::Unavailable);
    EXPECT_THROW(jobs::decode_picture(with([](Picture& p) { p.kept[1].offset = 11; })), gis::Unavailable) << "overlaps";
    EXPECT_THROW(jobs::decode_picture(with([](Picture& p) { p.orientation = 0; })), gis::Unavailable);
    EXPECT_THROW(jobs::decode_picture(with([](Picture& p) { p.thumbnail = "<svg/>"; })), gis::Unavailable);
    EXPECT_THROW(jobs::decode_picture(with([](Picture& p) { p.media_type = "text/html"; })), gis::Unavailable);
    EXPECT_THROW(jobs::decode_picture(with([](Picture& p) { p.media_type = "application/vnd.las"; })),
                 gis::Unavailable);
    EXPECT_THROW(jobs::decode_picture(with([](Picture& p) { p.thumbnail.clear(); })), gis::Unavailable);
    EXPECT_THROW(jobs::decode_picture(with([](Picture& p) { p.thumbnail.resize(300 << 10); })), gis::Unavailable);
}

TEST(Wire, FramesThroughAPipe) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    jobs::Frame frame;
    EXPECT_EQ(jobs::read_frame(ends[0], std::chrono::milliseconds(1), frame), jobs::Got::Nothing);
    jobs::write_frame(ends[1], jobs::FrameType::Done, "{}");
    EXPECT_EQ(jobs::read_frame(ends[0], std::chrono::seconds(5), frame), jobs::Got::Frame);
    EXPECT_EQ(frame.type, jobs::FrameType::Done);
    EXPECT_EQ(frame.payload, "{}");
    EXPECT_EQ(::write(ends[1], "\xFF\xFF\xFF\xFFR", 5), 5);
    EXPECT_THROW(jobs::read_frame(ends[0], std::chrono::seconds(5), frame), gis::Unavailable) << "four gigabytes";
    ::close(ends[1]);
    EXPECT_EQ(jobs::read_frame(ends[0], std::chrono::seconds(5), frame), jobs::Got::End);
    ::close(ends[0]);
}

}  // namespace
