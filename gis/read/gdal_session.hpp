#pragma once

#include <gdal.h>

#include <memory>
#include <string>
#include <vector>

namespace gis::read {

struct DatasetCloser {
    void operator()(void* dataset) const { GDALClose(dataset); }
};
using DatasetPtr = std::unique_ptr<void, DatasetCloser>;

/// While it lives, what GDAL says on this thread is kept here instead of going to stderr.
class GdalMessages {
  public:
    GdalMessages();
    ~GdalMessages();
    GdalMessages(const GdalMessages&) = delete;
    GdalMessages& operator=(const GdalMessages&) = delete;
    bool failed() const { return !failure_.empty(); }
    const std::string& failure() const { return failure_; }

  private:
    static void receive(CPLErr severity, CPLErrorNum number, const char* message);
    std::string failure_;
};

/// Opens a vector file read-only with one driver and no other. Nothing when that driver cannot.
DatasetPtr open_with(const std::string& driver, const std::string& path, const std::vector<std::string>& open_options);
/// The same of an image.
DatasetPtr open_image(const std::string& driver, const std::string& path);

}  // namespace gis::read
