#pragma once

#include "server/api/handlers.hpp"
#include "server/api/prepared_files.hpp"

namespace api {

/// The file of a data set, for who asked for the whole of it. Noted in the journal when its beginning is asked for.
Answer send_file(const Services& services, CallPtr call, InspireDataSet data_set, PreparedFilePtr file,
                 PreparedForm form);

}  // namespace api
