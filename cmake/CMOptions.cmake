# Compile and link options of our own code. LLVM's headers are system headers.
include_directories(${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include)
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
add_definitions(${LLVM_DEFINITIONS})

if(CM_ENABLE_ASSERTIONS)
  foreach(flags CMAKE_CXX_FLAGS_RELEASE CMAKE_CXX_FLAGS_RELWITHDEBINFO)
    string(REPLACE "-DNDEBUG" "" ${flags} "${${flags}}")
  endforeach()
endif()

add_compile_options(-Wall -Wextra -Wno-unused-parameter -Wno-redundant-move
                    -fno-exceptions
                    -fvisibility-inlines-hidden)
if(CM_ENABLE_WERROR)
  add_compile_options(-Werror)
endif()

find_program(CM_MOLD mold)
if(CM_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
find_program(CM_CCACHE ccache)
if(CM_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CM_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CM_CCACHE})
endif()
