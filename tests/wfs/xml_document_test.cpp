#include "gis/wfs/xml_document.hpp"

#include "tests/wfs/wfs_fixture.hpp"

namespace {

using gis::wfs::XmlDocument;

std::string document_refused(const std::string& xml) {
    return test::refusal([&] { XmlDocument(xml, "filter"); });
}

std::string nested(int depth) {
    std::string xml;
    for (int i = 0; i < depth; ++i) xml += "<a>";
    for (int i = 0; i < depth; ++i) xml += "</a>";
    return xml;
}

TEST(XmlDocument, NamesAndNamespacesAreResolved) {
    const XmlDocument document(
        R"(<w:Q xmlns:w="http://w" xmlns="http://d"><p xmlns:w="http://other"><w:x/></p><w:y/></w:Q>)", "request");
    const auto root = document.root();
    EXPECT_EQ(gis::wfs::local_name(root), "Q");
    EXPECT_EQ(gis::wfs::namespace_of(root), "http://w");
    const auto p = gis::wfs::child_called(root, "p");
    EXPECT_EQ(gis::wfs::namespace_of(p), "http://d");
    EXPECT_EQ(gis::wfs::namespace_of(gis::wfs::child_called(p, "x")), "http://other");
    EXPECT_EQ(gis::wfs::namespace_of(gis::wfs::child_called(root, "y")), "http://w");
}

TEST(XmlDocument, TextJoinsCdata) {
    const XmlDocument document("<a>  un <![CDATA[<deux>]]> &amp; trois&#xE9;\n</a>", "request");
    EXPECT_EQ(gis::wfs::text_of(document.root()), "un <deux> & troisé");
}

TEST(XmlDocument, RefusesWhatIsNoSafeDocument) {
    const char* doctype = R"(<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>)";
    EXPECT_EQ(document_refused(doctype), "OperationParsingFailed at filter: a DOCTYPE is not accepted");
    EXPECT_NE(document_refused("<!DOCTYPE a><a/>"), "");
    EXPECT_NE(document_refused(""), "");
    EXPECT_NE(document_refused("text"), "");
    EXPECT_NE(document_refused("<a>"), "");
    EXPECT_NE(document_refused("<a></b>"), "");
    EXPECT_NE(document_refused("<a b=></a>"), "");
    EXPECT_NE(document_refused("<a/><b/>"), "");
    EXPECT_NE(document_refused(std::string("<a>\0</a>", 8)), "");
    EXPECT_NE(document_refused("<a>\xff\xfe</a>"), "") << "no UTF-8";
    EXPECT_NE(document_refused("<a>\xed\xa0\x80</a>"), "") << "a surrogate";
    EXPECT_NE(document_refused("<a>&#1;</a>"), "") << "a control character";
    EXPECT_EQ(document_refused(nested(64)), "");
    EXPECT_NE(document_refused(nested(66)).find("64 deep"), std::string::npos);
    EXPECT_NE(document_refused(nested(100'000)).find("64 deep"), std::string::npos);
}

TEST(XmlDocument, RefusesMoreMarkupThanARequestNeedsBeforeItCostsMemory) {
    std::string xml = "<a>";
    for (int i = 0; i < 300'000; ++i) xml += "<b/><c/>";
    EXPECT_NE(document_refused(xml + "</a>").find("500000"), std::string::npos);
}

}  // namespace
