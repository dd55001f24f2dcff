#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "gis/records/csw.hpp"
#include "gis/write/xml_text.hpp"

namespace gis::records {

namespace {

constexpr std::string_view start =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<csw:{} xmlns:csw=\"http://www.opengis.net/cat/csw/2.0.2\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
    "xmlns:dct=\"http://purl.org/dc/terms/\" xmlns:ows=\"http://www.opengis.net/ows\" "
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://www.opengis.net/cat/csw/2.0.2 "
    "http://schemas.opengis.net/csw/2.0.2/CSW-discovery.xsd\"";

std::string_view name_of(ElementSet elements) {
    return elements == ElementSet::Brief ? "brief" : elements == ElementSet::Summary ? "summary" : "full";
}

std::string_view uri_of(Schema schema) {
    return schema == Schema::Gmd ? "http://www.isotc211.org/2005/gmd" : "http://www.opengis.net/cat/csw/2.0.2";
}

/// In degrees, longitude first (07-006r1, 10.2.5.4).
std::string box(const GeographicBox& extent) {
    return fmt::format(
        "<ows:BoundingBox crs=\"urn:ogc:def:crs:OGC:1.3:CRS84\"><ows:LowerCorner>{:.5f} {:.5f}</ows:LowerCorner>"
        "<ows:UpperCorner>{:.5f} {:.5f}</ows:UpperCorner></ows:BoundingBox>",
        extent.west, extent.south, extent.east, extent.north);
}

std::string csw_record(const Record& record, ElementSet elements) {
    const std::string_view name = elements == ElementSet::Brief     ? "BriefRecord"
                                  : elements == ElementSet::Summary ? "SummaryRecord"
                                                                    : "Record";
    std::string text = fmt::format("<csw:{}>", name);
    text += xml_element("dc:identifier", record.id) + xml_element("dc:title", record.title);
    text += xml_element("dc:type", record.type);
    if (elements != ElementSet::Brief) {
        for (const std::string& subject : record.subjects) text += xml_element("dc:subject", subject);
        text += xml_element("dc:format", record.format);
        for (const Link& link : record.links) text += xml_element("dc:relation", link.url);
        text += xml_element("dct:modified", record.modified) + xml_element("dct:abstract", record.abstract);
    }
    if (elements == ElementSet::Full) {
        text += xml_element("dc:publisher", record.publisher) + xml_element("dc:language", "fre");
        for (const std::string& right : record.rights) text += xml_element("dc:rights", right);
        for (const Link& link : record.links)
            text += fmt::format("<dct:references scheme=\"{}\">{}</dct:references>", xml_text(link.protocol),
                                xml_text(link.url));
    }
    return text + box(record.extent) + fmt::format("</csw:{}>\n", name);
}

/// What an ISO record keeps in a smaller element set: what its schema demands, and what the profile adds to it.
bool is_kept(std::string_view name, ElementSet elements) {
    for (const std::string_view left_out : {"gmd:dataQualityInfo", "gmd:resourceConstraints"}) {
        if (name == left_out) return false;
    }
    if (elements == ElementSet::Summary) return true;
    for (const std::string_view left_out :
         {"gmd:distributionInfo", "gmd:referenceSystemInfo", "gmd:descriptiveKeywords", "gmd:pointOfContact",
          "gmd:metadataStandardName", "gmd:spatialRepresentationType", "gmd:topicCategory"}) {
        if (name == left_out) return false;
    }
    return true;
}

void cut(pugi::xml_node element, ElementSet elements) {
    for (pugi::xml_node child = element.first_child(); child;) {
        const pugi::xml_node next = child.next_sibling();
        if (!is_kept(child.name(), elements)) {
            element.remove_child(child);
        } else if (std::string_view(child.name()) == "gmd:identificationInfo") {
            cut(child.first_child(), elements);
        }
        child = next;
    }
}

std::string iso_record(const Record& record, ElementSet elements) {
    pugi::xml_document document;
    document.load_buffer(record.iso.data(), record.iso.size());
    if (elements != ElementSet::Full) cut(document.document_element(), elements);
    std::ostringstream text;
    document.document_element().print(text, "", pugi::format_raw);
    return text.str() + '\n';
}

std::string written(const std::vector<const Record*>& records, Schema schema, ElementSet elements) {
    std::string text;
    for (const Record* record : records)
        text += schema == Schema::Gmd ? iso_record(*record, elements) : csw_record(*record, elements);
    return text;
}

}  // namespace

std::string csw_description(const DescribeRecord& asked) {
    std::string text = fmt::format(fmt::runtime(start), "DescribeRecordResponse") + ">\n";
    for (const Schema schema : asked.schemas) {
        text += fmt::format(
            "<csw:SchemaComponent targetNamespace=\"{0}\" schemaLanguage=\"http://www.w3.org/XML/Schema\"><xs:schema "
            "xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"{0}\" elementFormDefault=\"qualified\">"
            "<xs:include schemaLocation=\"{1}\"/></xs:schema></csw:SchemaComponent>\n",
            uri_of(schema),
            schema == Schema::Gmd ? "http://schemas.opengis.net/iso/19139/20060504/gmd/gmd.xsd"
                                  : "http://schemas.opengis.net/csw/2.0.2/record.xsd");
    }
    return text + "</csw:DescribeRecordResponse>\n";
}

std::string csw_domain(const GetDomain& asked, const std::vector<Record>& records) {
    std::string text = fmt::format(fmt::runtime(start), "GetDomainResponse") + ">\n";
    const auto add = [&](std::string_view element, const std::string& name, const std::string& values) {
        text +=
            "<csw:DomainValues type=\"csw:Record\">" + xml_element(element, name) + values + "</csw:DomainValues>\n";
    };
    const auto list_of = [](const auto& values) {
        std::string list;
        for (const auto& value : values) list += xml_element("csw:Value", value);
        return list.empty() ? list : "<csw:ListOfValues>" + list + "</csw:ListOfValues>";
    };
    for (const std::string& name : asked.parameters) {
        const auto dot = std::min(name.find('.'), name.size());
        add("csw:ParameterName", name,
            list_of(csw_parameter_values(name.substr(0, dot), name.substr(std::min(dot + 1, name.size())))));
    }
    for (const std::string& name : asked.properties) {
        const std::string queryable = queryable_of(name);
        const std::vector<std::string> values = distinct_values(records, queryable);
        const bool is_range = queryable == "modified" && !values.empty();
        add("csw:PropertyName", name,
            is_range ? "<csw:RangeOfValues>" + xml_element("csw:MinValue", values.front()) +
                           xml_element("csw:MaxValue", values.back()) + "</csw:RangeOfValues>"
                     : list_of(values));
    }
    return text + "</csw:GetDomainResponse>\n";
}

std::string csw_records(const GetRecords& asked, const std::vector<const Record*>& page, std::int64_t matched,
                        std::string_view time_stamp) {
    const auto returned = static_cast<std::int64_t>(page.size());
    const std::int64_t next = asked.start + returned;
    std::string text = fmt::format(fmt::runtime(start), "GetRecordsResponse") + ">\n";
    text += fmt::format("<csw:SearchStatus timestamp=\"{}\"/>\n", time_stamp);
    text += fmt::format(
        "<csw:SearchResults numberOfRecordsMatched=\"{}\" numberOfRecordsReturned=\"{}\" nextRecord=\"{}\" "
        "elementSet=\"{}\" recordSchema=\"{}\">\n",
        matched, returned, next > matched ? 0 : next, name_of(asked.elements), uri_of(asked.schema));
    text += written(page, asked.schema, asked.elements);
    return text + "</csw:SearchResults>\n</csw:GetRecordsResponse>\n";
}

std::string csw_record_by_id(const GetRecordById& asked, const std::vector<const Record*>& found) {
    return fmt::format(fmt::runtime(start), "GetRecordByIdResponse") + ">\n" +
           written(found, asked.schema, asked.elements) + "</csw:GetRecordByIdResponse>\n";
}

std::string csw_exception(std::string_view code, std::string_view locator, std::string_view text) {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ows:ExceptionReport xmlns:ows=\"http://www.opengis.net/ows\" "
        "version=\"1.2.0\" language=\"en\">\n  <ows:Exception exceptionCode=\"{}\"{}>\n    "
        "<ows:ExceptionText>{}</ows:ExceptionText>\n  </ows:Exception>\n</ows:ExceptionReport>\n",
        xml_text(code), locator.empty() ? "" : fmt::format(" locator=\"{}\"", xml_text(locator)), xml_text(text));
}

}  // namespace gis::records
