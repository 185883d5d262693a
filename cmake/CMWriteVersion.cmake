# Writes the version and the git hash of the source tree to OUTPUT, which is left
# alone where nothing has changed. Run with cmake -P.
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
  OUTPUT_VARIABLE hash ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE failed)
if(failed)
  set(hash "unknown")
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT
  "#define CM_VERSION \"${VERSION}\"\n#define CM_GIT_HASH \"${hash}\"\n")
