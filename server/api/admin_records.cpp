// Organisations, services, conventions and engagements: what they are is in server/admin, one file each.

#include "server/api/admin.hpp"

#include "gis/error.hpp"
#include "server/api/body.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

constexpr int max_days = 3660;

Answer list_all(const Services& services, CallPtr call, const admin::Kind* kind) {
    require_known(*call->request, {"f"});
    return list_records(services, std::move(call), kind, "", {});
}

Answer make(const Services& services, CallPtr call, const admin::Kind* kind) {
    Json body = json_body(*call->request);
    return make_record(services, std::move(call), kind, std::move(body));
}

Answer change(const Services& services, CallPtr call, const admin::Kind* kind) {
    Json patch = json_body(*call->request);
    return change_record(services, std::move(call), kind, std::move(patch));
}

}  // namespace

Response admin_response(const Json& document, int status) {
    Response response = json_response(document);
    response.status = status;
    response.set_header("Cache-Control", "no-store");
    return response;
}

Answer list_records(const Services& services, CallPtr call, const admin::Kind* kind, std::string condition,
                    std::vector<db::Parameter> parameters) {
    auto work = [kind, condition, parameters](db::Connection& connection) {
        return admin::list(connection, *kind, condition, parameters);
    };
    Json items = co_await services.database.run(call->admin(), query_for(*call->request), std::move(work));
    const Json document{{"items", std::move(items)}};
    co_return admin_response(document);
}

Answer make_record(const Services& services, CallPtr call, const admin::Kind* kind, Json body) {
    require_known(*call->request, {"f"});
    auto work = [kind, body, actor = call->actor()](db::Connection& connection) {
        return admin::create(connection, *kind, body, actor);
    };
    const Json made = co_await services.database.run(call->admin(), query_for(*call->request), std::move(work));
    co_return admin_response(made, 201);
}

Answer change_record(const Services& services, CallPtr call, const admin::Kind* kind, Json patch) {
    require_known(*call->request, {"f"});
    auto work = [kind, patch, key = call->request->param("id"), actor = call->actor()](db::Connection& connection) {
        return admin::change(connection, *kind, key, patch, actor);
    };
    const Json changed = co_await services.database.run(call->admin(), query_for(*call->request), std::move(work));
    co_return admin_response(changed);
}

Answer admin_organisations(const Services& services, CallPtr call) {
    return list_all(services, std::move(call), &admin::organisations());
}
Answer make_organisation(const Services& services, CallPtr call) {
    return make(services, std::move(call), &admin::organisations());
}
Answer change_organisation(const Services& services, CallPtr call) {
    return change(services, std::move(call), &admin::organisations());
}

Answer admin_services(const Services& services, CallPtr call) {
    return list_all(services, std::move(call), &admin::services());
}
Answer make_service(const Services& services, CallPtr call) {
    return make(services, std::move(call), &admin::services());
}
Answer change_service(const Services& services, CallPtr call) {
    return change(services, std::move(call), &admin::services());
}

Answer admin_layers(const Services& services, CallPtr call) {
    return list_all(services, std::move(call), &admin::descriptions());
}
Answer describe_layer(const Services& services, CallPtr call) {
    return change(services, std::move(call), &admin::descriptions());
}

Answer admin_conventions(const Services& services, CallPtr call) {
    require_known(*call->request, {"f", "ends_within"});
    const auto days = parse_count(*call->request, "ends_within", max_days);
    if (!days) return list_records(services, std::move(call), &admin::conventions(), "", {});
    return list_records(services, std::move(call), &admin::conventions(), std::string(admin::ends_within),
                        {std::to_string(*days)});
}
Answer make_convention(const Services& services, CallPtr call) {
    return make(services, std::move(call), &admin::conventions());
}
Answer change_convention(const Services& services, CallPtr call) {
    return change(services, std::move(call), &admin::conventions());
}

Answer admin_engagements(const Services& services, CallPtr call) {
    return list_all(services, std::move(call), &admin::engagements());
}
Answer make_engagement(const Services& services, CallPtr call) {
    return make(services, std::move(call), &admin::engagements());
}
Answer change_engagement(const Services& services, CallPtr call) {
    return change(services, std::move(call), &admin::engagements());
}

}  // namespace api
