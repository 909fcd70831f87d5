# What `cmake --install` puts where: the libraries, the headers, a CMake package and a pkg-config file.
include(CMakePackageConfigHelpers)

# The static library brings its dependencies along: everybody who links it needs them, and only they.
target_link_libraries(gencache_static INTERFACE
  $<LINK_ONLY:PkgConfig::libmemcached> $<LINK_ONLY:PkgConfig::xxhash> $<LINK_ONLY:Threads::Threads>
  $<INSTALL_INTERFACE:stdc++> $<INSTALL_INTERFACE:m>) # for projects in C alone

set(GENCACHE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/gencache)
install(TARGETS gencache EXPORT gencacheTargets)
install(TARGETS gencache_static EXPORT gencacheStaticTargets)
install(EXPORT gencacheTargets NAMESPACE gencache:: DESTINATION ${GENCACHE_CMAKE_DIR})
install(EXPORT gencacheStaticTargets NAMESPACE gencache:: DESTINATION ${GENCACHE_CMAKE_DIR})

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/gencache ${PROJECT_BINARY_DIR}/include/gencache
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h PATTERN *.hpp)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/gencacheConfig.cmake.in
  ${PROJECT_BINARY_DIR}/gencacheConfig.cmake INSTALL_DESTINATION ${GENCACHE_CMAKE_DIR} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/gencacheConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/gencacheConfig.cmake ${PROJECT_BINARY_DIR}/gencacheConfigVersion.cmake
  DESTINATION ${GENCACHE_CMAKE_DIR})

# The prefix is told relative to the file, so that `cmake --install --prefix` and a moved tree are right too.
file(RELATIVE_PATH GENCACHE_PC_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${CMAKE_CURRENT_LIST_DIR}/gencache.pc.in ${PROJECT_BINARY_DIR}/gencache.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/gencache.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
