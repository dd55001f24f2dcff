# How every Carreau library, program and test is declared.

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The same sources give the same objects in whatever folder they are: a second clone builds from the first one's cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      "${CCACHE_PROGRAM}")
endif()

# Sources are compiled in batches, which parses the headers they share once: a full build costs a third. So what is in an
# unnamed namespace has a name of its own within its library or program.
set(CMAKE_UNITY_BUILD ON CACHE BOOL "Compile sources in batches")
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8 CACHE STRING "Sources in a batch")

set(CARREAU_SANITIZE "" CACHE STRING "address, thread, or empty")

add_library(carreau_options INTERFACE)
target_compile_features(carreau_options INTERFACE cxx_std_20)
target_include_directories(carreau_options INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/server")
target_compile_options(carreau_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Werror
  # Optimising, g++ 12 and later see null pointers inside Asio's and libstdc++'s inlined functions, and take the frame
  # allocator of Asio's coroutines for a mismatched one: false alarms.
  $<$<CONFIG:Debug>:-Wnull-dereference> $<$<NOT:$<CONFIG:Debug>>:-Wno-mismatched-new-delete>
  -fstack-protector-strong -fcf-protection
  $<$<CXX_COMPILER_ID:GNU>:-fcoroutines>)
if(CMAKE_UNITY_BUILD)
  # It takes every source but the batch itself for a header.
  target_compile_options(carreau_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
target_compile_definitions(carreau_options INTERFACE _GLIBCXX_ASSERTIONS)
if(CARREAU_SANITIZE STREQUAL "address")
  target_compile_options(carreau_options INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(carreau_options INTERFACE -fsanitize=address,undefined)
elseif(CARREAU_SANITIZE STREQUAL "thread")
  # Asio fences; gcc warns that the sanitizer does not see fences.
  target_compile_options(carreau_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  target_link_options(carreau_options INTERFACE -fsanitize=thread)
else()
  target_compile_definitions(carreau_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
target_link_options(carreau_options INTERFACE -Wl,-z,relro,-z,now)

# carreau_library(name SOURCES a.cpp ... [PUBLIC targets...] [PRIVATE targets...])
# A static library with the alias carreau::name; its dependencies say what its headers (PUBLIC) and only its sources (PRIVATE) use.
function(carreau_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(carreau_${name} STATIC ${ARG_SOURCES})
  add_library(carreau::${name} ALIAS carreau_${name})
  set_target_properties(carreau_${name} PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(carreau_${name} PUBLIC carreau_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()

# carreau_program(name SOURCES ... LIBRARIES ...)
function(carreau_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(${name} PRIVATE carreau_options ${ARG_LIBRARIES})
endfunction()

# Where tests/support/test-cluster keeps the address of the ctest run's PostgreSQL.
set(CARREAU_TEST_CLUSTER "${CMAKE_BINARY_DIR}/test-cluster")

# carreau_test(name LABEL unit|postgres|e2e SOURCES ... LIBRARIES ...)
# One GoogleTest program; each TEST is a ctest test. `postgres` and `e2e` programs share the ctest run's throw-away cluster.
function(carreau_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LIBRARIES" ${ARGN})
  carreau_program(${name} SOURCES ${ARG_SOURCES} LIBRARIES ${ARG_LIBRARIES} GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 600)
  if(NOT ARG_LABEL STREQUAL "unit")
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED cluster
      ENVIRONMENT "CARREAU_TEST_DSN_FILE=${CARREAU_TEST_CLUSTER}/dsn")
  endif()
endfunction()
