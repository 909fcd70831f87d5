# Installs BUILD into OUT/prefix anew, with nothing of an earlier run in OUT.
set(prefix ${OUT}/prefix)
file(REMOVE_RECURSE ${prefix} ${OUT}/first ${OUT}/build)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${OUT}/first
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${OUT}/first ${prefix}) # an installed tree may be moved

foreach(file
    ${INCLUDEDIR}/gencache/gencache.h ${INCLUDEDIR}/gencache/version.h
    ${LIBDIR}/libgencache.so ${LIBDIR}/libgencache.so.0 ${LIBDIR}/libgencache.a
    ${LIBDIR}/cmake/gencache/gencacheConfig.cmake ${LIBDIR}/pkgconfig/gencache.pc)
  if(NOT EXISTS ${prefix}/${file})
    message(SEND_ERROR "not installed: ${file}")
  endif()
endforeach()
file(GLOB_RECURSE sources ${prefix}/*.in ${prefix}/*.cpp)
if(sources)
  message(SEND_ERROR "should not be installed: ${sources}")
endif()
