# Installs BUILD into a folder, moves that folder to PREFIX, and looks for what ties it to this machine.

cmake_minimum_required(VERSION 3.23)

file(REMOVE_RECURSE "${PREFIX}" "${PREFIX}.installed")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${PREFIX}.installed" OUTPUT_QUIET
                COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${PREFIX}.installed" "${PREFIX}")

file(GLOB_RECURSE files "${PREFIX}/share/*")
if(NOT files)
    message(SEND_ERROR "no package files in ${PREFIX}/share")
endif()
foreach(file IN LISTS files)
    file(READ "${file}" text)
    foreach(path IN ITEMS "${SOURCE}" "${BUILD}" "${PREFIX}")
        string(FIND "${text}" "${path}" position)
        if(NOT position EQUAL -1)
            message(SEND_ERROR "${file} names ${path}")
        endif()
    endforeach()
endforeach()

set(CMAKE_SIZEOF_VOID_P 4)
include("${PREFIX}/share/cmake/gigaspot/gigaspotConfigVersion.cmake")
if(PACKAGE_VERSION_UNSUITABLE)
    message(SEND_ERROR "the package depends on the architecture")
endif()
