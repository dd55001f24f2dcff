#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/http/awaitable.hpp"

// What the handlers of jobs share.

namespace api {

inline constexpr auto job_look_interval = std::chrono::milliseconds(300);

/// The number in the address. Throws gis::NotFound for what is none.
std::string job_id(const http::Request& request);

/// The layers the caller may deposit in, somewhere.
std::vector<const gis::Layer*> layers_for_deposits(const Call& call);

/// The summary is for lists; the whole has the report, the record, and whether the caller may publish it.
enum class JobDetail { Summary, Whole };
/// SQL of jobs `j` as JSON documents; `rest` begins with where or order by.
std::string select_jobs(JobDetail detail, const std::string& rest);

/// A job that the caller sees. Throws gis::NotFound.
Json read_job(db::Connection& connection, const std::string& id);
boost::asio::awaitable<Json> load_job(const Services& services, CallPtr call);

/// Nobody's work any more: nothing of it changes by itself.
bool is_settled(const Json& job);

/// The job of the address as it is now.
boost::asio::awaitable<Response> answer_job(const Services& services, CallPtr call);
/// The job of the address once it is settled, or else, after half a minute, 202.
boost::asio::awaitable<Response> answer_settled_job(const Services& services, CallPtr call);

/// Moves a job of the caller's own on when it is in one of `from`; gis::Conflict says where it is instead, and
/// gis::NotAllowed that it is another's.
bool change_state(db::Connection& connection, const std::string& id, const std::string& from, const std::string& change,
                  std::vector<db::Parameter> more = {});

/// One event of server-sent events (HTML, 9.2).
std::string event_of(const Json& document);
/// A stream of them, which ends with an empty piece.
Response answer_with_events(http::BodyStream next);

}  // namespace api
