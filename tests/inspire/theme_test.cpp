// What a theme file may say, and what is refused of it.

#include "gis/write/inspire/theme.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "gis/error.hpp"
#include "tests/inspire/inspire_fixture.hpp"

namespace {

using gis::inspire::parse_theme;

std::string theme_with(const std::string& objects) {
    return R"(<c:theme name="t" title="Essai" versions="1.0 2.0" xmlns:c="urn:carreau:inspire" xmlns:t="urn:t/{version}" schema="urn:t/{version} t.xsd">
  <c:codes name="genre" base="urn:g/"><c:code of="a b" is="premier"/><c:code of="3" is="autre"/></c:codes>
  <c:codes name="debut" match="prefix"><c:code of="1" is="un"/><c:code of="12" is="douze"/></c:codes>
  <c:codes name="tout" base="urn:g/" other="reste"><c:code of="a" is="premier"/></c:codes>
  <c:objects name="lieu" table="d.lieu">)" +
           objects + "</c:objects></c:theme>";
}

/// The one object of a feature with these values.
std::string object_of(const std::string& element, const std::vector<std::pair<std::string_view, gis::Scalar>>& values,
                      std::string_view version = {}) {
    test::Writing writing(parse_theme(theme_with(element), version));
    std::vector<std::string> names{"id"};
    for (const auto& [name, value] : values) names.emplace_back(name);
    const gis::Layer layer = test::layer_of("lieu", "d.lieu", names);
    writing.layer(layer);
    writing.add("7", test::square(2, 50), values);
    std::string text = writing.objects();
    if (text.empty()) return text;
    const std::string before = "<wfs:member>";
    const std::string after = "</wfs:member>\n";
    EXPECT_TRUE(text.starts_with(before) && text.ends_with(after)) << text;
    return text.substr(before.size(), text.size() - before.size() - after.size());
}

using std::string_view;

TEST(Theme, SaysItsVersionAndNamespaces) {
    const std::string text = theme_with(R"(<t:L gml:id="l.{id:name}"/>)");
    EXPECT_EQ(parse_theme(text).version, "2.0") << "the newest";
    const gis::inspire::Theme theme = parse_theme(text, "1.0");
    ASSERT_EQ(theme.namespaces.size(), 1U);
    EXPECT_EQ(theme.namespaces[0], (std::pair<std::string, std::string>("t", "urn:t/1.0")));
    EXPECT_EQ(theme.schema_location, "urn:t/1.0 t.xsd");
    EXPECT_THROW(parse_theme(text, "3.0"), gis::InvalidRequest);
}

TEST(Theme, PlaceholdersTakeTheFirstValueThereIs) {
    const std::string element = R"(<t:L gml:id="l.{id:name}">{a|b[1,2]|'rien'}</t:L>)";
    EXPECT_EQ(object_of(element, {{"id", string_view("7")}, {"a", string_view("x<y")}, {"b", {}}}),
              R"(<t:L gml:id="l.7">x&lt;y</t:L>)");
    EXPECT_EQ(object_of(element, {{"id", string_view("7")}, {"a", {}}, {"b", string_view("12345")}}),
              R"(<t:L gml:id="l.7">23</t:L>)");
    EXPECT_EQ(object_of(element, {{"id", string_view("7")}, {"a", string_view("")}, {"b", string_view("1")}}),
              R"(<t:L gml:id="l.7">rien</t:L>)")
        << "an empty text is none, nor is one that is too short";
    EXPECT_EQ(object_of(element, {{"id", string_view("7")}}), R"(<t:L gml:id="l.7">rien</t:L>)")
        << "the layer has no such fields";
    EXPECT_EQ(object_of(element, {{"id", string_view("7")}, {"a", std::int64_t{-3}}}), R"(<t:L gml:id="l.7">-3</t:L>)");
}

TEST(Theme, NamesAreXmlNames) {
    EXPECT_EQ(object_of(R"(<t:L gml:id="l.{id:name}"/>)", {{"id", string_view("a b/é")}}),
              R"(<t:L gml:id="l.a_x0020_b_x002F_é"/>)");
}

TEST(Theme, DatesAndMoments) {
    const std::string element =
        R"(<t:L gml:id="l.{id:name}"><t:d c:void="unknown">{d:date}</t:d><t:m c:void="unknown">{d:datetime}</t:m></t:L>)";
    const auto with = [&](string_view date) { return object_of(element, {{"id", string_view("7")}, {"d", date}}); };
    EXPECT_EQ(with("2024-02-29"), R"(<t:L gml:id="l.7"><t:d>2024-02-29</t:d><t:m>2024-02-29T00:00:00Z</t:m></t:L>)");
    EXPECT_EQ(with("2024-02-29T12:30:00.000Z"),
              R"(<t:L gml:id="l.7"><t:d>2024-02-29</t:d><t:m>2024-02-29T12:30:00.000Z</t:m></t:L>)");
    EXPECT_EQ(with("2024-02-29T12:30:00+14:00"),
              R"(<t:L gml:id="l.7"><t:d>2024-02-29</t:d><t:m>2024-02-29T12:30:00+14:00</t:m></t:L>)");
    for (const string_view bad :
         {"2024", "infinity", "10000-01-01", "2024-02", "le 3 mai 2024", "2026-13-01", "2026-00-00", "2026-02-29",
          "0000-01-01", "2026-01-31Tfoo", "2026-01-31T", "2026-01-31T12:00:00", "2026-01-31T24:00:01Z",
          "2026-01-31T12:00:60Z", "2026-01-31T12:00:00z", "2026-01-31t12:00:00Z", "2026-01-31T12:00:00+14:01"}) {
        EXPECT_EQ(
            with(bad),
            R"(<t:L gml:id="l.7"><t:d xsi:nil="true" nilReason="unknown"/><t:m xsi:nil="true" nilReason="unknown"/></t:L>)")
            << bad;
    }
}

TEST(Theme, NumbersAreNumbers) {
    const std::string element =
        R"(<t:L gml:id="l.{id:name}"><t:n c:void="unknown">{n:number}</t:n><t:i c:void="unknown">{n:integer}</t:i></t:L>)";
    const auto with = [&](gis::Scalar n) { return object_of(element, {{"id", string_view("7")}, {"n", n}}); };
    const std::string no_integer = R"(<t:i xsi:nil="true" nilReason="unknown"/></t:L>)";
    EXPECT_EQ(with(std::int64_t{12}), R"(<t:L gml:id="l.7"><t:n>12</t:n><t:i>12</t:i></t:L>)");
    EXPECT_EQ(with(string_view("-4")), R"(<t:L gml:id="l.7"><t:n>-4</t:n><t:i>-4</t:i></t:L>)");
    EXPECT_EQ(with(0.5), R"(<t:L gml:id="l.7"><t:n>0.5</t:n>)" + no_integer);
    for (const gis::Scalar bad : {gis::Scalar{string_view("12 m")}, gis::Scalar{string_view("inf")},
                                  gis::Scalar{std::numeric_limits<double>::infinity()}, gis::Scalar{true}})
        EXPECT_EQ(with(bad), R"(<t:L gml:id="l.7"><t:n xsi:nil="true" nilReason="unknown"/>)" + no_integer);
}

TEST(Theme, CodesAndTheirNilReason) {
    const std::string element =
        R"(<t:L gml:id="l.{id:name}"><t:g c:void="other:unpopulated" uom="m" xlink:href="{g:genre}"/><t:h>{g:tout}</t:h></t:L>)";
    const auto with = [&](gis::Scalar code) { return object_of(element, {{"id", string_view("7")}, {"g", code}}); };
    EXPECT_EQ(with(string_view("b")),
              R"(<t:L gml:id="l.7"><t:g uom="m" xlink:href="urn:g/premier"/><t:h>urn:g/reste</t:h></t:L>)");
    EXPECT_EQ(with(std::int64_t{3}),
              R"(<t:L gml:id="l.7"><t:g uom="m" xlink:href="urn:g/autre"/><t:h>urn:g/reste</t:h></t:L>)");
    EXPECT_EQ(
        with(string_view("z")),
        R"(<t:L gml:id="l.7"><t:g uom="m" xsi:nil="true" nilReason="other:unpopulated"/><t:h>urn:g/reste</t:h></t:L>)");
    EXPECT_EQ(with({}), "") << "the second has no nil reason: no object rather than an invalid one";
}

TEST(Theme, CodesByTheirBeginning) {
    const std::string element = R"(<t:L gml:id="l.{id:name}">{g:debut|'rien'}</t:L>)";
    const auto with = [&](string_view code) { return object_of(element, {{"id", string_view("7")}, {"g", code}}); };
    const std::vector<std::pair<string_view, std::string>> cases{{"1", "un"},      {"13", "un"},  {"12", "douze"},
                                                                 {"129", "douze"}, {"2", "rien"}, {"21", "rien"}};
    for (const auto& [code, text] : cases) EXPECT_EQ(with(code), "<t:L gml:id=\"l.7\">" + text + "</t:L>") << code;
}

TEST(Theme, OptionalVersionedAndConditionalElements) {
    const std::string element =
        R"(<t:L gml:id="l.{id:name}"><t:o c:optional="true"><t:p>{a}</t:p></t:o><t:v c:version="1.0"/><t:w c:when="g = x y">{g}</t:w><t:u c:unless="g">sans</t:u></t:L>)";
    EXPECT_EQ(object_of(element, {{"id", string_view("7")}, {"a", {}}, {"g", string_view("y")}}),
              R"(<t:L gml:id="l.7"><t:w>y</t:w></t:L>)");
    EXPECT_EQ(object_of(element, {{"id", string_view("7")}, {"a", true}, {"g", string_view("z")}}, "1.0"),
              R"(<t:L gml:id="l.7"><t:o><t:p>true</t:p></t:o><t:v/></t:L>)");
    EXPECT_EQ(object_of(element, {{"id", string_view("7")}, {"a", {}}, {"g", {}}}),
              R"(<t:L gml:id="l.7"><t:u>sans</t:u></t:L>)");
}

TEST(Theme, RowsAreCountedWhereTheyAloneSayWhetherThereIsAnObject) {
    const auto counted = [](const std::string& element, const std::string& attributes = R"(shape="multisurface")") {
        return parse_theme(R"(<c:theme name="t" versions="1.0"><c:codes name="g"><c:code of="a" is="A"/></c:codes>)"
                           R"(<c:objects name="l" table="d.l" )" +
                           attributes + ">" + element + "</c:objects></c:theme>")
            .mappings.front()
            .counted_by_texts();
    };
    using Columns = std::vector<std::vector<std::size_t>>;
    EXPECT_EQ(counted(R"(<t:L gml:id="l.{id:name}">{a|b}<t:o c:optional="true">{c:date}</t:o></t:L>)"),
              (Columns{{0}, {0}, {1, 2}}));
    EXPECT_EQ(counted(R"(<t:L gml:id="l.{@part}">{a:date|@layer}{a|'rien'}</t:L>)"), Columns{})
        << "a literal and some facts are always there";
    for (const char* may_fail : {"{a:date}", "{a|b:number}", "{a:g}", "{a[0,2]}", "{a|@vintage}", "{a|''}"})
        EXPECT_FALSE(counted(std::string(R"(<t:L gml:id="l.{@part}">)") + may_fail + "</t:L>")) << may_fail;
    const std::string element = R"(<t:L gml:id="l.{id:name}"/>)";
    for (const char* attributes :
         {"", R"(shape="surface")", R"(shape="multisurface" group="a")", R"(shape="multisurface" c:when="a")"})
        EXPECT_FALSE(counted(element, attributes)) << attributes;
}

TEST(Theme, FilesThatAreNone) {
    const std::vector<std::pair<std::string, std::string>> refused{
        {R"(<t:L gml:id="l.{id:name"/>)", "does not end"},
        {R"(<t:L gml:id="l.{@lune}"/>)", "no such fact"},
        {R"(<t:L gml:id="l.{id:code}"/>)", "no such code list"},
        {R"(<t:L gml:id="l.{id:ref(autre)}"/>)", "no objects of that name"},
        {R"(<t:L gml:id="l.{p.nom}"/>)", "no such lookup"},
        {R"(<t:L gml:id="l.{id[3}"/>)", "[from,size] expected"},
        {R"(<t:L gml:id="l.{'a}"/>)", "does not end"},
        {R"(<t:L gml:id="l.{}"/>)", "empty placeholder"},
        {R"(<t:L/>)", "no gml:id"},
        {R"(<c:lookup name="p" table="d.p" key="k" column="id"/>)", "no element"}};
    for (const auto& [element, why] : refused) {
        try {
            parse_theme(theme_with(element));
            ADD_FAILURE() << element;
        } catch (const std::runtime_error& error) {
            EXPECT_NE(std::string(error.what()).find(why), std::string::npos) << element << ": " << error.what();
        }
    }
    EXPECT_THROW(parse_theme(R"(<c:theme name="t" versions="1.0"><c:codes name="g" match="suffix"/></c:theme>)"),
                 std::runtime_error);
    EXPECT_THROW(parse_theme("<c:theme"), std::runtime_error);
    EXPECT_THROW(parse_theme("<theme/>"), std::runtime_error);
    EXPECT_THROW(parse_theme(R"(<c:theme name="t"/>)"), std::runtime_error);
}

}  // namespace
