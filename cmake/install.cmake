# What is installed, and where. The program writes its manual page and its completions by itself.

include(GNUInstallDirs)
option(DEBIAN_LAYOUT "Install as Debian's policy wants it, for the package" OFF)

set(doc_dir ${CMAKE_INSTALL_DATADIR}/doc/fetcher)
set(man_dir ${CMAKE_INSTALL_MANDIR}/man1)
set(zsh_dir ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
if(DEBIAN_LAYOUT)
  set(zsh_dir ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
endif()

install(TARGETS fetcher RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# A file, made by a command, that belongs into a directory.
function(install_made file directory)
  set(made ${PROJECT_BINARY_DIR}/installed/${file})
  add_custom_command(OUTPUT ${made} COMMAND ${ARGN} > ${made} DEPENDS fetcher
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_property(GLOBAL APPEND PROPERTY made_files ${made})
  install(FILES ${made} DESTINATION ${directory})
endfunction()

# A text that Debian wants to be compressed, always to the same bytes.
function(install_text file directory)
  if(DEBIAN_LAYOUT)
    install_made(${file}.gz ${directory} ${ARGN} | gzip -9n)
  else()
    install_made(${file} ${directory} ${ARGN})
  endif()
endfunction()

# A program that is built with a sanitizer may not run in the environment of a build.
if(NOT SANITIZE)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/installed)
  install_text(fetcher.1 ${man_dir} fetcher help man)
  install_made(fetcher ${CMAKE_INSTALL_DATADIR}/bash-completion/completions fetcher help bash)
  install_made(_fetcher ${zsh_dir} fetcher help zsh)
  install_made(fetcher.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d fetcher help fish)
endif()

install(FILES README.md cmake/debian/copyright DESTINATION ${doc_dir})
if(DEBIAN_LAYOUT)
  string(TIMESTAMP released_at "%a, %d %b %Y %H:%M:%S +0000" UTC) # that of SOURCE_DATE_EPOCH
  configure_file(cmake/debian/changelog.in changelog.debian @ONLY)
  install_text(changelog ${doc_dir} cat CHANGELOG.md)
  install_text(changelog.Debian ${doc_dir} cat ${PROJECT_BINARY_DIR}/changelog.debian)
else()
  install(FILES CHANGELOG.md LICENSE DESTINATION ${doc_dir})
endif()

get_property(made GLOBAL PROPERTY made_files)
add_custom_target(installed_texts ALL DEPENDS ${made})
