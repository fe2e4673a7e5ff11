"""Checks the built site: every link leads somewhere, and the reference describes every public name.

Each entry of the reference has a text that makes sense alone: it does not begin with a reference to another
one, and it is more than a word or two.

usage: site.py SOURCE_FOLDER HTML_FOLDER DOXYGEN_XML_FOLDER
"""
import html
import pathlib
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ET

source, site, doxygen = map(pathlib.Path, sys.argv[1:])
failures = []

# Links. The anchors of a page are its ids.
pages = {page: page.read_text() for page in sorted(site.rglob("*.html"))}
anchors = {page: set(re.findall(r'\bid="([^"]+)"', text)) for page, text in pages.items()}
links = 0
for page, text in pages.items():
    for lost in re.findall(r'<span class="xref[^>]*>(.*?)</span>', text):
        failures.append(f"{page.relative_to(site)}: a link leads nowhere: {lost}")
    for reference in set(re.findall(r'\b(?:href|src|srcset)="([^"]+)"', text)):
        parts = urllib.parse.urlsplit(html.unescape(reference))
        if parts.scheme or parts.netloc or (not parts.path and not parts.fragment):
            continue
        links += 1
        target = (page.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else page
        if not target.exists():
            failures.append(f"{page.relative_to(site)}: this file does not exist: {reference}")
        elif parts.fragment and target in anchors and urllib.parse.unquote(parts.fragment) not in anchors[target]:
            failures.append(f"{page.relative_to(site)}: this anchor does not exist: {reference}")

# Each public header appears on one page of the reference, except these. They hold names and formatters, which the pages
# list in tables, or only names in the namespace detail.
without_entities = {"values/fwd.hpp", "base/config.hpp", "base/words.hpp", "format/rules.hpp", "format/engine.hpp", "format/documents.hpp",
                    "engine/extern.hpp", "engine/instantiate.hpp"}
shown = re.findall(r"^```\{doxygenfile\} (\S+)$",
                   "\n".join(page.read_text() for page in sorted(source.glob("docs/reference/*.md"))), re.M)
folder = source / "include/gigaspot"
headers = {str(path.relative_to(folder)) for path in folder.glob("*/*.hpp")} - without_entities
if sorted(shown) != sorted(headers):
    failures.append(f"these headers must appear once in the reference: {sorted(headers.symmetric_difference(shown)) or shown}")

# Each public name is on a page.
on_pages = set()
for page, text in pages.items():
    if page.parent.name == "reference":
        on_pages |= set(re.findall(r'class="sig-name descname">(.*?)</span></span>', text))
on_pages = {html.unescape(re.sub("<[^>]+>", "", name)) for name in on_pages}
names = 0
for path in sorted(doxygen.glob("*.xml")):
    if path.name == "index.xml":
        continue
    for compound in ET.parse(path).getroot().iter("compounddef"):
        if compound.get("kind") in ("struct", "class", "concept"):
            entities = [compound]
        elif compound.get("kind") in ("file", "namespace"):
            entities = compound.findall(".//memberdef")
        else:
            continue
        for entity in entities:
            name = (entity.findtext("compoundname") or entity.findtext("name")).split("::")[-1]
            # Macros are in a table, operators and specialisations are described with their types, and one sentence
            # describes the aliases of values/fwd.hpp.
            if (entity.get("kind") == "define" or entity.get("prot", "public") != "public" or name == "Hash" or
                    name.startswith("operator") or entity.find("location").get("file").endswith("/fwd.hpp")):
                continue
            names += 1
            if name not in on_pages:
                failures.append(f"{name} of {path.name} is on no page of the reference")

entries = 0
for path in sorted(doxygen.glob("*.xml")):
    for compound in ET.parse(path).getroot().iter("compounddef"):
        kind = compound.get("kind")
        if compound.get("prot", "public") != "public" or kind not in ("struct", "class", "concept", "file", "namespace"):
            continue
        own = [compound] if kind in ("struct", "class", "concept") else []
        for member in compound.findall("sectiondef/memberdef"):
            own += [member, *member.findall("enumvalue")]
        for entity in own:
            name = entity.findtext("compoundname") or entity.findtext("name")
            location = entity.find("location")  # values of enumerations have none
            file = location.get("file") if location is not None else compound.find("location").get("file")
            if (entity.get("prot", "public") != "public" or entity.get("kind") in ("define", "friend") or
                    re.search(r"operator(==|<=>)$", name) or file.endswith("/fwd.hpp") or
                    entity.findtext("argsstring", "").endswith(("=default", "=delete"))):
                continue
            entries += 1
            texts = [" ".join("".join(entity.find(part + "description").itertext()).split()) for part in ("brief", "detailed")]
            text = texts[0] or texts[1]
            words_min = 2 if entity.tag == "enumvalue" or entity.get("kind") == "variable" else 4
            if len(text.split()) < words_min or re.match(r"(See|Lik[e]wise|The same|Also)\b", text):
                failures.append(f"{file}: {name}: this text does not make sense alone: '{text}'")

print("\n".join(failures))
print(f"{len(pages)} pages, {links} links, {names} names, {entries} entries, {len(failures)} failures")
sys.exit(1 if failures or not links or not names or not entries else 0)
