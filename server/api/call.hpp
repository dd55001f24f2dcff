#pragma once

#include <memory>
#include <utility>

#include "server/admin/records.hpp"
#include "server/api/services.hpp"
#include "server/gate/caller.hpp"
#include "server/http/request.hpp"
#include "server/live/catalog_watch.hpp"

namespace api {

/// One request after the access check: what a handler of published data works with.
struct Call {
    std::shared_ptr<const http::Request> request;
    live::Snapshot known;  ///< the catalogue holds the caller's layers only: what he may not see is not there
    gate::CallerPtr caller;

    /// In whose name his reads run: the row policies do the rest.
    db::As reader() const { return {db::As::Role::Reader, caller->session_key, false}; }
    /// In whose name his edits run: the row policies say what he may write.
    db::As editor() const { return {db::As::Role::Editor, caller->session_key, true}; }
    db::As at_gate() const { return {db::As::Role::Gate, caller->session_key, true}; }
    /// For what administrators keep; the journal names the actor.
    db::As admin() const { return {db::As::Role::Admin, caller->session_key, true}; }
    admin::Actor actor() const { return {caller->person_id, caller->login, request->id}; }
};

using CallPtr = std::shared_ptr<const Call>;

}  // namespace api
