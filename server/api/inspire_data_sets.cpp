#include "server/api/inspire_data_sets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gis/access/scope.hpp"

namespace api {

std::string InspireDataSet::title() const {
    return fmt::format("{} (INSPIRE {} {})", theme->title, theme->name, theme->version);
}

std::vector<InspireDataSet> inspire_data_sets(const Services& services, const Call& call) {
    return inspire_data_sets(services.inspire_namespace, *call.known.catalog, call.caller->scope);
}

std::vector<InspireDataSet> inspire_data_sets(std::string_view authority, const gis::Catalog& visible,
                                              const gis::Scope& scope) {
    const auto may_export = [&](const gis::Layer& layer) { return scope.of(layer).grant(gis::Right::Export).holds(); };
    std::vector<InspireDataSet> data_sets;
    for (const auto& theme : inspire_themes()) {
        InspireDataSet data_set{theme->name + '-' + theme->version, inspire_namespace(authority, *theme), theme,
                                inspire_parts(*theme, visible, {}, may_export)};
        if (!data_set.parts.empty()) data_sets.push_back(std::move(data_set));
    }
    return data_sets;
}

std::string inspire_record_id(const Services& services, std::string_view record) {
    return services.inspire_namespace + '.' + std::string(record);
}

std::string inspire_record_url(const http::Request& request, std::string_view record) {
    return request.base_url + "/metadata/" + std::string(record);
}

std::vector<gis::wfs::DataSet> wfs_data_sets(const Services& services, const Call& call) {
    std::vector<gis::wfs::DataSet> described;
    for (const InspireDataSet& data_set : inspire_data_sets(services, call)) {
        gis::wfs::DataSet entry{
            data_set.code, data_set.id_namespace, inspire_record_url(*call.request, data_set.code), {}};
        for (const InspirePart& part : data_set.parts) {
            const std::string& type = part.mapping->feature_type;
            const std::string prefix = type.substr(0, type.find(':'));
            const auto found =
                std::ranges::find(data_set.theme->namespaces, prefix, &std::pair<std::string, std::string>::first);
            if (found != data_set.theme->namespaces.end()) entry.feature_types.emplace_back(type, found->second);
        }
        described.push_back(std::move(entry));
    }
    return described;
}

}  // namespace api
