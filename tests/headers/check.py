"""Checks that the headers keep to their layers: check.py SOURCE_FOLDER

The folder of a header is its layer. A file directly in a layer's folder is public; a folder inside a layer is private
to that layer. A header includes only its own layer and the layers below it, and no header includes itself.
Without this check, a few changes would break the layers and make light headers heavy.
"""
import pathlib
import re
import sys

layers = ["base", "values", "rules", "engine", "json", "format"]  # from the lowest to the highest
doors = {  # header at the top: layers whose public headers it includes, and other such headers
    "rules.hpp": (["base", "values", "rules"], []),
    "engine.hpp": (["engine"], ["rules.hpp"]),
    "gigaspot.hpp": ([], ["rules.hpp", "engine.hpp"]),
    "json.hpp": (["json"], []),
    "format.hpp": (["format"], []),
}
opted_into = {"engine/extern.hpp", "engine/instantiate.hpp"}  # public headers that only programs include
lines_max = 400
columns_max = 100

# Headers of the standard library that are too expensive for layers that most programs include.
heavy = {"string", "functional", "iostream", "ranges", "chrono", "vector"}
heavy_in = {"base": heavy | {"algorithm"}, "values": heavy | {"algorithm"}, "rules": heavy | {"algorithm"},
            "engine": heavy}  # the engine sorts
# Other libraries, and the headers and folders that may include them.
libraries = {"boost": ["engine/store/memory.hpp", "engine/store/book.hpp"], "sys": ["engine/allocator.hpp"],
             "simdjson": ["json/reader/cursor.hpp"], "fmt": ["format/"]}
# A header that uses one of these names must include the header after it.
homes = {"optional": "optional", "span": "span", "string_view": "string_view", "is_same_v": "type_traits",
         "is_convertible_v": "type_traits", "is_base_of_v": "type_traits", "type_identity_t": "type_traits",
         "size_t": "cstddef", "uint8_t": "cstdint", "int32_t": "cstdint", "int64_t": "cstdint",
         "uint64_t": "cstdint", "move": "utility", "initializer_list": "initializer_list",
         "strong_ordering": "compare"}

source = pathlib.Path(sys.argv[1])
folder = source / "include" / "gigaspot"
names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
texts = {name: (folder / name).read_text() for name in names}
problems = []


def layer_of(name):
    return name.split("/")[0] if "/" in name else ""


def is_private(name):
    return name.count("/") > 1


def includes_of(text):
    return re.findall(r"^ *# *include +(\S+)", text, re.M)


def own_includes(name):
    return [found[1] for include in includes_of(texts[name]) if (found := re.fullmatch(r"<gigaspot/(.+)>", include))]


def check_place(name):
    if name in doors:
        return
    if layer_of(name) not in layers:
        problems.append(f"{name} is in no layer; the layers are {', '.join(layers)}, the headers above them "
                        f"{', '.join(doors)}")
        return
    place = name.rsplit("/", 1)[0]
    if not re.match(rf"// gigaspot: [^#]*Layer:[ \n/]+{place}\.[^#]*\n#pragma once\n", texts[name]):
        problems.append(f'{name} does not begin with "// gigaspot: ...", "Layer: {place}." and #pragma once')


def check_namespaces(name):
    if re.search(r"^namespace \w+::inline\b", texts[name], re.M):
        problems.append(f"{name}: write the inline namespace on a line of its own; indexers such as ctags see no "
                        "definition behind `namespace a::inline b`")


def check_size(name):
    lines = texts[name].splitlines()
    if len(lines) > lines_max:
        problems.append(f"{name} has {len(lines)} lines; at most {lines_max} are allowed")
    for number, line in enumerate(lines, 1):
        if len(line) > columns_max:
            problems.append(f"{name}:{number} has {len(line)} columns; at most {columns_max} are allowed")


def check_own_include(name, included):
    if included not in texts:
        problems.append(f"{name} includes {included}, which does not exist")
    elif name in doors:
        if is_private(included):
            problems.append(f"{name} includes {included}, which is private")
    elif included in doors or (included in opted_into and name not in opted_into):
        problems.append(f"{name} includes {included}, which is for programs; include the headers that it needs")
    elif layers.index(layer_of(included)) > layers.index(layer_of(name)):
        problems.append(f"{name} includes {included}, which is in a higher layer")
    elif is_private(included) and layer_of(included) != layer_of(name):
        problems.append(f"{name} includes {included}, which is private to {layer_of(included)}")


def check_includes(name):
    for include in includes_of(texts[name]):
        if found := re.fullmatch(r"<gigaspot/(.+)>", include):
            check_own_include(name, found[1])
        elif found := re.fullmatch(r"<([a-z_0-9]+)>", include):
            if found[1] in heavy_in.get(layer_of(name), ()) and name not in opted_into:
                problems.append(f"{name} includes {include}: too heavy for the layer {layer_of(name)}")
        elif not any(re.match(f"<{library}[/.]", include) and name.startswith(tuple(allowed))
                     for library, allowed in libraries.items()):
            problems.append(f"{name} includes {include}: not ours, not the standard's, and not a library of this header")
    code = re.sub(r"//[^\n]*", "", texts[name])
    for facility, home in homes.items():
        if re.search(rf"std::{facility}\b", code) and f"#include <{home}>" not in code:
            problems.append(f"{name} names std::{facility} and does not include <{home}>")
    if name != "base/config.hpp" and name not in doors and "base/config.hpp" not in own_includes(name):
        problems.append(f"{name} does not include base/config.hpp")


def check_door(name):
    parts, other_doors = doors[name]
    expected = {other for other in names if layer_of(other) in parts and not is_private(other)} | set(other_doors)
    expected -= opted_into
    for other in sorted(expected ^ set(own_includes(name))):
        problems.append(f"{name} " + ("does not include" if other in expected else "must not include") + f" {other}")


def check_circles():
    state = {}  # 1: on the path from the first header, 2: done

    def visit(name, path):
        if state.get(name) == 1:
            problems.append("circle: " + " -> ".join([*path[path.index(name):], name]))
        if name in state or name not in texts:
            return
        state[name] = 1
        for included in own_includes(name):
            visit(included, [*path, name])
        state[name] = 2

    for name in names:
        visit(name, [])


def check_programs():
    for path in sorted((source / "examples").rglob("*.[ch]pp")):
        for include in re.findall(r"#include <gigaspot/(.+)>", path.read_text()):
            if is_private(include):
                problems.append(f"{path.relative_to(source)} includes {include}, which is private")


for header in names:
    check_place(header)
    check_namespaces(header)
    check_size(header)
    check_includes(header)
for door in doors:
    check_door(door)
check_circles()
check_programs()
if problems:
    sys.exit("\n".join(problems))
print(f"{len(names)} headers in {len(layers)} layers")
