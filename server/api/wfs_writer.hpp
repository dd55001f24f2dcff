#pragma once

#include <functional>
#include <string>

#include "server/api/wfs.hpp"
#include "server/api/wfs_formats.hpp"
#include "server/api/wfs_plan.hpp"

namespace api {

/// Writes the answer to a GetFeature or GetPropertyValue while its features are read.
class WfsAnswer {
  public:
    WfsAnswer(const Services& services, CallPtr call, WfsRequestPtr request, WfsFormat format)
        : services_(services), call_(std::move(call)), request_(std::move(request)), format_(std::move(format)) {}

    /// The whole answer; its numbers and links are those of what was read. Throws gis::wfs::ServiceError (NotFound)
    /// when the one feature that was asked for is not there.
    std::string page(db::Connection& connection, WfsPlan plan) const;

    /// The same piece by piece, with the numbers of the plan: appends to `out` and calls `pass_on` after each feature.
    void stream(db::Connection& connection, WfsPlan plan, std::string& out, const std::function<void()>& pass_on) const;

    const gis::wfs::GetFeature& asked() const;

  private:
    using PassOn = std::function<void()>;

    void write_members(db::Connection& connection, WfsShare& share, std::string& out, const PassOn& pass_on) const;
    void write_features(db::Connection& connection, WfsShare& share, std::string& out, const PassOn& pass_on) const;
    void write_values(db::Connection& connection, WfsShare& share, std::string& out, const PassOn& pass_on) const;
    void write_other(db::Connection& connection, WfsPlan& plan, std::string& out, const PassOn& pass_on) const;
    std::string single(db::Connection& connection, WfsShare& share) const;
    std::string head(const gis::CollectionFacts& facts) const;
    std::string tail() const;
    std::string nested_head(const WfsShare& share, const gis::CollectionFacts& facts) const;
    gis::CollectionFacts facts_of(const WfsPlan& plan, bool has_more) const;
    bool is_nested() const;
    std::string schema_location() const;

    const Services& services_;
    CallPtr call_;
    WfsRequestPtr request_;
    WfsFormat format_;
};

}  // namespace api
