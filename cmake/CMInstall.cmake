# Headers, beside the tools that cm_add_tool installs. Libraries are not installed:
# nobody has asked for an interface that stays.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/cm DESTINATION include
        FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.proto")
install(DIRECTORY ${CMAKE_BINARY_DIR}/include/cm DESTINATION include
        FILES_MATCHING PATTERN "*.h" PATTERN "*.inc")
