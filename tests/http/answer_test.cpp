#include "http/compression.hpp"
#include "server_fixture.hpp"

#include <nlohmann/json.hpp>

using AnswerTest = ServerTest;

TEST_F(AnswerTest, CarriesWhatEveryAnswerMust) {
    start();
    for (const char* path : {"/hello", "/nowhere", "/fails"}) {
        SCOPED_TRACE(path);
        const RawAnswer answer = get(port(), path);
        EXPECT_EQ(answer.header("Server"), "Carreau");
        EXPECT_EQ(answer.header("Date").size(), 29U);
        EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
        EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
        EXPECT_NE(answer.header("Access-Control-Expose-Headers").find("OGC-NumberMatched"), std::string::npos);
        EXPECT_EQ(answer.header("X-Request-Id").size(), 16U);
    }
}

TEST_F(AnswerTest, KeepsAWellFormedRequestIdAndReplacesOthers) {
    start();
    EXPECT_EQ(get(port(), "/hello", "X-Request-Id: abc-1.2_3\r\n").header("X-Request-Id"), "abc-1.2_3");
    EXPECT_NE(get(port(), "/hello", "X-Request-Id: a b\r\n").header("X-Request-Id"), "a b");
    const std::string long_id(65, 'a');
    EXPECT_NE(get(port(), "/hello", "X-Request-Id: " + long_id + "\r\n").header("X-Request-Id"), long_id);
}

TEST_F(AnswerTest, ErrorsAreProblemDocuments) {
    start();
    const RawAnswer missing = get(port(), "/nowhere", "X-Request-Id: r1\r\n");
    EXPECT_EQ(missing.status, 404);
    const auto document = nlohmann::json::parse(missing.body);
    EXPECT_EQ(document["status"], 404);
    EXPECT_EQ(document["title"], "Not Found");
    EXPECT_EQ(document["type"], "about:blank");
    EXPECT_EQ(document["instance"], "r1");
    const RawAnswer failed = get(port(), "/fails");
    EXPECT_EQ(failed.status, 500);
    EXPECT_EQ(failed.body.find("secret"), std::string::npos);
    const RawAnswer wrong = request(port(), "DELETE", "/hello");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.header("Allow"), "GET, HEAD, OPTIONS");
}

TEST_F(AnswerTest, DecodesParametersAndQuery) {
    start();
    EXPECT_EQ(get(port(), "/items/a%2Fb%20c?q=x+y&q=%C3%A9").body, "a/b c|q=x y|q=é");
}

TEST_F(AnswerTest, HeadHasTheHeadersOfGetAndNoBody) {
    start();
    for (const char* path : {"/hello", "/text", "/file", "/tile"}) {
        RawClient client(port());
        client.send("HEAD " + std::string(path) +
                    " HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        const RawAnswer head = client.read_answer(true);
        EXPECT_EQ(head.status, 200);
        EXPECT_EQ(head.header("Content-Length"), get(port(), path).header("Content-Length"));
        EXPECT_EQ(client.read_answer().body, "ok") << path;
    }
}

TEST_F(AnswerTest, CompressesWhatIsWorthItForWhoAccepts) {
    start();
    const RawAnswer packed = get(port(), "/text", "Accept-Encoding: br, gzip\r\n");
    EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
    EXPECT_EQ(packed.header("Vary"), "Accept-Encoding");
    EXPECT_EQ(http::gunzip(packed.body, 10'000), text);
    for (const char* accept : {"", "Accept-Encoding: gzip;q=0\r\n", "Accept-Encoding: br\r\n"}) {
        const RawAnswer plain = get(port(), "/text", accept);
        EXPECT_FALSE(plain.has("Content-Encoding"));
        EXPECT_EQ(plain.header("Vary"), "Accept-Encoding");
        EXPECT_EQ(plain.body, text);
    }
    EXPECT_FALSE(get(port(), "/hello", "Accept-Encoding: gzip\r\n").has("Content-Encoding"));
    EXPECT_FALSE(get(port(), "/file", "Accept-Encoding: gzip\r\n").has("Content-Encoding"));
}

TEST_F(AnswerTest, InflatesStoredGzipForWhoCannotReadIt) {
    start();
    const RawAnswer packed = get(port(), "/tile", "Accept-Encoding: gzip\r\n");
    EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
    EXPECT_EQ(http::gunzip(packed.body, 10'000), text);
    const RawAnswer plain = get(port(), "/tile");
    EXPECT_FALSE(plain.has("Content-Encoding"));
    EXPECT_EQ(plain.body, text);
    EXPECT_EQ(plain.header("Vary"), "Accept-Encoding");
}

TEST_F(AnswerTest, BigBodiesAreCompressedToo) {
    text = std::string(3'000'000, 'b');
    start();
    EXPECT_EQ(http::gunzip(get(port(), "/text", "Accept-Encoding: gzip\r\n").body, 3'000'000), text);
    EXPECT_EQ(get(port(), "/tile").body, text);
}

TEST_F(AnswerTest, KnownVersionsAreNotSentAgain) {
    start();
    const std::string etag = get(port(), "/text").header("ETag");
    const std::string packed_etag = get(port(), "/text", "Accept-Encoding: gzip\r\n").header("ETag");
    EXPECT_EQ(packed_etag, "W/" + etag);
    for (const std::string& known : {etag, packed_etag, "\"x\", " + etag}) {
        const RawAnswer again = get(port(), "/text", "If-None-Match: " + known + "\r\n");
        EXPECT_EQ(again.status, 304) << known;
        EXPECT_TRUE(again.has("ETag"));
        EXPECT_EQ(again.header("Vary"), "Accept-Encoding");
        EXPECT_FALSE(again.has("Content-Length"));
    }
    EXPECT_EQ(get(port(), "/text", "If-None-Match: \"other\"\r\n").status, 200);
    EXPECT_EQ(get(port(), "/file", "If-None-Match: \"file-1\"\r\n").status, 304);
    EXPECT_EQ(request(port(), "POST", "/echo", "If-None-Match: *\r\n", "x").status, 200);
}

TEST_F(AnswerTest, FilesAreSentWholeAndInParts) {
    start();
    const RawAnswer whole = get(port(), "/file");
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.header("Accept-Ranges"), "bytes");
    EXPECT_TRUE(whole.whole);
    EXPECT_EQ(whole.body.size(), bytes.size());
    EXPECT_TRUE(whole.body == bytes);
    const RawAnswer part = get(port(), "/file", "Range: bytes=300000-300009\r\n");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.header("Content-Range"), "bytes 300000-300009/600000");
    EXPECT_EQ(part.body, bytes.substr(300'000, 10));
    EXPECT_EQ(get(port(), "/file", "Range: bytes=-5\r\n").body, bytes.substr(599'995));
    const RawAnswer beyond = get(port(), "/file", "Range: bytes=600000-\r\n");
    EXPECT_EQ(beyond.status, 416);
    EXPECT_EQ(beyond.header("Content-Range"), "bytes */600000");
    EXPECT_EQ(get(port(), "/file", "Range: bytes=0-4\r\nIf-Range: \"file-1\"\r\n").status, 206);
    EXPECT_EQ(get(port(), "/file", "Range: bytes=0-4\r\nIf-Range: \"file-0\"\r\n").status, 200);
    EXPECT_EQ(get(port(), "/text", "Range: bytes=0-4\r\n").status, 200);
}

TEST_F(AnswerTest, AFileThatIsGoneIsAnErrorAndNoBrokenAnswer) {
    start();
    EXPECT_EQ(get(port(), "/gone-file").status, 500);
    expect_alive();
}

TEST_F(AnswerTest, StreamsAreChunkedAndKeepTheConnection) {
    start();
    RawClient client(port());
    client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n");
    const RawAnswer streamed = client.read_answer();
    EXPECT_EQ(streamed.header("Transfer-Encoding"), "chunked");
    EXPECT_EQ(streamed.body, std::string(250'000, 'x'));
    EXPECT_EQ(client.read_answer().body, "ok");
    const RawAnswer old = exchange(port(), "GET /stream HTTP/1.0\r\n\r\n");
    EXPECT_FALSE(old.has("Transfer-Encoding"));
    EXPECT_EQ(old.body.size(), 250'000U);
}

TEST_F(AnswerTest, ABrokenStreamLooksBroken) {
    start();
    const RawAnswer broken = get(port(), "/broken-stream");
    EXPECT_EQ(broken.status, 200);
    EXPECT_FALSE(broken.whole);
    EXPECT_EQ(get(port(), "/stillborn-stream").status, 500);
    expect_alive();
}

TEST_F(AnswerTest, AFileEndsWhereTheNextPieceIsForbidden) {
    start();
    const RawAnswer first_only = get(port(), "/forbidden-file/1");
    EXPECT_EQ(first_only.status, 200);
    EXPECT_FALSE(first_only.whole);
    EXPECT_FALSE(first_only.body.empty());
    EXPECT_EQ(bytes.substr(0, first_only.body.size()), first_only.body);
    EXPECT_LT(first_only.body.size(), get(port(), "/forbidden-file/2").body.size());
    EXPECT_EQ(get(port(), "/forbidden-file/0").status, 500);
    EXPECT_EQ(get(port(), "/forbidden-file/1000").body, bytes);
    expect_alive();
}

TEST_F(AnswerTest, OptionsAreAnsweredByTheTable) {
    start();
    const RawAnswer plain = request(port(), "OPTIONS", "/echo");
    EXPECT_EQ(plain.status, 204);
    EXPECT_EQ(plain.header("Allow"), "POST, OPTIONS");
    EXPECT_FALSE(plain.has("Content-Length"));
    const RawAnswer preflight =
        request(port(), "OPTIONS", "/echo",
                "Origin: https://b\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-a\r\n");
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(preflight.header("Access-Control-Allow-Methods"), "POST, OPTIONS");
    EXPECT_EQ(preflight.header("Access-Control-Allow-Headers"), "x-a");
    EXPECT_EQ(request(port(), "OPTIONS", "/nowhere").status, 404);
    EXPECT_EQ(request(port(), "OPTIONS", "*").status, 204);
}

TEST_F(AnswerTest, ListedOriginsAreNamedAndOthersAreNot) {
    http::ServerConfig config;
    config.cors_origins = {"https://carte.example.fr"};
    start(config);
    const RawAnswer listed = get(port(), "/hello", "Origin: https://carte.example.fr\r\n");
    EXPECT_EQ(listed.header("Access-Control-Allow-Origin"), "https://carte.example.fr");
    EXPECT_EQ(listed.header("Vary"), "Origin");
    const RawAnswer other = get(port(), "/nowhere", "Origin: https://evil.example\r\n");
    EXPECT_FALSE(other.has("Access-Control-Allow-Origin"));
    EXPECT_EQ(other.header("Vary"), "Origin");
    EXPECT_EQ(get(port(), "/text", "Origin: https://carte.example.fr\r\n").header("Vary"), "Origin, Accept-Encoding");
}
