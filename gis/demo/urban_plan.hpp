#pragma once

#include "gis/demo/commune_plan.hpp"
#include "gis/demo/table_writer.hpp"

namespace gis::demo {

/// Writes urba.*: one local plan for each commune, whose zones cover it without gap or overlap, and its prescriptions.
class UrbanPlanWriter {
  public:
    explicit UrbanPlanWriter(RowSink& sink);
    void write_commune(const CommuneSetting& setting, const CommunePlan& plan, const Geos& geos);
    void finish();

  private:
    struct Document;

    void write_zones(Document& document, const CommunePlan& plan, const Geos& geos);
    void write_prescriptions(Document& document, const CommunePlan& plan, const Geos& geos);

    TableWriter documents_, zones_, surfaces_, lines_, points_;
};

}  // namespace gis::demo
