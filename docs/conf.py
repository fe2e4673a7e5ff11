"""The documentation site: Markdown pages, and the reference from the comments of the headers.

Built by `cmake --workflow --preset docs`, which sets the environment variable GIGASPOT_DOXYGEN_XML to the
folder that docs/CMakeLists.txt had Doxygen fill.
"""
import os
import pathlib
import re
import sys

docs = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(docs / "site"))

project = "gigaspot"
author = "the authors of gigaspot"
number = int(re.search(r"#define GIGASPOT_VERSION (\d+)",
                       (docs.parent / "include/gigaspot/base/config.hpp").read_text()).group(1))
release = version = f"{number // 10000}.{number // 100 % 100}.{number % 100}"

extensions = ["myst_parser", "breathe", "sphinx_copybutton", "source_pages"]
exclude_patterns = ["site"]
root_doc = "index"

myst_heading_anchors = 3
myst_url_schemes = ["http", "https", "source"]

xml = pathlib.Path(os.environ["GIGASPOT_DOXYGEN_XML"])
for path in xml.glob("*.xml"):
    # Where a comment's line ends within parentheses, Breathe would end a paragraph. Code is in pieces with odd numbers.
    pieces = re.split(r"(<verbatim>.*?</verbatim>)", path.read_text(), flags=re.S)
    pieces[::2] = [re.sub(r"(?<=[^>\s])\n(?=[^<\s])", " ", piece) for piece in pieces[::2]]
    # What is private is nobody's, and that values can be compared is said once, not at each operator==.
    path.write_text(re.sub(r'<sectiondef kind="(?:private-[a-z-]+|friend)">.*?</sectiondef>', "", "".join(pieces),
                           flags=re.S))

breathe_projects = {"gigaspot": str(xml)}
breathe_default_project = "gigaspot"
breathe_show_include = False
primary_domain = "cpp"
highlight_language = "cpp"
cpp_index_common_prefix = ["gigaspot::"]

copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
copybutton_line_continuation_character = "\\"

html_theme = "furo"
html_title = f"gigaspot {release}"
html_static_path = ["site/static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
pygments_style = "tango"
pygments_dark_style = "github-dark"


def list_decisions(app, docname, source):
    """The records stand in the navigation below their list, which says nothing of it on a git host."""
    if docname == "decisions/README":
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n0*\n```\n"


def without_furo_script(app, pagename, templatename, context, doctree):
    """See site.js."""
    context["script_files"] = [script for script in context["script_files"] if not script.endswith("scripts/furo.js")]


def setup(app):
    app.connect("source-read", list_decisions)
    app.connect("html-page-context", without_furo_script, priority=900)
