# Writes page_files.cpp, which holds the files of the page:
#     cmake -Dout=FILE -Dchart_js=FILE "-Dpage=FILES" -P embed.cmake
set(arrays "")
set(entries "")
set(number 0)
foreach(file IN LISTS page ITEMS "${chart_js}")
    get_filename_component(extension "${file}" LAST_EXT)
    get_filename_component(name "${file}" NAME)
    set(path "/page/${name}")
    if(file STREQUAL "${chart_js}")
        set(path "/page/chart.js")
    elseif(name STREQUAL "index.html")
        set(path "/")
    endif()
    if(extension STREQUAL ".js")
        set(type "text/javascript; charset=utf-8")
    elseif(extension STREQUAL ".css")
        set(type "text/css; charset=utf-8")
    elseif(extension STREQUAL ".svg")
        set(type "image/svg+xml")
    else()
        set(type "text/html; charset=utf-8")
    endif()
    file(READ "${file}" bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    string(APPEND arrays "constexpr unsigned char file_${number}[] = {${bytes}};\n")
    string(APPEND entries "    add(\"${path}\", \"${type}\", file_${number}, sizeof file_${number});\n")
    math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${out}" "#include \"page_files.hpp\"

#include <memory>

namespace market_server {
namespace {

${arrays}
}  // namespace

std::map<std::string, PageFile> page_files() {
    std::map<std::string, PageFile> files;
    const auto add = [&](const char* path, const char* type, const unsigned char* bytes, std::size_t size) {
        files[path] = {type, std::make_shared<const std::string>(reinterpret_cast<const char*>(bytes), size)};
    };
${entries}    return files;
}

}  // namespace market_server
")
