#include "gis/write/inspire/metadata.hpp"

#include <fmt/format.h>

#include "gis/text/ascii.hpp"
#include "gis/write/xml_text.hpp"

namespace gis::inspire {

namespace {

constexpr std::string_view code_lists = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml#";

std::string element(std::string_view name, std::string_view content) {
    return fmt::format("<{0}>{1}</{0}>", name, content);
}

/// A text property; without a text it says that it is missing.
std::string text(std::string_view name, std::string_view value) {
    if (value.empty()) return fmt::format("<{} gco:nilReason=\"missing\"/>", name);
    return element(name, element("gco:CharacterString", xml_text(value)));
}

std::string code(std::string_view name, std::string_view list, std::string_view value) {
    return fmt::format("<{0}><gmd:{1} codeList=\"{2}{1}\" codeListValue=\"{3}\">{3}</gmd:{1}></{0}>", name, list,
                       code_lists, value);
}

std::string language(std::string_view name) {
    return fmt::format(
        "<{0}><gmd:LanguageCode codeList=\"http://www.loc.gov/standards/iso639-2/\" "
        "codeListValue=\"fre\">français</gmd:LanguageCode></{0}>",
        name);
}

std::string anchor(std::string_view name, std::string_view url, std::string_view value) {
    return fmt::format("<{0}><gmx:Anchor xlink:href=\"{1}\">{2}</gmx:Anchor></{0}>", name, xml_text(url),
                       xml_text(value));
}

std::string date(std::string_view value, std::string_view kind) {
    return element("gmd:date", element("gmd:CI_Date", element("gmd:date", element("gco:Date", value)) +
                                                          code("gmd:dateType", "CI_DateTypeCode", kind)));
}

std::string citation(std::string_view title, std::string_view published) {
    return element("gmd:CI_Citation", std::string(title) + date(published, "publication"));
}

std::string party(std::string_view name, const Contact& contact, std::string_view role) {
    const std::string address = element(
        "gmd:contactInfo",
        element("gmd:CI_Contact",
                element("gmd:address", element("gmd:CI_Address", text("gmd:electronicMailAddress", contact.email)))));
    return element(name, element("gmd:CI_ResponsibleParty", text("gmd:organisationName", contact.organisation) +
                                                                address + code("gmd:role", "CI_RoleCode", role)));
}

std::string keywords(std::string_view name, std::string_view keyword, std::string_view thesaurus,
                     std::string_view published) {
    std::string body = element(
        "gmd:MD_Keywords",
        fmt::format("{}{}", keyword,
                    thesaurus.empty() ? std::string()
                                      : element("gmd:thesaurusName", citation(std::string(thesaurus), published))));
    return element(name, body);
}

std::string licence_constraint(const Licence& licence) {
    const std::string of = licence.of.empty() ? "" : licence.of + " : ";
    if (!licence.url.empty()) return anchor("gmd:otherConstraints", licence.url, of + licence.text);
    if (!licence.text.empty()) return text("gmd:otherConstraints", of + licence.text);
    return anchor("gmd:otherConstraints",
                  "http://inspire.ec.europa.eu/metadata-codelist/ConditionsApplyingToAccessAndUse/conditionsUnknown",
                  of + (of.empty() ? "C" : "c") + "onditions d’accès et d’utilisation inconnues");
}

/// A code of LimitationsOnPublicAccess by its address, anything else as it is.
std::string limitation_of(std::string_view limit, std::string_view words) {
    constexpr std::string_view list = "http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/";
    const bool is_code = limit == "noLimitations" || limit.starts_with("INSPIRE_Directive_Article13_1");
    return is_code ? anchor("gmd:otherConstraints", std::string(list) + std::string(limit), words)
                   : text("gmd:otherConstraints", limit);
}

/// Access (TG 2.0, 2.4.6) and use (2.4.7). Why access is limited only the authority can say: none of the reasons of
/// article 13 is claimed.
std::string constraints(std::string_view name, bool open, const std::vector<std::string>& limits,
                        const std::vector<Licence>& licences) {
    std::string limitation;
    if (open) {
        limitation = limitation_of("noLimitations", "Pas de restriction d’accès public");
    } else {
        for (const std::string& limit : limits) limitation += limitation_of(limit, limit);
        if (limits.empty())
            limitation = text("gmd:otherConstraints",
                              "Accès réservé, en tout ou en partie, à ceux à qui une convention le donne");
    }
    const std::string access =
        element(name, element("gmd:MD_LegalConstraints",
                              code("gmd:accessConstraints", "MD_RestrictionCode", "otherRestrictions") + limitation));
    std::string conditions;
    for (const Licence& licence : licences) conditions += licence_constraint(licence);
    if (licences.empty()) conditions = licence_constraint({});
    const std::string use =
        element(name, element("gmd:MD_LegalConstraints",
                              code("gmd:useConstraints", "MD_RestrictionCode", "otherRestrictions") + conditions));
    return access + use;
}

std::string box(std::string_view name, const GeographicBox& extent) {
    const auto bound = [](std::string_view side, double value) {
        return element(side, element("gco:Decimal", fmt::format("{:.5f}", value)));
    };
    return element(name, element("gmd:EX_Extent", element("gmd:geographicElement",
                                                          element("gmd:EX_GeographicBoundingBox",
                                                                  bound("gmd:westBoundLongitude", extent.west) +
                                                                      bound("gmd:eastBoundLongitude", extent.east) +
                                                                      bound("gmd:southBoundLatitude", extent.south) +
                                                                      bound("gmd:northBoundLatitude", extent.north)))));
}

std::string scope(std::string_view level, std::string_view level_name) {
    std::string body = code("gmd:level", "MD_ScopeCode", level);
    if (!level_name.empty())
        body += element("gmd:levelDescription", element("gmd:MD_ScopeDescription", text("gmd:other", level_name)));
    return element("gmd:scope", element("gmd:DQ_Scope", body));
}

/// "Not evaluated" (TG 2.0, 2.4.9).
std::string conformity(std::string_view title, std::string_view url, std::string_view published) {
    return element("gmd:report",
                   element("gmd:DQ_DomainConsistency",
                           element("gmd:result", element("gmd:DQ_ConformanceResult",
                                                         element("gmd:specification",
                                                                 citation(anchor("gmd:title", url, title), published)) +
                                                             text("gmd:explanation", "Conformité non évaluée") +
                                                             "<gmd:pass gco:nilReason=\"unknown\"/>"))));
}

std::string online(std::string_view name, const OnlineResource& resource) {
    return element(name, element("gmd:CI_OnlineResource",
                                 element("gmd:linkage", element("gmd:URL", xml_text(resource.url))) +
                                     text("gmd:protocol", resource.protocol) + text("gmd:name", resource.name) +
                                     text("gmd:description", resource.description) +
                                     code("gmd:function", "CI_OnLineFunctionCode", "download")));
}

std::string record_start(std::string_view id, std::string_view level, std::string_view level_name,
                         const Contact& contact, std::string_view date_stamp) {
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gmd:MD_Metadata xmlns:gmd=\"http://www.isotc211.org/2005/gmd\" "
        "xmlns:gco=\"http://www.isotc211.org/2005/gco\" xmlns:gmx=\"http://www.isotc211.org/2005/gmx\" "
        "xmlns:srv=\"http://www.isotc211.org/2005/srv\" xmlns:gml=\"http://www.opengis.net/gml\" "
        "xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xsi:schemaLocation=\"http://www.isotc211.org/2005/gmd "
        "http://schemas.opengis.net/csw/2.0.2/profiles/apiso/1.0.0/"
        "apiso.xsd\">";
    out += text("gmd:fileIdentifier", id);
    out += language("gmd:language");
    out += code("gmd:characterSet", "MD_CharacterSetCode", "utf8");
    out += code("gmd:hierarchyLevel", "MD_ScopeCode", level);
    if (!level_name.empty()) out += text("gmd:hierarchyLevelName", level_name);
    out += party("gmd:contact", contact, "pointOfContact");
    out += element("gmd:dateStamp", element("gco:Date", date_stamp));
    out += text("gmd:metadataStandardName", "ISO 19115:2003/19139");
    return out;
}

}  // namespace

Keyword parse_keyword(std::string_view text) {
    const auto open = text.find('<');
    if (open == std::string_view::npos || !text.ends_with('>')) return {std::string(trimmed(text)), ""};
    return {std::string(trimmed(text.substr(0, open))),
            std::string(trimmed(text.substr(open + 1, text.size() - open - 2)))};
}

Contact parse_contact(std::string_view text) {
    const auto open = text.find('<');
    const auto close = text.find('>', open == std::string_view::npos ? 0 : open);
    Contact contact{std::string(trimmed(text.substr(0, open))), ""};
    if (close != std::string_view::npos && open != std::string_view::npos) {
        contact.email = trimmed(text.substr(open + 1, close - open - 1));
    } else {
        contact.organisation = trimmed(text);
        const bool is_address = text.find('@') != std::string_view::npos && text.find(' ') == std::string_view::npos;
        if (is_address) contact.email = contact.organisation;
    }
    if (contact.organisation.empty()) contact.organisation = "Carreau";
    return contact;
}

std::string dataset_metadata(const DatasetRecord& record) {
    std::string out = record_start(record.id, "dataset", "", record.contact, record.date);
    for (const Crs& crs : record.crs) {
        out += element("gmd:referenceSystemInfo",
                       element("gmd:MD_ReferenceSystem",
                               element("gmd:referenceSystemIdentifier",
                                       element("gmd:RS_Identifier", anchor("gmd:code", crs.uri(), crs.code())))));
    }
    const std::string identifier = element(
        "gmd:identifier",
        element("gmd:RS_Identifier", text("gmd:code", record.code) + text("gmd:codeSpace", record.id_namespace)));
    std::string identification = element(
        "gmd:citation",
        element("gmd:CI_Citation", text("gmd:title", record.title) + date(record.date, "revision") + identifier));
    identification += text("gmd:abstract", record.abstract);
    for (const Contact& contact : record.points_of_contact)
        identification += party("gmd:pointOfContact", contact, "pointOfContact");
    if (record.points_of_contact.empty())
        identification += party("gmd:pointOfContact", record.contact, "pointOfContact");
    identification += keywords(
        "gmd:descriptiveKeywords",
        anchor("gmd:keyword", "http://inspire.ec.europa.eu/theme/" + record.theme_code, record.theme_title),
        anchor("gmd:title", "http://www.eionet.europa.eu/gemet/inspire_themes", "GEMET - INSPIRE themes, version 1.0"),
        "2008-06-01");
    identification += keywords(
        "gmd:descriptiveKeywords",
        anchor("gmd:keyword", "http://inspire.ec.europa.eu/metadata-codelist/SpatialScope/local", "Local"),
        anchor("gmd:title", "http://inspire.ec.europa.eu/metadata-codelist/SpatialScope", "Champ géographique"),
        "2019-05-22");
    std::string words;
    for (const Keyword& keyword : record.keywords)
        words +=
            keyword.url.empty() ? text("gmd:keyword", keyword.word) : anchor("gmd:keyword", keyword.url, keyword.word);
    if (!words.empty()) identification += keywords("gmd:descriptiveKeywords", words, "", "");
    identification += constraints("gmd:resourceConstraints", record.open, record.access_limits, record.licences);
    identification += code("gmd:spatialRepresentationType", "MD_SpatialRepresentationTypeCode", "vector");
    identification += language("gmd:language");
    identification += code("gmd:characterSet", "MD_CharacterSetCode", "utf8");
    identification += element("gmd:topicCategory", element("gmd:MD_TopicCategoryCode", record.topic));
    identification += box("gmd:extent", record.extent);
    out += element("gmd:identificationInfo", element("gmd:MD_DataIdentification", identification));
    std::string transfer;
    for (const OnlineResource& resource : record.resources) transfer += online("gmd:onLine", resource);
    const auto format = [](std::string_view name, std::string_view version) {
        return element("gmd:distributionFormat",
                       element("gmd:MD_Format", text("gmd:name", name) + text("gmd:version", version)));
    };
    out += element("gmd:distributionInfo",
                   element("gmd:MD_Distribution",
                           format(record.format, "3.2.1") + (record.packaged ? format("GeoPackage", "1.2") : "") +
                               element("gmd:transferOptions", element("gmd:MD_DigitalTransferOptions", transfer))));
    out +=
        element("gmd:dataQualityInfo",
                element("gmd:DQ_DataQuality",
                        scope("dataset", "") +
                            conformity("Règlement (UE) n° 1089/2010 de la Commission du 23 novembre 2010",
                                       "http://data.europa.eu/eli/reg/2010/1089", "2010-12-08") +
                            element("gmd:lineage", element("gmd:LI_Lineage", text("gmd:statement", record.lineage)))));
    return out + "</gmd:MD_Metadata>\n";
}

std::string service_metadata(const ServiceRecord& record) {
    std::string out = record_start(record.id, "service", "Service de téléchargement", record.contact, record.date);
    std::string identification = element(
        "gmd:citation", element("gmd:CI_Citation", text("gmd:title", record.title) + date(record.date, "revision")));
    identification += text("gmd:abstract", record.abstract);
    identification += party("gmd:pointOfContact", record.contact, "pointOfContact");
    identification += keywords(
        "gmd:descriptiveKeywords",
        anchor("gmd:keyword",
               "http://inspire.ec.europa.eu/metadata-codelist/SpatialDataServiceCategory/infoFeatureAccessService",
               "infoFeatureAccessService"),
        anchor("gmd:title", "http://inspire.ec.europa.eu/metadata-codelist/SpatialDataServiceCategory",
               "Classification of spatial data services"),
        "2008-12-03");
    identification += constraints("gmd:resourceConstraints", true, {}, {});
    identification += element("srv:serviceType", element("gco:LocalName", "download"));
    identification += box("srv:extent", record.extent);
    identification +=
        "<srv:couplingType><srv:SV_CouplingType codeList=\"http://standards.iso.org/iso/19139/resources/"
        "gmxCodelists.xml#SV_CouplingType\" codeListValue=\"tight\">tight</srv:SV_CouplingType></srv:couplingType>";
    identification += element(
        "srv:containsOperations",
        element("srv:SV_OperationMetadata",
                text("srv:operationName", "GetCapabilities") +
                    "<srv:DCP><srv:DCPList codeList=\"http://standards.iso.org/iso/19139/resources/gmxCodelists.xml#"
                    "DCPList\" codeListValue=\"WebServices\">WebServices</srv:DCPList></srv:DCP>" +
                    element("srv:connectPoint",
                            element("gmd:CI_OnlineResource",
                                    element("gmd:linkage", element("gmd:URL", xml_text(record.url)))))));
    for (const ServiceRecord::Coupled& data_set : record.data_sets)
        identification += fmt::format("<srv:operatesOn uuidref=\"{}\" xlink:href=\"{}\"/>", xml_text(data_set.code),
                                      xml_text(data_set.metadata_url));
    out += element("gmd:identificationInfo", element("srv:SV_ServiceIdentification", identification));
    const OnlineResource address{record.url, "OGC:WFS", "Web Feature Service 2.0", "Capacités du service"};
    out += element("gmd:distributionInfo",
                   element("gmd:MD_Distribution",
                           element("gmd:distributionFormat",
                                   element("gmd:MD_Format", text("gmd:name", "GML") + text("gmd:version", "3.2.1"))) +
                               element("gmd:transferOptions",
                                       element("gmd:MD_DigitalTransferOptions", online("gmd:onLine", address)))));
    out += element(
        "gmd:dataQualityInfo",
        element("gmd:DQ_DataQuality", scope("service", "Service de téléchargement") +
                                          conformity("Règlement (CE) n° 976/2009 de la Commission du 19 octobre 2009",
                                                     "http://data.europa.eu/eli/reg/2009/976", "2009-10-20")));
    return out + "</gmd:MD_Metadata>\n";
}

}  // namespace gis::inspire
