# Makes what the consumers use, in other folders than the build:
#   CONSUMERS   these folders, with a checkout of the library in add_subdirectory/gigaspot that has only what it needs
#   PREFIX      BUILD, installed and then moved; it must not contain paths of this machine

cmake_minimum_required(VERSION 3.23)

file(REMOVE_RECURSE "${CONSUMERS}" "${PREFIX}" "${PREFIX}.installed")

file(COPY "${SOURCE}/tests/consumer/" DESTINATION "${CONSUMERS}")
set(checkout "${CONSUMERS}/add_subdirectory/gigaspot")
file(COPY "${SOURCE}/CMakeLists.txt" "${SOURCE}/CMakePresets.json" "${SOURCE}/LICENSE" "${SOURCE}/include"
     DESTINATION "${checkout}")
file(COPY "${SOURCE}/tests/consumer/amalgamate.py" DESTINATION "${checkout}/tests/consumer")

execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${PREFIX}.installed" OUTPUT_QUIET
                COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${PREFIX}.installed" "${PREFIX}")

file(GLOB_RECURSE files "${PREFIX}/include/*" "${PREFIX}/share/*")
if(NOT files)
    message(SEND_ERROR "${PREFIX} has no files")
endif()
foreach(file IN LISTS files)
    file(READ "${file}" text)
    foreach(path IN ITEMS "${SOURCE}" "${BUILD}" "${PREFIX}")
        # A checkout can be /gigaspot, which is also the end of another path, such as include/gigaspot.
        string(REGEX REPLACE "([][+.*()^$?|\\\\])" "\\\\\\1" pattern "${path}")
        if(text MATCHES "(^|[^A-Za-z0-9_.}-]|-[IL])${pattern}([^A-Za-z0-9_.-]|$)")
            message(SEND_ERROR "${file} contains the path ${path}")
        endif()
    endforeach()
endforeach()

set(CMAKE_SIZEOF_VOID_P 4)
include("${PREFIX}/share/cmake/gigaspot/gigaspotConfigVersion.cmake")
if(PACKAGE_VERSION_UNSUITABLE)
    message(SEND_ERROR "the package depends on the architecture")
endif()
