#include "server/api/wfs_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gis/text/xml_name.hpp"
#include "gis/wfs/feature_names.hpp"
#include "gis/wfs/names.hpp"
#include "gis/wfs/service_error.hpp"
#include "gis/write/number_text.hpp"
#include "gis/write/xml_text.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/feature_format.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

namespace wfs = gis::wfs;

constexpr std::size_t longest_link = 7'500;  // the server itself reads 8,000

gis::FeatureOutput output_of(const wfs::Query& query) {
    gis::FeatureOutput output{query.layer, query.crs.crs, query.fields, query.with_geometry};
    if (query.all_properties) {
        for (const gis::Field& field : query.layer->fields) output.fields.push_back(&field);
    }
    return output;
}

/// What is written of a feature that was read: without the field that was read for want of another.
gis::Feature shown(const gis::Feature& feature, const gis::FeatureOutput& output) {
    gis::Feature result = feature;
    if (output.fields.empty()) result.values = {};
    if (!output.with_geometry) result.wkb = {};
    return result;
}

std::string attribute(std::string_view name, std::string_view value) {
    std::string text = " " + std::string(name) + "=\"";
    gis::append_xml_text(text, value);
    return text + '"';
}

/// The address of another page of the same question; "" when it would be too long for one.
std::string page_url(const http::Request& request, const wfs::GetFeature& asked, std::int64_t start_index,
                     std::int64_t count) {
    if (asked.as_kvp.empty()) return "";
    std::string url = wfs_url(request);
    char separator = '?';
    for (const auto& [name, value] : asked.as_kvp) {
        url += separator + encode_query_value(name) + '=' + encode_query_value(value);
        separator = '&';
    }
    url += fmt::format("&startindex={}&count={}", start_index, count);
    return url.size() > longest_link ? "" : url;
}

}  // namespace

const wfs::GetFeature& WfsAnswer::asked() const {
    return std::get<wfs::GetFeature>(request_->operation);
}

std::string WfsAnswer::schema_location() const {
    const wfs::Version version = request_->version;
    std::string names;
    for (const wfs::Query& query : asked().queries) {
        const std::string name = fmt::format("{}:{}", wfs::feature_prefix, query.layer->name);
        if (names.find(name + ',') == std::string::npos) names += name + ',';
    }
    names.pop_back();
    const std::string_view parameter = version == wfs::Version::V2_0_0 ? "typenames" : "typename";
    std::string location =
        fmt::format("{} {}?service=WFS&version={}&request=DescribeFeatureType&{}={}", wfs::feature_namespace,
                    wfs_url(*call_->request), to_string(version), parameter, names);
    if (version == wfs::Version::V2_0_0)
        location +=
            " http://www.opengis.net/wfs/2.0 http://schemas.opengis.net/wfs/2.0/wfs.xsd"
            " http://www.opengis.net/gml/3.2 http://schemas.opengis.net/gml/3.2.1/gml.xsd";
    else if (version == wfs::Version::V1_1_0)
        location += " http://www.opengis.net/wfs http://schemas.opengis.net/wfs/1.1.0/wfs.xsd";
    else
        location += " http://www.opengis.net/wfs http://schemas.opengis.net/wfs/1.0.0/WFS-basic.xsd";
    return location;
}

bool WfsAnswer::is_nested() const {
    return request_->version == wfs::Version::V2_0_0 && asked().queries.size() > 1;
}

gis::CollectionFacts WfsAnswer::facts_of(const WfsPlan& plan, bool has_more) const {
    const wfs::GetFeature& wanted = asked();
    const http::Request& request = *call_->request;
    gis::CollectionFacts facts;
    facts.number_matched = plan.matched();
    facts.number_returned = plan.given();
    facts.time_stamp = time_stamp();
    const bool hits = wanted.result_type == wfs::ResultType::Hits;
    // 1.1.0 has one number: of hits it says how many there are.
    if (hits && request_->version != wfs::Version::V2_0_0) facts.number_returned = plan.matched();
    if (request_->version != wfs::Version::V2_0_0) return facts;
    const std::int64_t size = wanted.count.value_or(wfs::count_default);
    if (hits && size > 0 && plan.matched() > 0) facts.next = page_url(request, wanted, 0, size);
    if (hits || size == 0) return facts;
    if (has_more) facts.next = page_url(request, wanted, wanted.start_index + plan.given(), size);
    if (wanted.start_index > 0) {
        const std::int64_t begin = std::max<std::int64_t>(0, wanted.start_index - size);
        facts.previous = page_url(request, wanted, begin, std::min(size, wanted.start_index));
    }
    return facts;
}

std::string WfsAnswer::head(const gis::CollectionFacts& facts) const {
    std::string text;
    if (!asked().is_property_value) {
        gis::GmlForm form = gml_form_of(request_->version, asked().queries.front());
        form.schema_location = schema_location();
        gis::append_gml_collection_start(text, form, facts);
        return text;
    }
    // 09-025r2, 10.3: the values, one a member.
    text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wfs:ValueCollection xmlns:wfs=\"http://www.opengis.net/wfs/2.0\""
        " xmlns:gml=\"http://www.opengis.net/gml/3.2\"";
    text += attribute("xmlns:" + std::string(wfs::feature_prefix), wfs::feature_namespace);
    text += attribute("timeStamp", facts.time_stamp) +
            attribute("numberMatched", std::to_string(*facts.number_matched)) +
            attribute("numberReturned", std::to_string(*facts.number_returned));
    if (!facts.next.empty()) text += attribute("next", facts.next);
    if (!facts.previous.empty()) text += attribute("previous", facts.previous);
    return text + ">\n";
}

std::string WfsAnswer::tail() const {
    return asked().is_property_value ? "</wfs:ValueCollection>\n" : "</wfs:FeatureCollection>\n";
}

/// 2.0.0 keeps the answers of several queries apart (09-025r2, 11.3.3).
std::string WfsAnswer::nested_head(const WfsShare& share, const gis::CollectionFacts& facts) const {
    return "<wfs:member>" + std::string(asked().is_property_value ? "<wfs:ValueCollection" : "<wfs:FeatureCollection") +
           attribute("timeStamp", facts.time_stamp) + attribute("numberMatched", std::to_string(share.matched)) +
           attribute("numberReturned", std::to_string(share.given)) + ">\n";
}

std::string WfsAnswer::page(db::Connection& connection, WfsPlan plan) const {
    const PassOn nothing = [] {};
    std::string text;
    if (!format_.is_gml()) {
        write_other(connection, plan, text, nothing);
        return text;
    }
    if (asked().single_feature && !asked().is_property_value) return single(connection, plan.shares.front());
    std::string members;
    bool has_more = false;
    for (WfsShare& share : plan.shares) {
        std::string part;
        write_members(connection, share, part, nothing);
        has_more = has_more || share.has_more || share.skipped + share.given < share.matched;
        if (plan.shares.size() == 1) {
            has_more = share.has_more;
            members = std::move(part);
        } else if (is_nested()) {
            members += nested_head(share, facts_of(plan, false)) + part + tail();
            members.pop_back();
            members += "</wfs:member>\n";
        } else {
            members += part;
        }
    }
    text = head(facts_of(plan, has_more));
    text += members;
    return text + tail();
}

void WfsAnswer::stream(db::Connection& connection, WfsPlan plan, std::string& out, const PassOn& pass_on) const {
    if (!format_.is_gml()) return write_other(connection, plan, out, pass_on);
    const bool has_more = asked().start_index + plan.given() < plan.matched();
    const gis::CollectionFacts facts = facts_of(plan, has_more);
    out += head(facts);
    for (WfsShare& share : plan.shares) {
        share.wanted = share.given;  // as the head says
        if (is_nested()) out += nested_head(share, facts);
        write_members(connection, share, out, pass_on);
        if (is_nested()) out += tail() + "</wfs:member>\n";
    }
    out += tail();
}

void WfsAnswer::write_members(db::Connection& connection, WfsShare& share, std::string& out,
                              const PassOn& pass_on) const {
    if (asked().is_property_value) {
        write_values(connection, share, out, pass_on);
    } else {
        write_features(connection, share, out, pass_on);
    }
}

void WfsAnswer::write_features(db::Connection& connection, WfsShare& share, std::string& out,
                               const PassOn& pass_on) const {
    const gis::FeatureOutput output = output_of(*share.query);
    const gis::GmlForm form = gml_form_of(request_->version, *share.query);
    const std::string member(gis::gml_member(form.version));
    gis::GmlFeatureText text(output, form);
    read_share(services_, connection, share, [&](const gis::Feature& feature) {
        out += '<';
        out += member;
        out += '>';
        text.append(out, shown(feature, output));
        out += "</";
        out += member;
        out += ">\n";
        pass_on();
    });
}

void WfsAnswer::write_values(db::Connection& connection, WfsShare& share, std::string& out,
                             const PassOn& pass_on) const {
    const wfs::Query& query = *share.query;
    const gis::GmlForm form = gml_form_of(request_->version, query);
    const bool names = asked().value_reference == "@gml:id";
    const std::string& column = query.fields.empty() ? query.layer->geometry_column : query.fields.front()->name;
    const std::string element = form.prefix + ':' + gis::xml_name(column);
    read_share(services_, connection, share, [&](const gis::Feature& feature) {
        const std::string name = wfs::feature_name(*query.layer, feature.id);
        out += "<wfs:member>";
        if (names) {
            out += name;
        } else {
            out += '<' + element + '>';
            if (query.fields.empty()) {
                const int decimals = gis::coordinate_decimals(query.crs.crs);
                gis::append_gml_geometry(out, feature.wkb, form, decimals, name + ".geom");
            } else {
                gis::append_xml_scalar(out, feature.values.front());
            }
            out += "</" + element + '>';
        }
        out += "</wfs:member>\n";
        pass_on();
    });
}

/// GetFeatureById: the feature is the document (09-025r2, 7.9.3.6).
std::string WfsAnswer::single(db::Connection& connection, WfsShare& share) const {
    const gis::FeatureOutput output = output_of(*share.query);
    const gis::GmlForm form = gml_form_of(request_->version, *share.query);
    gis::GmlFeatureText text(output, form);
    std::string element;
    share.wanted = 1;
    read_share(services_, connection, share,
               [&](const gis::Feature& feature) { text.append(element, shown(feature, output)); });
    if (element.empty()) throw wfs::ServiceError("NotFound", "ID", "there is no such feature");
    const std::string declarations = attribute("xmlns:gml", "http://www.opengis.net/gml/3.2") +
                                     attribute("xmlns:" + form.prefix, form.namespace_uri) +
                                     attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance") +
                                     attribute("xsi:schemaLocation", schema_location());
    element.insert(element.find(' '), declarations);
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element + '\n';
}

void WfsAnswer::write_other(db::Connection& connection, WfsPlan& plan, std::string& out, const PassOn& pass_on) const {
    WfsShare& share = plan.shares.front();
    const gis::FeatureOutput output = output_of(*share.query);
    const auto writer = format_.other->writer(output, provenance_for(*output.layer, *call_->request));
    gis::CollectionFacts facts = facts_of(plan, share.skipped + share.given < share.matched);
    if (share.skipped > 0) facts.number_returned.reset();  // the rows say it, after the head
    writer->begin(out, facts);
    read_share(services_, connection, share, [&](const gis::Feature& feature) {
        writer->write(out, shown(feature, output));
        pass_on();
    });
    writer->end(out);
}

}  // namespace api
