#include "gis/crs/transformation.hpp"

#include <fmt/format.h>
#include <proj.h>

#include <limits>

#include "gis/crs/proj_handles.hpp"
#include "gis/error.hpp"

namespace gis {

namespace {

struct FactoryDeleter {
    void operator()(PJ_OPERATION_FACTORY_CONTEXT* factory) const { proj_operation_factory_context_destroy(factory); }
};
using FactoryPtr = std::unique_ptr<PJ_OPERATION_FACTORY_CONTEXT, FactoryDeleter>;

struct Box {
    double west = 0, south = 0, east = 0, north = 0;
};

PjPtr crs_of(PJ_CONTEXT* context, int code) {
    PjPtr crs(proj_create_from_database(context, "EPSG", std::to_string(code).c_str(), PJ_CATEGORY_CRS, 0, nullptr));
    if (!crs) throw InvalidRequest("crs", fmt::format("EPSG:{} est inconnu de PROJ ; donnez un code EPSG", code));
    return crs;
}

/// The grids an operation needs and that are not on this machine, as "fr_ign_ntf_r93.tif, ...".
std::string missing_grids(PJ_CONTEXT* context, const PJ* operation) {
    std::string missing;
    const int count = proj_coordoperation_get_grid_used_count(context, operation);
    for (int i = 0; i < count; ++i) {
        const char* name = nullptr;
        int available = 0;
        if (!proj_coordoperation_get_grid_used(context, operation, i, &name, nullptr, nullptr, nullptr, nullptr,
                                               nullptr, &available)) {
            continue;
        }
        if (!available) missing += (missing.empty() ? "" : ", ") + std::string(name ? name : "?");
    }
    return missing;
}

/// An operation whose accuracy is unknown counts as 1 km: it must not win over a measured one.
double accuracy_of(PJ_CONTEXT* context, const PJ* operation) {
    const double accuracy = proj_coordoperation_get_accuracy(context, operation);
    return accuracy < 0 ? 1000.0 : accuracy;
}

ListPtr operations_between(PJ_CONTEXT* context, const PJ* source, const PJ* target, const Box& area) {
    const FactoryPtr factory(proj_create_operation_factory_context(context, nullptr));
    proj_operation_factory_context_set_area_of_interest(context, factory.get(), area.west, area.south, area.east,
                                                        area.north);
    proj_operation_factory_context_set_spatial_criterion(context, factory.get(),
                                                         PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION);
    proj_operation_factory_context_set_grid_availability_use(context, factory.get(), PROJ_GRID_AVAILABILITY_IGNORED);
    return ListPtr(proj_create_operations(context, source, target, factory.get()));
}

PjPtr choose_operation(PJ_CONTEXT* context, const PJ* source, const PJ* target, const Box& area, int source_srid,
                       int target_srid) {
    const ListPtr list = operations_between(context, source, target, area);
    const int count = list ? proj_list_get_count(list.get()) : 0;
    PjPtr chosen;
    double chosen_accuracy = std::numeric_limits<double>::infinity();
    double best_accuracy = chosen_accuracy;
    std::string wanted_grids;
    for (int i = 0; i < count; ++i) {
        PjPtr operation(proj_list_get(context, list.get(), i));
        if (!operation || proj_coordoperation_has_ballpark_transformation(context, operation.get())) continue;
        const double accuracy = accuracy_of(context, operation.get());
        const std::string missing = missing_grids(context, operation.get());
        if (accuracy < best_accuracy) {
            best_accuracy = accuracy;
            wanted_grids = missing;
        }
        if (missing.empty() && accuracy < chosen_accuracy) {
            chosen = std::move(operation);
            chosen_accuracy = accuracy;
        }
    }
    // A quarter of a metre: less than what a cadastral sheet resolves.
    if (chosen && chosen_accuracy <= best_accuracy + 0.25) return chosen;
    if (!wanted_grids.empty()) {
        throw InvalidRequest("crs",
                             fmt::format("la transformation EPSG:{} vers EPSG:{} a besoin de la grille {}, absente de "
                                         "cette machine ; installez le paquet proj-data",
                                         source_srid, target_srid, wanted_grids));
    }
    throw InvalidRequest("crs", fmt::format("aucune transformation sûre de EPSG:{} vers EPSG:{} ; indiquez un autre "
                                            "système de coordonnées",
                                            source_srid, target_srid));
}

Box area_of(PJ_CONTEXT* context, const PJ* crs) {
    Box area{-180, -90, 180, 90};
    proj_get_area_of_use(context, crs, &area.west, &area.south, &area.east, &area.north, nullptr);
    return area;
}

/// The area of use in the target's own units, one twentieth wider on each side: coastal works and border communes.
Box usable_box(PJ_CONTEXT* context, const PJ* target, const Box& area) {
    const PjPtr wgs84 = crs_of(context, 4326);
    const PjPtr raw(proj_create_crs_to_crs_from_pj(context, wgs84.get(), target, nullptr, nullptr));
    const PjPtr forward(raw ? proj_normalize_for_visualization(context, raw.get()) : nullptr);
    Box box{-180, -90, 180, 90};
    const auto type = proj_get_type(target);
    if (type == PJ_TYPE_GEOGRAPHIC_2D_CRS || type == PJ_TYPE_GEOGRAPHIC_3D_CRS) {
        box = area;
    } else if (!forward || !proj_trans_bounds(context, forward.get(), PJ_FWD, area.west, area.south, area.east,
                                              area.north, &box.west, &box.south, &box.east, &box.north, 21)) {
        constexpr double everywhere = 1e9;
        return {-everywhere, -everywhere, everywhere, everywhere};
    }
    const double margin_x = (box.east - box.west) / 20;
    const double margin_y = (box.north - box.south) / 20;
    return {box.west - margin_x, box.south - margin_y, box.east + margin_x, box.north + margin_y};
}

}  // namespace

struct Transformation::Impl {
    ContextPtr context;
    PjPtr operation;  // null: same CRS
    std::string name;
    Box usable;
    bool geographic = false;
};

Transformation::Transformation(int source_srid, int target_srid) : impl_(std::make_unique<Impl>()) {
    impl_->context.reset(proj_context_create());
    PJ_CONTEXT* context = impl_->context.get();
    proj_log_level(context, PJ_LOG_NONE);
    proj_context_set_enable_network(context, 0);
    const PjPtr target = crs_of(context, target_srid);
    const Box area = area_of(context, target.get());
    impl_->usable = usable_box(context, target.get(), area);
    impl_->geographic = proj_get_type(target.get()) == PJ_TYPE_GEOGRAPHIC_2D_CRS;
    if (source_srid == target_srid) return;
    const PjPtr source = crs_of(context, source_srid);
    const PjPtr raw = choose_operation(context, source.get(), target.get(), area, source_srid, target_srid);
    impl_->name = proj_get_name(raw.get());
    impl_->operation.reset(proj_normalize_for_visualization(context, raw.get()));
    if (!impl_->operation) throw InvalidRequest("crs", fmt::format("EPSG:{} ne se transforme pas", source_srid));
}

Transformation::~Transformation() = default;
Transformation::Transformation(Transformation&&) noexcept = default;
Transformation& Transformation::operator=(Transformation&&) noexcept = default;

void Transformation::apply(double* xy, std::size_t count) {
    if (!impl_->operation || count == 0) return;
    constexpr std::size_t stride = 2 * sizeof(double);
    proj_trans_generic(impl_->operation.get(), PJ_FWD, xy, stride, count, xy + 1, stride, count, nullptr, 0, 0, nullptr,
                       0, 0);
}

bool Transformation::in_target_area(double min_x, double min_y, double max_x, double max_y) const {
    const Box& box = impl_->usable;
    return min_x >= box.west && max_x <= box.east && min_y >= box.south && max_y <= box.north;
}

bool Transformation::is_identity() const {
    return impl_->operation == nullptr;
}

bool Transformation::target_is_geographic() const {
    return impl_->geographic;
}

const std::string& Transformation::operation_name() const {
    return impl_->name;
}

}  // namespace gis
