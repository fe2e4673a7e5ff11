"""Links that leave docs/ lead to pages of the site: a file is shown, a folder is a list of its files.

A page links as it would on a git host, `[text](../examples/06_live_market.cpp)`. Here the target becomes
`source:examples/06_live_market.cpp` before the page is read, and a page is made for each such target. The site begins
with the README, so that the first page exists once: the text of index.md follows it.
"""
import html
import os
import pathlib
import re
import shutil

from docutils import nodes
from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

docs = pathlib.Path(__file__).resolve().parent.parent
root = docs.parent
LINK = re.compile(r"\]\((\.\./[^)#\s]+)(#[^)\s]*)?\)")


def readme():
    """The README as a page of docs/."""
    text = (root / "README.md").read_text()
    text = re.sub(r"\]\((?!\w+:|#)", "](../", text)
    return text.replace("](../docs/", "](")


def rewrite(app, docname, source):
    folder = (docs / docname).parent
    if docname == "index":
        source[0] = readme() + source[0].partition("\n")[2]

    def replace(match):
        target = pathlib.Path(os.path.normpath(folder / match.group(1)))
        if target == root / "README.md":
            start = os.path.relpath(docs / "index.md", folder)
            return f"]({start}{match.group(2) or ''})"
        if target.is_relative_to(docs) or not target.is_relative_to(root):
            return match.group(0)
        anchor = match.group(2) if target.suffix == ".md" and match.group(2) else ""
        return f"](source:{target.relative_to(root).as_posix()}{anchor})"

    source[0] = LINK.sub(replace, source[0])


def resolve(app, doctree, docname):
    for node in doctree.findall(nodes.reference):
        uri = node.get("refuri", "")
        if uri.startswith("source:"):
            path, hash_sign, anchor = uri.removeprefix("source:").partition("#")
            node["refuri"] = app.builder.get_relative_uri(docname, f"source/{path}") + hash_sign + anchor
            app.env.metadata.setdefault(docname, {}).setdefault("sources", set()).add(path)


def entries_of(folder):
    """The folders in it, and the files that can be shown."""
    return sorted((path for path in folder.iterdir() if path.is_dir() or path.suffix in
                   (".hpp", ".cpp", ".py", ".cmake", ".txt", ".json", ".jsonl", ".toml", ".md")), key=lambda path: (path.is_file(), path.name))


def shown(path):
    try:
        lexer = get_lexer_for_filename(path.name) if path.suffix != ".jsonl" else TextLexer()
    except ClassNotFound:
        lexer = TextLexer()
    return highlight(path.read_text(), lexer, HtmlFormatter(wrapcode=True))


def markdown(app, path):
    """A page of Markdown outside docs/, with links to pages of the site. Returns its HTML and what else it links to."""
    here = f"source/{path.relative_to(root).as_posix()}"
    linked = set()

    def lead(link):
        target, hash_sign, anchor = link.partition("#")
        file = pathlib.Path(os.path.normpath(path.parent / target))
        if not target or "://" in link or not file.is_relative_to(root):
            return link
        if file.is_relative_to(docs) and file.suffix == ".md":
            name = file.relative_to(docs).with_suffix("").as_posix()
        elif file.is_relative_to(docs / "images"):
            return os.path.relpath(file.relative_to(docs), pathlib.Path(here).parent)
        else:
            name = f"source/{file.relative_to(root).as_posix()}"
            linked.add(file)
        return app.builder.get_relative_uri(here, name) + hash_sign + anchor

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").use(anchors_plugin, max_level=3)
    tokens = parser.parse(re.sub(r"<!--.*?-->\n", "", path.read_text(), flags=re.S))
    for token in tokens:
        for child in token.children or ():
            for key in ("href", "src"):
                if key in child.attrs:
                    child.attrs[key] = lead(child.attrs[key])
    return parser.renderer.render(tokens, parser.options, {}).replace("<table>", '<table class="docutils">'), linked


def pages(app):
    wanted = {root / path for entry in app.env.metadata.values() for path in entry.get("sources", ())}
    done = set()
    while wanted:
        path = wanted.pop()
        done.add(path)
        name = path.relative_to(root).as_posix()
        body = ""
        if path.is_dir():  # its entries have pages too
            entries = entries_of(path)
            wanted |= set(entries) - done
            for entry in entries:
                link = app.builder.get_relative_uri(f"source/{name}", f"source/{name}/{entry.name}")
                body += f'<li><a href="{link}">{html.escape(entry.name)}{"/" if entry.is_dir() else ""}</a></li>'
            body = f"<ul>{body}</ul>"
        elif path.suffix == ".md":
            body, linked = markdown(app, path)
            wanted |= linked - done
        else:
            body = shown(path)
        title = html.escape(name)
        heading = "" if path.suffix == ".md" else f"<h1>{title}</h1>"
        yield f"source/{name}", {"title": title, "body": heading + body, "parents": []}, "page.html"


def copy_screenshots(app, exception):
    """Sphinx copies pictures of its own pages, but not those of a <picture> or of the notebook."""
    if not exception:
        folder = pathlib.Path(app.outdir) / "images"
        folder.mkdir(exist_ok=True)
        for picture in (docs / "images").iterdir():
            shutil.copy(picture, folder)


def setup(app):
    app.connect("build-finished", copy_screenshots)
    app.connect("source-read", rewrite)
    app.connect("doctree-resolved", resolve)
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": True}
