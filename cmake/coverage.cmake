# The target `coverage` runs all tests and prints the line coverage of src/ and capi/; under 90 % it fails.
find_program(GENCACHE_GCOVR gcovr REQUIRED)

# All targets of a directory and those below it.
function(gencache_targets_below directory result)
  get_property(targets DIRECTORY ${directory} PROPERTY BUILDSYSTEM_TARGETS)
  get_property(children DIRECTORY ${directory} PROPERTY SUBDIRECTORIES)
  foreach(child IN LISTS children)
    gencache_targets_below(${child} below)
    list(APPEND targets ${below})
  endforeach()
  set(${result} ${targets} PARENT_SCOPE)
endfunction()

gencache_targets_below(${PROJECT_SOURCE_DIR} targets)
add_custom_target(coverage
  COMMAND find ${PROJECT_BINARY_DIR} -name *.gcda -delete # what earlier runs counted
  COMMAND ${CMAKE_CTEST_COMMAND} --output-on-failure
  COMMAND ${GENCACHE_GCOVR} --root ${PROJECT_SOURCE_DIR} --filter ${PROJECT_SOURCE_DIR}/src/
    --filter ${PROJECT_SOURCE_DIR}/capi/ --fail-under-line 90 ${PROJECT_BINARY_DIR}/CMakeFiles/gencache_objects.dir
  WORKING_DIRECTORY ${PROJECT_BINARY_DIR} USES_TERMINAL VERBATIM)
add_dependencies(coverage ${targets})
