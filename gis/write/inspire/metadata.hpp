#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gis/crs/crs.hpp"

namespace gis::inspire {

/// Who answers for data and services, as a setting writes it: "Service SIG <sig@agglo.fr>", the address may be absent.
struct Contact {
    std::string organisation;  ///< "Carreau" where the setting names none
    std::string email;

    friend bool operator==(const Contact&, const Contact&) = default;
};
Contact parse_contact(std::string_view text);

/// Conditions of use. All empty: not known.
struct Licence {
    std::string of;    ///< what they are of: the title of a layer; empty: of all that the record describes
    std::string text;  ///< "Licence Ouverte 2.0"
    std::string url;   ///< of its text; empty: none
};

/// A word to find data by: "cadastre", or "cadastre <address of the concept>".
struct Keyword {
    std::string word;
    std::string url;  ///< of the concept; empty: a free word

    friend bool operator==(const Keyword&, const Keyword&) = default;
};
Keyword parse_keyword(std::string_view text);

struct OnlineResource {
    std::string url;
    std::string protocol;  ///< media type, or "OGC:WFS"
    std::string name;
    std::string description;
    std::uint64_t size = 0;  ///< bytes; 0: not known beforehand
    std::string media_type = "application/gml+xml;version=3.2";
    std::string crs{};  ///< of data: its URI
};

/// What a record says of a data set. Texts are plain, in French; dates are "2026-01-31".
struct DatasetRecord {
    std::string id;  ///< of the record
    std::string code;
    std::string id_namespace;
    std::string title;
    std::string abstract;
    std::string theme_code;   ///< of the INSPIRE register: "cp"
    std::string theme_title;  ///< as GEMET writes it in French
    std::string topic;        ///< ISO 19115 topic category: "planningCadastre"
    std::string lineage;
    std::vector<Licence> licences;  ///< one, or one for each of its layers where they differ
    bool open = false;              ///< everybody may have all of it
    std::string date;               ///< of the last revision, and of the record
    std::string format;             ///< "GML, INSPIRE cp 4.0"
    bool packaged = false;          ///< there is a GeoPackage as well
    GeographicBox extent;
    std::vector<Crs> crs;
    std::vector<OnlineResource> resources;
    Contact contact;
    std::vector<Contact> points_of_contact{};  ///< of the data; none: `contact`
    std::vector<std::string> access_limits{};  ///< of what is not open: reasons, or codes of LimitationsOnPublicAccess
    std::vector<Keyword> keywords{};           ///< beyond those of the theme
};

/// What a record says of the download service: its data sets by the addresses of their records.
struct ServiceRecord {
    std::string id;
    std::string title;
    std::string abstract;
    std::string url;  ///< of its capabilities
    std::string date;
    GeographicBox extent;
    struct Coupled {
        std::string code;
        std::string metadata_url;
    };
    std::vector<Coupled> data_sets;
    Contact contact;
};

/// Records of ISO 19139 (2007) as the INSPIRE Technical Guidance on metadata 2.0 asks: data sets (TG requirements C and
/// 1), services (3). That data conform to Regulation 1089/2010 is said to be not evaluated.
std::string dataset_metadata(const DatasetRecord& record);
std::string service_metadata(const ServiceRecord& record);

}  // namespace gis::inspire
