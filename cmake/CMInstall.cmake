# Public headers and a package config, so that another project can say
# find_package(cm-mlir).
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/cm DESTINATION include
        FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.proto")
install(DIRECTORY ${CMAKE_BINARY_DIR}/include/cm DESTINATION include
        FILES_MATCHING PATTERN "*.h" PATTERN "*.inc")
