# Compiles a file once without mistakes, and once with each of its mistakes:
#     cmake -D COMPILER=... -D FLAGS=... -D FILE=... -P check.cmake
# The lines "// mistake N: REGEX" of the file say what the compiler's message must match when MISTAKE is N.
# The line "// one error each" says that a message has no second error.
# Strong types are only as good as the mistakes that they reject and the messages that they give.

cmake_minimum_required(VERSION 3.23)

set(ENV{LC_ALL} C)  # plain quotes in the messages

macro(compile mistake)
    execute_process(COMMAND ${COMPILER} ${FLAGS} -DMISTAKE=${mistake} -fsyntax-only ${FILE} RESULT_VARIABLE result
                    OUTPUT_VARIABLE message ERROR_VARIABLE message)
endmacro()

compile(0)
if(NOT result EQUAL 0)
    message(SEND_ERROR "${FILE} does not compile without a mistake:\n${message}")
endif()

file(STRINGS ${FILE} mistakes REGEX "^// mistake [0-9]+: ")
if(NOT mistakes)
    message(SEND_ERROR "${FILE} names no mistake")
endif()
file(STRINGS ${FILE} has_one_error REGEX "^// one error each$")
foreach(line IN LISTS mistakes)
    string(REGEX MATCH "^// mistake ([0-9]+): (.*)$" line "${line}")
    set(mistake ${CMAKE_MATCH_1})
    set(expected "${CMAKE_MATCH_2}")
    compile(${mistake})
    if(result EQUAL 0)
        message(SEND_ERROR "${FILE} compiles despite mistake ${mistake}")
    elseif(NOT message MATCHES "${expected}")
        message(SEND_ERROR "mistake ${mistake} of ${FILE} does not give the message \"${expected}\":\n${message}")
    else()
        string(REGEX MATCHALL ": error: " errors "${message}")
        list(LENGTH errors count)
        if(has_one_error AND count GREATER 1)
            message(SEND_ERROR "mistake ${mistake} of ${FILE} has ${count} errors:\n${message}")
        endif()
        string(REGEX MATCH "${expected}" found "${message}")
        message(STATUS "mistake ${mistake}: ${found}")
    endif()
endforeach()
