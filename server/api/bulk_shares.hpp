#pragma once

#include <memory>
#include <string>

#include "gis/error.hpp"
#include "server/api/call.hpp"

namespace api {

/// The caller has as many streams and files under way as one caller may.
class TooManyStreams : public gis::Error {
  public:
    using Error::Error;
};

/// How many bulk threads each caller holds: nobody, however slowly he reads, leaves the others without any. May be
/// shared by threads.
class BulkShares {
  public:
    explicit BulkShares(int most_each);
    ~BulkShares();
    BulkShares(const BulkShares&) = delete;
    BulkShares& operator=(const BulkShares&) = delete;

    /// One thread of `holder`, until the last copy is gone; may outlive this object. Throws TooManyStreams.
    std::shared_ptr<const void> take(const std::string& holder);

  private:
    struct Held;
    class Share;
    const int most_each_;
    const std::shared_ptr<Held> held_;
};

/// Who shares: the person, for callers without an account the client's address.
std::string bulk_holder(const Call& call);

}  // namespace api
