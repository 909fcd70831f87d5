# Fails unless the README's first C code block is examples/quickstart.c, byte for byte and in at most 30 lines, and
# docs/architecture.md names every header and exported source of the library.
file(READ ${SOURCE_DIR}/examples/quickstart.c program)
file(READ ${SOURCE_DIR}/README.md readme)
file(READ ${SOURCE_DIR}/docs/architecture.md architecture)

string(REGEX MATCHALL "\n" lines "${program}")
list(LENGTH lines count)
if(count GREATER 30)
  message(FATAL_ERROR "examples/quickstart.c has ${count} lines; the promise is at most 30")
endif()

string(FIND "${readme}" "```c\n" first)
string(FIND "${readme}" "```c\n${program}```\n" shown)
if(first EQUAL -1 OR NOT first EQUAL shown)
  message(FATAL_ERROR "the first C code block of README.md is not examples/quickstart.c: copy the file into it")
endif()

file(GLOB_RECURSE rooms RELATIVE ${SOURCE_DIR}
  ${SOURCE_DIR}/src/*.h ${SOURCE_DIR}/include/*.h ${SOURCE_DIR}/include/*.hpp ${SOURCE_DIR}/capi/*.h
  ${SOURCE_DIR}/capi/*.cpp)
foreach(room ${rooms})
  string(FIND "${architecture}" "`${room}`" named)
  if(named EQUAL -1)
    message(FATAL_ERROR "docs/architecture.md does not say what ${room} is for")
  endif()
endforeach()
