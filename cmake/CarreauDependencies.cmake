# Third-party packages; each line says what for. A missing one names the Debian package.

include(FindPkgConfig)

function(carreau_pkg target module package)
  pkg_check_modules(${target} QUIET IMPORTED_TARGET ${module})
  if(NOT ${target}_FOUND)
    message(FATAL_ERROR "${module} is missing: apt-get install ${package} (or scripts/install-deps)")
  endif()
  add_library(dep::${target} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(dep::${target} INTERFACE PkgConfig::${target})
  get_target_property(dirs PkgConfig::${target} INTERFACE_INCLUDE_DIRECTORIES)
  if(dirs)
    set_target_properties(dep::${target} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${dirs}")
  endif()
endfunction()

find_package(Threads REQUIRED)
carreau_pkg(pqxx libpqxx libpqxx-dev)                # SQL with results as text
carreau_pkg(pq libpq libpq-dev)                      # binary rows and COPY
carreau_pkg(gdal gdal libgdal-dev)                   # reading and writing geographic files
carreau_pkg(proj proj libproj-dev)                   # coordinate transformations
carreau_pkg(archive libarchive libarchive-dev)       # zip, tar.bz2, gz
carreau_pkg(zlib zlib zlib1g-dev)                    # streaming of .json.gz
carreau_pkg(sqlite sqlite3 libsqlite3-dev)           # a look into a GeoPackage before GDAL (comes with libgdal-dev)
carreau_pkg(pugixml pugixml libpugixml-dev)          # XML in
carreau_pkg(deflate libdeflate libdeflate-dev)       # gzip of answers and tiles
carreau_pkg(isal libisal libisal-dev)                # the same, of tiles whose reader waits
carreau_pkg(sodium libsodium libsodium-dev)          # page token signatures, content hashes, passwords, secrets
carreau_pkg(crypto libcrypto libssl-dev)             # signatures of JSON Web Tokens
carreau_pkg(curl libcurl libcurl4-openssl-dev)       # asking an OpenID Connect provider
find_package(nlohmann_json REQUIRED)                 # JSON documents
find_package(fmt REQUIRED)                           # text formatting
find_package(spdlog REQUIRED)                        # logs
find_package(CLI11 REQUIRED)                         # command line
find_package(Boost 1.74 REQUIRED)                    # Beast and Asio, headers only
if(CARREAU_TESTS)
  find_package(GTest REQUIRED)
  find_path(PROTOZERO_INCLUDE protozero/pbf_reader.hpp)  # vector tiles read independently
  if(NOT PROTOZERO_INCLUDE)
    message(FATAL_ERROR "protozero is missing: apt-get install libprotozero-dev (or scripts/install-deps)")
  endif()
  add_library(dep::protozero INTERFACE IMPORTED GLOBAL)
  target_include_directories(dep::protozero INTERFACE "${PROTOZERO_INCLUDE}")
endif()

find_library(GEOS_C_LIBRARY geos_c)                  # geometry predicates and repair
if(NOT GEOS_C_LIBRARY)
  message(FATAL_ERROR "GEOS is missing: apt-get install libgeos-dev (or scripts/install-deps)")
endif()
add_library(dep::geos INTERFACE IMPORTED GLOBAL)
target_link_libraries(dep::geos INTERFACE ${GEOS_C_LIBRARY})
