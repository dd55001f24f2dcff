#pragma once

#include <proj.h>

#include <memory>

// PROJ's handles with their owners, for the sources of gis/crs.

namespace gis {

struct ContextDeleter {
    void operator()(PJ_CONTEXT* context) const { proj_context_destroy(context); }
};
struct PjDeleter {
    void operator()(PJ* pj) const { proj_destroy(pj); }
};
struct ListDeleter {
    void operator()(PJ_OBJ_LIST* list) const { proj_list_destroy(list); }
};
using ContextPtr = std::unique_ptr<PJ_CONTEXT, ContextDeleter>;
using PjPtr = std::unique_ptr<PJ, PjDeleter>;
using ListPtr = std::unique_ptr<PJ_OBJ_LIST, ListDeleter>;

}  // namespace gis
