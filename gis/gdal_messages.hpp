#pragma once

#include <cpl_error.h>
#include <gdal.h>

#include <memory>
#include <string>

// What all sources that use GDAL share. Public headers do not include it.

namespace gis {

struct DatasetCloser {
    void operator()(void* dataset) const { GDALClose(dataset); }
};
using DatasetPtr = std::unique_ptr<void, DatasetCloser>;

/// While it lives, what GDAL says on this thread goes nowhere, and the first failure is kept here.
class GdalMessages {
  public:
    GdalMessages() { CPLPushErrorHandlerEx(&GdalMessages::receive, this); }
    ~GdalMessages() { CPLPopErrorHandler(); }
    GdalMessages(const GdalMessages&) = delete;
    GdalMessages& operator=(const GdalMessages&) = delete;
    bool failed() const { return !failure_.empty(); }
    const std::string& failure() const { return failure_; }

  private:
    static void receive(CPLErr severity, CPLErrorNum, const char* message) {
        auto* self = static_cast<GdalMessages*>(CPLGetErrorHandlerUserData());
        if (severity >= CE_Failure && self->failure_.empty()) self->failure_ = message;
    }
    std::string failure_;
};

}  // namespace gis
