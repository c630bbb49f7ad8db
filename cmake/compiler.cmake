# Warnings and sanitizers, each on one INTERFACE target that every target of ours links.
option(RUNBOOKD_WERROR "Treat warnings as errors" OFF)
set(RUNBOOKD_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")

add_library(runbookd_compiler INTERFACE)
# -Wnull-dereference is left out: false alarms inside Boost at -O2.
target_compile_options(runbookd_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wcast-align -Wimplicit-fallthrough)
if(RUNBOOKD_WERROR)
  target_compile_options(runbookd_compiler INTERFACE -Werror)
endif()
if(RUNBOOKD_SANITIZE)
  add_compile_options(-fsanitize=${RUNBOOKD_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${RUNBOOKD_SANITIZE})
  if(RUNBOOKD_SANITIZE MATCHES thread)
    add_compile_options(-Wno-tsan)
  endif()
  if(RUNBOOKD_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

if(CMAKE_INTERPROCEDURAL_OPTIMIZATION AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-flto=auto)  # as many jobs as cores; CMake's own -flto links on one
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # A precompiled header would otherwise change with every build of it.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${CCACHE_PROGRAM})
  # Lets ccache see through a precompiled header.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

# The headers that the edges share, compiled once; rooms.cmake hands them to whoever says PRECOMPILED edges.
add_library(precompiled_edges OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
target_link_libraries(precompiled_edges PRIVATE asio_beast nlohmann_json::nlohmann_json runbookd_compiler)
target_precompile_headers(precompiled_edges PRIVATE
  <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp> <boost/asio/redirect_error.hpp>
  <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp> <functional> <map> <memory> <nlohmann/json.hpp>
  <optional> <string> <string_view> <variant> <vector>)
