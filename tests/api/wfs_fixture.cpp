#include "tests/api/wfs_fixture.hpp"

#include <fmt/format.h>

#include <functional>

namespace test {

namespace {

std::string local(const char* name) {
    const std::string text(name);
    const auto colon = text.find(':');
    return colon == std::string::npos ? text : text.substr(colon + 1);
}

void visit(const pugi::xml_node& node, const std::function<void(const pugi::xml_node&)>& take) {
    take(node);
    for (const auto& child : node.children()) visit(child, take);
}

pugi::xml_document parsed(const RawAnswer& answer) {
    pugi::xml_document document;
    if (!document.load_string(answer.body.c_str())) throw std::runtime_error("no XML: " + answer.body.substr(0, 500));
    return document;
}

}  // namespace

std::string encoded(const std::string& text) {
    constexpr std::string_view plain = "-._~:/,=&()";
    std::string result;
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        result += letter || plain.find(c) != std::string_view::npos
                      ? std::string(1, c)
                      : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return result;
}

std::string root_attribute(const std::string& xml, const char* name) {
    pugi::xml_document document;
    document.load_string(xml.c_str());
    return document.document_element().attribute(name).value();
}

RawAnswer WfsTest::wfs(const std::string& query, const std::string& headers) const {
    return get("/wfs?service=WFS&" + encoded(query), headers);
}

RawAnswer WfsTest::post(const std::string& xml, const std::string& headers) const {
    return ::request(port(), "POST", "/wfs", "Content-Type: text/xml\r\n" + headers, xml);
}

WfsTest::Ids WfsTest::names_of(const RawAnswer& answer) {
    if (answer.status != 200)
        throw std::runtime_error(std::to_string(answer.status) + " " + answer.body.substr(0, 800));
    Ids names;
    const auto document = parsed(answer);
    visit(document, [&](const pugi::xml_node& node) {
        const std::string parent = local(node.parent().name());
        if (parent != "member" && parent != "featureMember") return;
        for (const char* attribute : {"gml:id", "fid"}) {
            if (const auto found = node.attribute(attribute)) names.emplace_back(found.value());
        }
    });
    return names;
}

WfsTest::Ids WfsTest::ids_of(const RawAnswer& answer) {
    Ids names = names_of(answer);
    for (std::string& name : names) name = name.substr(name.find('.') + 1);
    return names;
}

WfsTest::Ids WfsTest::places(const std::string& more) const {
    return ids_of(wfs("version=2.0.0&request=GetFeature&typenames=place&" + more));
}

WfsTest::Ids WfsTest::filtered(const std::string& predicate) const {
    return ids_of(
        post(R"(<wfs:GetFeature xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:fes="http://www.opengis.net/fes/2.0"
        xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:c="urn:carreau:features" service="WFS" version="2.0.0"><wfs:Query typeNames="c:place">
        <fes:Filter>)" +
             predicate + "</fes:Filter></wfs:Query></wfs:GetFeature>"));
}

std::string WfsTest::report_of(const RawAnswer& answer) {
    const auto document = parsed(answer);
    std::string code = "no code";
    std::string locator;
    visit(document, [&](const pugi::xml_node& node) {
        const std::string name = local(node.name());
        if (name != "Exception" && name != "ServiceException") return;
        code = node.attribute(name == "Exception" ? "exceptionCode" : "code").value();
        locator = node.attribute("locator").value();
    });
    return fmt::format("{} {} {}", answer.status, code, locator);
}

}  // namespace test
