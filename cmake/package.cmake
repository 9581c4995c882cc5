# The Debian package, as `scripts/package` makes it: the same bytes from the same sources.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "the fetcher authors <fetcher@fetcher.invalid>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "fetch lists of URLs, many at once")
set(CPACK_PACKAGE_DESCRIPTION "Lays the bodies of a list of URLs on disk: quickly, in bounded memory, never
a partial file under a final name, never a lost line of the list. A log tells
what became of each line, and lets the next run fetch what is missing.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
