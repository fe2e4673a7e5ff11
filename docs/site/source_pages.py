"""Links that leave docs/ lead to pages of the site: a file is shown, a folder is a list of its files.

A page links as it would on a git host, `[text](../examples/06_live_market.cpp)`. Here the target becomes
`source:examples/06_live_market.cpp` before the page is read, and a page is made for each such target.
"""
import html
import os
import pathlib
import re

from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

docs = pathlib.Path(__file__).resolve().parent.parent
root = docs.parent
LINK = re.compile(r"\]\((\.\./[^)#\s]+)(#[^)\s]*)?\)")


def rewrite(app, docname, source):
    folder = (docs / docname).parent

    def replace(match):
        target = pathlib.Path(os.path.normpath(folder / match.group(1)))
        if target.is_relative_to(docs) or not target.is_relative_to(root):
            return match.group(0)
        return f"](source:{target.relative_to(root).as_posix()})"

    source[0] = LINK.sub(replace, source[0])


def resolve(app, doctree, docname):
    for node in doctree.findall(nodes.reference):
        uri = node.get("refuri", "")
        if uri.startswith("source:"):
            path = uri.removeprefix("source:")
            node["refuri"] = app.builder.get_relative_uri(docname, f"source/{path}")
            app.env.metadata.setdefault(docname, {}).setdefault("sources", set()).add(path)


def files_in(folder):
    return sorted(path for path in folder.iterdir()
                  if path.suffix in (".hpp", ".cpp", ".py", ".txt", ".json", ".jsonl") and path.is_file())


def shown(path):
    try:
        lexer = get_lexer_for_filename(path.name) if path.suffix != ".jsonl" else TextLexer()
    except ClassNotFound:
        lexer = TextLexer()
    return highlight(path.read_text(), lexer, HtmlFormatter(wrapcode=True))


def pages(app):
    targets = set()
    for entry in app.env.metadata.values():
        targets |= entry.get("sources", set())
    for name in sorted(targets):  # the files of a folder have pages too
        if (root / name).is_dir():
            targets |= {path.relative_to(root).as_posix() for path in files_in(root / name)}
    for name in sorted(targets):
        path, pagename = root / name, f"source/{name}"
        title = html.escape(name)
        if path.is_dir():
            items = "".join(f'<li><a href="{app.builder.get_relative_uri(pagename, "source/" + name + "/" + file.name)}">'
                            f"{html.escape(file.name)}</a></li>" for file in files_in(path))
            body = f"<ul>{items}</ul>"
        else:
            body = shown(path)
        yield pagename, {"title": title, "body": f"<h1>{title}</h1>{body}", "parents": []}, "page.html"


def setup(app):
    app.connect("source-read", rewrite)
    app.connect("doctree-resolved", resolve)
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": True}
