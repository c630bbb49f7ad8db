# Every third-party package, found once. Only Debian packages: see docs/decisions/0002-libraries.md.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS url)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(date REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(libsystemd REQUIRED IMPORTED_TARGET libsystemd)
if(RUNBOOKD_TESTS OR NOT DEFINED RUNBOOKD_TESTS)
  find_package(Catch2 REQUIRED)
endif()

# Asio and Beast are compiled once into this library; every user sees declarations only.
add_library(asio_beast STATIC ${PROJECT_SOURCE_DIR}/cmake/asio_beast.cpp)
target_compile_definitions(asio_beast PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(asio_beast PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
