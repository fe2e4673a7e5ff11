# Copies browser tests to another folder, and installs there what they need:
#     cmake -Dfrom=FOLDER -Dto=FOLDER -Dnpm=PROGRAM -P install.cmake
file(GLOB old "${to}/*.mjs")
file(GLOB new "${from}/*.mjs" "${from}/*.json")
if(old)
    file(REMOVE ${old})
endif()
file(COPY ${new} DESTINATION "${to}")
execute_process(COMMAND "${npm}" ci --no-audit --no-fund --prefer-offline WORKING_DIRECTORY "${to}"
                COMMAND_ERROR_IS_FATAL ANY)
