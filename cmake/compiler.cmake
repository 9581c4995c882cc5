# How this project is compiled: standard, warnings, sanitizers.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "fetcher needs g++ 12 or later (Debian package: g++); "
                      "this is ${CMAKE_CXX_COMPILER_VERSION}")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)
  message(FATAL_ERROR "fetcher needs clang 16 or later (Debian package: clang-19); "
                      "this is ${CMAKE_CXX_COMPILER_VERSION}")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

option(WARNINGS_ARE_ERRORS "Stop at a warning, as the checks of a change do" OFF)
set(SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them: address,undefined or thread")

add_library(house_rules INTERFACE)
# GCC 12 sees an uninitialised value in every std::optional that it inlines, and overlapping copies
# in every "literal" + std::string (GCC PR 105651); the sanitizers look better.
target_compile_options(house_rules INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-restrict>
  $<$<BOOL:${WARNINGS_ARE_ERRORS}>:-Werror>)
if(SANITIZE)
  target_compile_options(house_rules INTERFACE
    -fsanitize=${SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(house_rules INTERFACE -fsanitize=${SANITIZE})
endif()
