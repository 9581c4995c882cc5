# The parts of the report's page, embedded: `report_page` is the source that holds them.

set(report_page ${CMAKE_CURRENT_BINARY_DIR}/page_parts.cpp)
foreach(part IN ITEMS frame:html style:css script:js)
  string(REPLACE ":" ";" part ${part})
  list(GET part 0 name)
  list(GET part 1 ending)
  set(file ${CMAKE_CURRENT_SOURCE_DIR}/src/report/report.${ending})
  file(READ ${file} page_${name})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
endforeach()
configure_file(src/report/page_parts.cpp.in ${report_page} @ONLY)
