#pragma once

#include "server/api/handlers.hpp"

// The handlers of jobs: what becomes of uploads. A person's jobs are there for himself only, until he hands one over.

namespace api {

Answer own_jobs(const Services& services, CallPtr call);
Answer make_job(const Services& services, CallPtr call);
Answer job_state(const Services& services, CallPtr call);
Answer job_events(const Services& services, CallPtr call);
Answer job_columns(const Services& services, CallPtr call);
Answer job_draft(const Services& services, CallPtr call);
Answer cancel_job(const Services& services, CallPtr call);
Answer retry_job(const Services& services, CallPtr call);
Answer delete_job(const Services& services, CallPtr call);

// inbox.cpp
Answer inbox(const Services& services, CallPtr call);
Answer inbox_events(const Services& services, CallPtr call);
Answer propose_job(const Services& services, CallPtr call);
Answer withdraw_job(const Services& services, CallPtr call);
Answer refuse_job(const Services& services, CallPtr call);
Answer publish_job(const Services& services, CallPtr call);
Answer undo_job(const Services& services, CallPtr call);

}  // namespace api
