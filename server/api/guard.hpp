#pragma once

#include "server/api/handlers.hpp"

namespace api {

/// What a route asks of who calls it.
enum class Needs {
    Nothing,    ///< everybody, under his rights
    Account,    ///< a person: else 401
    Administer  ///< the right to administer: else there is nothing here
};

using GuardedHandler = Answer (*)(const Services& services, CallPtr call);

/// Decides who asks, then lets the handler answer on the layers he sees. Every route of published data goes through it.
Answer guard(const Services& services, GuardedHandler handler, Needs needs, RequestPtr request);

/// Answers differ by who asks: no cache may hand one's answer to another, or to the same after his rights ended.
void mark_as_personal(Response& response);

}  // namespace api
