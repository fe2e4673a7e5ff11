"""Compares README, docs and the notebook of bench with the programs.

Every piece of C++, Python or nginx must be in an example, which other tests run. Every console piece
must print what the page shows. Every piece of JSON must be JSON. Every link must lead somewhere, and
every named file must exist. Links must lead from README and docs/index.md to every page. No page except
two has more than 300 lines.

Each command in an `sh` piece must be run by something: .ci/run (pieces after `<!-- NAME command -->`),
a consumer's script, or the tests of pages about gigaspot-server and gigaspot-simulate, which run the
pages with the mark `<!-- needs gigaspot-... -->`. Otherwise the line before it says why not:
`<!-- not run: REASON -->`.

usage: check.py SOURCE_FOLDER BIN_FOLDER
"""
import json
import os
import pathlib
import re
import subprocess
import sys

source, bin_folder = (pathlib.Path(path).resolve() for path in sys.argv[1:])
pages = [source / "README.md", source / "CHANGELOG.md", source / "bench/NOTEBOOK.md", *sorted(source.glob("docs/**/*.md"))]
examples = sorted(path for ending in ("[ch]pp", "py", "conf") for path in source.glob(f"examples/**/*.{ending}"))
projects = sorted(source.glob("tests/consumer/*/CMakeLists.txt"))
scripts = sorted(source.glob("tests/consumer/*.sh"))
environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "NO_COLOR": "1"}
failures = []
counts = {"cpp": 0, "python": 0, "nginx": 0, "console": 0, "cmake": 0, "sh": 0, "json": 0, "files": 0, "links": 0}


def lines_of(text):
    """Returns lines without indentation and blank lines, so that a page may show a part of a block."""
    return [line.strip() for line in text.splitlines() if line.strip()]


example_texts = ["\n".join(lines_of(path.read_text())) for path in examples]


def check_example(where, piece):
    wanted = "\n".join(lines_of(piece))
    if not any(wanted in text for text in example_texts):
        failures.append(f"{where}: no example contains this piece:\n{piece}")


project_texts = ["\n".join(lines_of(path.read_text())) for path in projects]
script_texts = [path.read_text() for path in scripts]


def check_cmake(where, piece):
    if not any("\n".join(lines_of(piece)) in text for text in project_texts):
        failures.append(f"{where}: no consumer contains this piece:\n{piece}")


presets = json.loads((source / "CMakePresets.json").read_text())["workflowPresets"]
workflows = {f"cmake --workflow --preset {preset['name']}" for preset in presets}  # .ci/run builds these


def check_sh(where, piece):
    """Checks that a script contains each line, whatever it does with the output."""
    lines = [line for line in lines_of(piece) if line not in workflows]
    if not any(all(line in text for line in lines) for text in script_texts):
        failures.append(f"{where}: no consumer's script runs this, and no mark says why not:\n{piece}")


def check_json(where, piece):
    """Checks that the piece is a value of JSON, or one in each line."""
    try:
        json.loads(piece)
    except ValueError:
        try:
            for line in piece.splitlines():
                json.loads(line)
        except ValueError as error:
            failures.append(f"{where}: this is not JSON: {error}\n{piece}")


def check_console(where, piece):
    """Runs commands after "$ ", whose lines may go on after a backslash. The lines after it are what it must print."""
    for session in re.split(r"^\$ ", piece, flags=re.M)[1:]:
        command, expected = re.fullmatch(r"((?:[^\n]*\\\n)*[^\n]*)\n(.*)", session, re.S).groups()
        run = subprocess.run(["bash", "-c", command], cwd=source, env=environment, text=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        if run.stdout.rstrip("\n") != expected.rstrip("\n"):
            failures.append(f"{where}: $ {command}\nprints\n{run.stdout}\ninstead of\n{expected}")


checks = {"cpp": check_example, "python": check_example, "nginx": check_example, "console": check_console,
          "cmake": check_cmake, "json": check_json}
needs_other = re.compile("<!-- needs gigaspot-(?:server|simulate) -->")
# Pages name files and folders in code by the end of their path.
named = re.compile(r"`((?:include|tests|examples|bench|docs)/[a-z_0-9./-]+|[a-z_0-9/]+\.[ch]pp)`")
paths = [f"/{path.relative_to(source)}" for folder in ("include", "tests", "examples", "bench", "docs")
         for path in (source / folder, *(source / folder).rglob("*"))]
# The piece after such a mark is run by .ci/run, or by hand on a fresh machine (main), or it says why nobody runs it.
marked = re.compile(r"<!-- (?:(?:main|test|docs|coverage) command|not run: [^>]+) -->\n\Z")
long_pages = {"CHANGELOG.md", "bench/NOTEBOOK.md", "docs/errors.md", "docs/rules.md"}
lines_max = 300
leads_to = {page: set() for page in pages}
for page in pages:
    text = page.read_text()
    if text.count("\n") > lines_max and str(page.relative_to(source)) not in long_pages:
        failures.append(f"{page.relative_to(source)}: it has more than {lines_max} lines")
    for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S):
        where = f"{page.relative_to(source)}:{text[:match.start()].count(chr(10)) + 1}"
        kind, piece = match.groups()
        if kind in ("console", "sh") and needs_other.search(text):
            continue
        if kind in checks:
            counts[kind] += 1
            checks[kind](where, piece)
        elif kind == "sh":
            counts["sh"] += 1
            if not marked.search(text[:match.start()]):
                check_sh(where, piece)
        elif kind != "text":
            failures.append(f"{where}: a block of the unknown kind '{kind}'")
    for name in named.findall(text):
        counts["files"] += 1
        if not any(path.endswith("/" + name.rstrip("/")) for path in paths):
            failures.append(f"{page.relative_to(source)}: this file does not exist: {name}")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)  # a lambda in code is not a link
    for match in re.finditer(r"\]\(([^)#]+)[^)]*\)", prose):
        target = match.group(1)
        if "://" in target:
            continue
        counts["links"] += 1
        target = (page.parent / target).resolve()
        leads_to[page].add(target)
        if not target.exists():
            failures.append(f"{page.relative_to(source)}: this link leads nowhere: {match.group(1)}")

# Every page can be reached by links from the README and from the index of docs/, at every git host.
for start in (source / "README.md", source / "docs/index.md"):
    seen, waiting = set(), [start.resolve()]
    while waiting:
        page = waiting.pop()
        if page not in seen:
            seen.add(page)
            waiting += leads_to.get(page, ())
    for page in pages:
        if page.name not in ("README.md", "CHANGELOG.md") and page not in seen:
            failures.append(f"{page.relative_to(source)}: no link leads to it from {start.name}")

# Each test that docs/guarantees.md names must exist. A name ends at the next link or at the end of the cell.
promises = (source / "docs/guarantees.md").read_text()
named = re.findall(r"\]\(\.\./(tests/[^)]+)\): ([^|`]+?)(?=; \[| \|)", promises)
for path, name in named:
    text = re.sub(r'"\s+"', "", (source / path).read_text())  # a long name is split into two strings
    if name not in text:
        failures.append(f"docs/guarantees.md: {path} has no test of this name: {name}")
if len(named) < 40:
    failures.append(f"docs/guarantees.md: it names only {len(named)} tests")

print("\n\n".join(failures))
print(f"{len(pages)} pages, {counts['cpp']} C++ pieces, {counts['console']} console pieces, "
      f"{counts['cmake']} CMake pieces, {counts['sh']} sh pieces, {counts['json']} JSON pieces, {counts['links']} links, {counts['files']} names of files, {len(failures)} failures")
sys.exit(1 if failures or not counts["cpp"] or not counts["console"] else 0)
