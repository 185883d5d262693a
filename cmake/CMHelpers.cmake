# cm_add_dialect, cm_add_library, cm_add_tool, cm_add_unittest: the only four
# ways in which a target of this project comes into being.

# Every generated header (TableGen, Protobuf) hangs on this target.
add_custom_target(cm-headers)
add_custom_target(cm-doc)

# cm_add_dialect(<Name> <namespace>): generates dialect, types, attributes,
# enums, interfaces and operations from <Name>*.td in the calling folder of
# include/ and the dialect's page in docs.
function(cm_add_dialect name namespace)
  cmake_parse_arguments(ARG "ENUMS;ATTRS;TYPES;OPS;INTERFACES" "" "" ${ARGN})
  set(LLVM_TARGET_DEFINITIONS ${name}Dialect.td)
  mlir_tablegen(${name}Dialect.h.inc -gen-dialect-decls -dialect=${namespace})
  mlir_tablegen(${name}Dialect.cpp.inc -gen-dialect-defs -dialect=${namespace})
  if(ARG_ENUMS OR ARG_ATTRS)
    set(LLVM_TARGET_DEFINITIONS ${name}Attrs.td)
    mlir_tablegen(${name}Enums.h.inc -gen-enum-decls)
    mlir_tablegen(${name}Enums.cpp.inc -gen-enum-defs)
    mlir_tablegen(${name}Attrs.h.inc -gen-attrdef-decls -attrdefs-dialect=${namespace})
    mlir_tablegen(${name}Attrs.cpp.inc -gen-attrdef-defs -attrdefs-dialect=${namespace})
  endif()
  if(ARG_TYPES)
    set(LLVM_TARGET_DEFINITIONS ${name}Types.td)
    mlir_tablegen(${name}Types.h.inc -gen-typedef-decls -typedefs-dialect=${namespace})
    mlir_tablegen(${name}Types.cpp.inc -gen-typedef-defs -typedefs-dialect=${namespace})
  endif()
  if(ARG_INTERFACES)
    set(LLVM_TARGET_DEFINITIONS ${name}Interfaces.td)
    mlir_tablegen(${name}Interfaces.h.inc -gen-op-interface-decls)
    mlir_tablegen(${name}Interfaces.cpp.inc -gen-op-interface-defs)
  endif()
  if(ARG_OPS)
    set(LLVM_TARGET_DEFINITIONS ${name}Ops.td)
    mlir_tablegen(${name}Ops.h.inc -gen-op-decls)
    mlir_tablegen(${name}Ops.cpp.inc -gen-op-defs)
  endif()
  add_public_tablegen_target(CM${name}IncGen)
  add_dependencies(cm-headers CM${name}IncGen)

  if(ARG_OPS)
    set(doc_source ${name}Ops.td)
  else()
    set(doc_source ${name}Attrs.td)
  endif()
  set(LLVM_TARGET_DEFINITIONS ${doc_source})
  tablegen(MLIR ${name}.md -gen-dialect-doc -dialect=${namespace}
           "-I${MLIR_INCLUDE_DIRS}")
  set(doc_output ${CMAKE_BINARY_DIR}/docs/Dialects/${name}.md)
  add_custom_command(OUTPUT ${doc_output}
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_BINARY_DIR}/${name}.md ${doc_output}
    DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${name}.md)
  add_custom_target(CM${name}DocGen DEPENDS ${doc_output})
  add_dependencies(cm-doc CM${name}DocGen)
endfunction()

# cm_add_passes(<Name>): generates the pass declarations of Passes.td.
function(cm_add_passes name)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name ${name})
  add_public_tablegen_target(CM${name}PassIncGen)
  add_dependencies(cm-headers CM${name}PassIncGen)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  tablegen(MLIR ${name}Passes.md -gen-pass-doc "-I${MLIR_INCLUDE_DIRS}")
  set(doc_output ${CMAKE_BINARY_DIR}/docs/Passes/${name}.md)
  add_custom_command(OUTPUT ${doc_output}
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_BINARY_DIR}/${name}Passes.md ${doc_output}
    DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${name}Passes.md)
  add_custom_target(CM${name}PassDocGen DEPENDS ${doc_output})
  add_dependencies(cm-doc CM${name}PassDocGen)
endfunction()

# cm_add_proto(<Folder> <file>.proto): compiles a schema that imports others by
# their path below include/, such as "cm/Machine/Machine.proto".
function(cm_add_proto folder file)
  get_filename_component(stem ${file} NAME_WE)
  set(base ${CMAKE_BINARY_DIR}/include/cm/${folder}/${stem})
  add_custom_command(OUTPUT ${base}.pb.h ${base}.pb.cc
    COMMAND protobuf::protoc --proto_path=${CMAKE_SOURCE_DIR}/include
            --cpp_out=${CMAKE_BINARY_DIR}/include
            ${CMAKE_SOURCE_DIR}/include/cm/${folder}/${file}
    DEPENDS ${CMAKE_SOURCE_DIR}/include/cm/${folder}/${file})
  add_custom_target(CM${stem}ProtoGen DEPENDS ${base}.pb.h ${base}.pb.cc)
  add_dependencies(cm-headers CM${stem}ProtoGen)
  set(CM_${stem}_PROTO_SOURCE ${base}.pb.cc PARENT_SCOPE)
endfunction()

# cm_add_library(<Name> [MLIR] SOURCES ... LINK ...): a static library. MLIR
# links the one shared MLIR library; without it only LLVM's support library.
function(cm_add_library name)
  cmake_parse_arguments(ARG "MLIR" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  add_dependencies(${name} cm-headers)
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(ARG_MLIR)
    target_link_libraries(${name} PUBLIC MLIR)
  endif()
  target_link_libraries(${name} PUBLIC LLVM)
endfunction()

# cm_add_tool(<name> SOURCES ... LINK ...)
function(cm_add_tool name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  add_dependencies(${name} cm-headers)
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  set_property(GLOBAL APPEND PROPERTY CM_TOOLS ${name})
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()

# cm_add_unittest(<name> SOURCES ... LINK ...): a GoogleTest program that lit
# runs as part of check-cm.
function(cm_add_unittest name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  add_dependencies(${name} cm-headers)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test/unit)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gmock GTest::gtest_main)
  set_property(GLOBAL APPEND PROPERTY CM_UNITTESTS ${name})
endfunction()
