// Photos from their deposit to the map: points, footprints, thumbnails, what is published of them and to whom; their
// files come and go with their versions.
#include <fstream>

#include "tests/api/jobs_fixture.hpp"
#include "tests/support/jpeg_sample.hpp"

namespace {

using test::json;

class Photos : public test::JobsTest {
  protected:
    void SetUp() override {
        JobsTest::SetUp();
        make_person("stranger", "");
        wait_for_layer("photo");
        wait_for_layer("photo_emprise");
    }
    /// The job of several uploads, once it is a draft.
    std::string draft_of(const std::vector<std::string>& uploads, const json& options = json::object()) {
        const RawAnswer made = send("POST", "/jobs", {{"uploads", uploads}, {"options", options}}, token_of("lea"));
        EXPECT_EQ(made.status, 201) << made.body;
        const std::string job = path_of(made.header("Location"));
        wait_for(job, "draft");
        return job;
    }
    RawAnswer as(const std::string& who, const std::string& target, const std::string& more = "") {
        return get(target, token_of(who) + more);
    }
    std::filesystem::path pictures() { return uploads().store.folder() / "photos"; }
    std::size_t pictures_kept() {
        std::error_code absent;
        std::size_t count = 0;
        for (std::filesystem::directory_iterator at(pictures(), absent), end; at != end; at.increment(absent)) ++count;
        return count;
    }
};

TEST_F(Photos, AreDepositedPublishedShownAndUndone) {
    test::JpegSample drone;
    drone.drone = test::straight_down();
    drone.focal_35mm = 24;
    drone.orientation = 3;
    test::JpegSample phone;
    phone.longitude = 2.65;
    test::JpegSample indoors;
    indoors.has_position = false;
    const std::string original = test::make_jpeg(drone);
    const std::string upload = deposit("DJI_0001.JPG", original);
    const std::string job =
        draft_of({upload, deposit("tel.jpg", test::make_jpeg(phone)), deposit("salle.jpg", test::make_jpeg(indoors))},
                 {{"mission", "Vol du 4 mai"}});
    const json report = look(job)["report"];
    EXPECT_EQ(report["tables"]["terrain.photo"]["written"], 2);
    EXPECT_EQ(report["tables"]["terrain.photo"]["refused"], 1);
    EXPECT_EQ(report["tables"]["terrain.photo_emprise"]["written"], 1);
    bool told = false;
    for (const json& problem : report["problems"])
        told = told || (problem["kind"] == "refused" && problem["file"].get<std::string>().ends_with("salle.jpg") &&
                        problem["reason"].get<std::string>().starts_with("photo sans position ; activez"));
    EXPECT_TRUE(told) << report["problems"];

    const std::string sha256 = scalar("select sha256 from capture.upload where upload_id = '" + upload + "'");
    const std::string item = "/collections/photo/items/" + sha256.substr(0, 32);
    EXPECT_EQ(as("lea", item).status, 404) << "a draft is not published";
    for (const char* what : {"/thumbnail", "/photo", "/original"})
        EXPECT_EQ(as("lea", item + what).status, 404) << what;
    EXPECT_EQ(act(job, "publish").status, 200);
    const json feature = get_json(item, token_of("lea"));
    EXPECT_EQ(feature["properties"]["mission"], "Vol du 4 mai");
    EXPECT_EQ(feature["properties"]["pris_le"].get<std::string>().substr(0, 10), "2026-05-04");
    EXPECT_EQ(feature["properties"]["tangage_camera"], -90.0);
    EXPECT_NEAR(feature["geometry"]["coordinates"][0].get<double>(), 2.64, 1e-6);
    EXPECT_EQ(ids_of("/collections/photo/items?mission=Vol%20du%204%20mai").size(), 2U);
    EXPECT_EQ(ids_of("/collections/photo/items?mission=autre").size(), 0U);
    EXPECT_EQ(ids_of("/collections/photo_emprise/items"), (std::vector<std::string>{sha256.substr(0, 32)}));

    // Who reads the layer sees the picture, without what is private; who may deposit there has the original too.
    const RawAnswer thumbnail = as("reader", item + "/thumbnail");
    EXPECT_EQ(thumbnail.status, 200);
    EXPECT_EQ(thumbnail.header("Content-Type"), "image/jpeg");
    EXPECT_TRUE(thumbnail.header("Cache-Control").starts_with("private")) << thumbnail.header("Cache-Control");
    EXPECT_EQ(as("reader", item + "/thumbnail", "If-None-Match: " + thumbnail.header("ETag") + "\r\n").status, 304);
    const RawAnswer photo = as("reader", item + "/photo");
    EXPECT_EQ(photo.status, 200);
    EXPECT_TRUE(photo.whole);
    EXPECT_TRUE(photo.body.starts_with("\xFF\xD8"));
    EXPECT_TRUE(photo.body.ends_with("\xFF\xD9"));
    EXPECT_EQ(as("reader", item + "/photo", "If-None-Match: " + photo.header("ETag") + "\r\n").status, 304);
    const RawAnswer middle = as("reader", item + "/photo", "Range: bytes=30-60\r\n");
    EXPECT_EQ(middle.status, 206);
    EXPECT_EQ(middle.body, photo.body.substr(30, 31));
    const RawAnswer whole = as("lea", item + "/original");
    EXPECT_EQ(whole.body, original);
    EXPECT_EQ(whole.header("Content-Disposition"), "attachment; filename=\"" + sha256.substr(0, 32) + ".jpg\"");
    EXPECT_EQ(as("reader", "/collections/photo_emprise/items/" + sha256.substr(0, 32) + "/thumbnail").body,
              thumbnail.body);
    for (const std::string& bytes : {thumbnail.body, photo.body, feature.dump(), look(job).dump(),
                                     as("reader", "/collections/photo/export?f=csv").body}) {
        EXPECT_FALSE(bytes.empty());
        EXPECT_EQ(bytes.find(drone.serial), std::string::npos);
        EXPECT_EQ(bytes.find("Owner"), std::string::npos);
    }

    // What one may not see is not there.
    EXPECT_EQ(as("reader", item + "/original").status, 404);
    for (const char* what : {"", "/thumbnail", "/photo", "/original"}) {
        EXPECT_EQ(as("stranger", item + what).status, 404) << what;
        EXPECT_EQ(get(item + what).status, 404) << what;
    }
    EXPECT_EQ(as("lea", "/collections/photo/items/none/photo").status, 404);
    EXPECT_EQ(as("lea", "/collections/leve_point/items/none/photo").status, 404) << "a layer without pictures";
    EXPECT_EQ(as("lea", item + "/photo?width=9").status, 400);

    // The upload may go, the photo stays.
    EXPECT_EQ(::request(port(), "DELETE", "/uploads/" + upload, token_of("lea") + "Tus-Resumable: 1.0.0\r\n").status,
              204);
    EXPECT_EQ(as("lea", item + "/original").body, original);
    EXPECT_EQ(act(job, "undo").status, 200);
    EXPECT_EQ(as("lea", item + "/photo").status, 404);
    EXPECT_EQ(act(job, "publish").status, 200);
    EXPECT_EQ(as("reader", item + "/photo").body, photo.body);
    EXPECT_EQ(act(job, "undo").status, 200);
}

TEST_F(Photos, FilesGoWithTheirVersions) {
    test::JpegSample sample;
    sample.note = "swept";
    const std::string job = draft_of({deposit("a.jpg", test::make_jpeg(sample))});
    const std::string kept = scalar(
        "select max(sha256) from capture.picture_use join capture.job_version using (version_id) where job_id = " +
        job.substr(6));
    ASSERT_TRUE(exists(pictures() / (kept + ".jpg")));
    const std::size_t before = pictures_kept();
    stop_jobs();
    run_jobs(TEST_WORKER);
    EXPECT_EQ(::request(port(), "DELETE", job, token_of("lea")).status, 204);
    stop_jobs();
    run("update catalogue.version set created_at = now() - interval '2 days' where state = 'draft' and not exists "
        "(select from "
        "capture.job_version j where j.version_id = version.version_id)");
    run("update capture.picture set noted_at = now() - interval '3 hours'");
    run_jobs(TEST_WORKER);
    EXPECT_TRUE(test::eventually([&] { return !exists(pictures() / (kept + ".jpg")); }));
    EXPECT_TRUE(test::eventually([&] { return pictures_kept() == before - 1; })) << "the others stay";
    const std::string rows = "select count(*)::text from capture.picture where sha256 = '" + kept + "'";
    EXPECT_TRUE(test::eventually([&] { return scalar(rows) == "0"; })) << "the sweep commits after the files went";
}

TEST_F(Photos, DepositedAgainTheyReplaceThemselvesAndNoOthers) {
    test::JpegSample sample;
    std::vector<std::string> jobs;
    for (const char* note : {"x", "y", "x"}) {
        sample.note = note;
        // Cameras number their photos anew for each flight.
        jobs.push_back(draft_of({deposit("DJI_0001.JPG", test::make_jpeg(sample))}));
        EXPECT_EQ(act(jobs.back(), "publish").status, 200);
        EXPECT_EQ(look(jobs.back())["state"], "published");
    }
    EXPECT_EQ(ids_of("/collections/photo/items").size(), 2U);
    for (const std::string& id : ids_of("/collections/photo/items"))
        EXPECT_EQ(as("lea", "/collections/photo/items/" + id + "/photo").status, 200);
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) EXPECT_EQ(act(*job, "undo").status, 200);
    EXPECT_EQ(ids_of("/collections/photo/items").size(), 0U);
}

TEST_F(Photos, ThePictureOfOthersIsNotHadByWritingItsName) {
    test::JpegSample sample;
    sample.note = "other";
    const std::string job = draft_of({deposit("a.jpg", test::make_jpeg(sample))});
    EXPECT_EQ(act(job, "publish").status, 200);
    const std::string id = ids_of("/collections/photo/items").at(0);
    const std::string sha256 = get_json("/collections/photo/items/" + id, token_of("lea"))["properties"]["empreinte"];
    make_person("editor", "read,edit,upload");
    const json forged{{"type", "Feature"},
                      {"geometry", {{"type", "Point"}, {"coordinates", {2.6, 50.5}}}},
                      {"properties", {{"nom", "x"}, {"empreinte", sha256}}}};
    EXPECT_EQ(send("POST", "/collections/photo/items", forged, token_of("editor")).status, 422)
        << "it is not for editing";
    // Whatever wrote it there: the row is of no version that has the picture.
    run("insert into terrain.photo (id, nom, empreinte, geom) values ('forged', 'x', '" + sha256 +
        "', st_setsrid(st_makepoint(681000, 7042000), 2154))");
    EXPECT_EQ(as("editor", "/collections/photo/items/forged").status, 200);
    EXPECT_EQ(as("editor", "/collections/photo/items/forged/photo").status, 404);
    EXPECT_EQ(as("editor", "/collections/photo/items/forged/original").status, 404);
    run("delete from terrain.photo where id = 'forged'");
    EXPECT_EQ(act(job, "undo").status, 200);
}

TEST_F(Photos, HostileOnesPublishNothing) {
    using namespace std::string_literals;
    const std::string whole = test::make_jpeg();
    std::string endless = "\xFF\xD8";
    for (int i = 0; i < 20'000; ++i) endless += test::jpeg_segment(0xE1, "Exif");
    std::string huge = whole;
    const std::size_t frame = huge.find("\xFF\xC0");
    huge.replace(frame + 5, 4, "\xFF\xDC\xFF\xDC");
    for (const std::string& bytes : {whole.substr(0, whole.size() / 2), endless, huge, "\xFF\xD8\xFF\xE1\0\0"s}) {
        const json seen = wait_for(start(deposit("photo.jpg", bytes)), "refused");
        EXPECT_FALSE(seen["reason"].get<std::string>().empty());
        ASSERT_FALSE(seen["report"]["problems"].empty()) << seen;
        EXPECT_TRUE(seen["report"]["problems"][0]["reason"].get<std::string>().starts_with("photo ")) << seen;
    }
    // One beside sound ones does not stop them.
    test::JpegSample sample;
    sample.note = "sound";
    const std::string job =
        draft_of({deposit("a.jpg", whole.substr(0, 400)), deposit("b.jpg", test::make_jpeg(sample))});
    EXPECT_EQ(look(job)["report"]["tables"]["terrain.photo"]["refused"], 1);
    EXPECT_EQ(look(job)["report"]["tables"]["terrain.photo"]["written"], 1);
}

}  // namespace
