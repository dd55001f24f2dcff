#pragma once

#include "gis/demo/commune_plan.hpp"
#include "gis/demo/random.hpp"
#include "gis/demo/table_writer.hpp"

namespace gis::demo {

/// Writes topo.*: furniture, kerbs and pavements along the streets of a commune, all invented.
class StreetWriter {
  public:
    explicit StreetWriter(RowSink& sink);
    void write_commune(const CommuneSetting& setting, const CommunePlan& plan);
    void finish();

  private:
    struct Side;

    void write_side(const Side& side, Random& random);
    void write_furniture(const Side& side, Random& random);

    TableWriter points_, lines_, areas_;
};

}  // namespace gis::demo
