"""Holds comments, strings and pages against a list of words and phrases that are not plain English.

Each finding has its file and line, the words, and what to write instead. Code is not prose: neither
identifiers nor text in backticks are checked, and of strings only those with a space.

usage: words.py SOURCE_FOLDER [PATH...]

With paths, only these are checked.
"""
import io
import pathlib
import re
import sys
import tokenize

START = r"(?:^|(?<=[.!?:] ))"  # of a sentence
NO_QUESTION = r"(?![^.!]*\?)"

# The pattern, what to write instead, and a phrase that the pattern must find.
RULES = [
    (r"anew", "again, or from scratch", "it asks anew"),
    (r"(?:leave|leaves|leaving|left)(?: \w+)? away", "omit", "to leave it away"),
    (r"mend(?:s|ed|ing)?", "fix", "how to mend it"),
    (r"whoever|whosoever|himself|oneself", "you, or those who", "for whoever keeps them"),
    (r"for ever", "forever, or: it never changes", "fixed for ever"),
    (r"by turns", "in turns", "old and new by turns"),
    (r"likewise", "all of what it does", "Likewise of a host."),
    (r"refus(?:e|es|ed|ing|al|als)", "reject", "it is refused"),
    (r"greatest", "maximum, highest or largest", "the greatest rate"),
    (r"(?<!at )(?<!at the )(?<!at the very )least(?! significant)", "minimum, lowest or smallest", "the least price"),
    (r"(?<!decision )(?<!decisions )stands?(?![ -](?:for|in|alone)\b)", "is, appears, lies, runs, holds or remains",
     "where it stands"),
    (r"stood(?! for\b)", "was, appeared, lay, ran, held or remained", "where it stood"),
    (r"(?<!there )(?:is|are|was|were) (?-i:no|none)(?! (?:longer|more|less|fewer|other|better|worse|later|earlier|higher|"
     r"lower|greater|larger|smaller|bigger|slower|faster|different)\b)", "is not a, or has no", "a slot that is none"),
    (rf"so (?:many|much){NO_QUESTION}", "this many, or as many as", "so many fit"),
    (r"so long (?:after|before|as)", "this long after, or as long as", "so long after the close"),
    (r"but for", "except for", "all but for these"),
    (r"(?:no|none|nothing|nobody) but", "only", "none but the owner"),
    (r"no other than", "only", "no other than the known ones"),
    (r"otherwise than", "except by", "otherwise than by a bid"),
    (r"be it", "whether", "be it a bid or a host"),
    (r"a look at", "a scan, or: looks up", "without a look at the book"),
    (r"the same of", "all of what it does", "the same of a host"),
    (r"in vain", "without success", "tried in vain"),
    (r"dear(?:er|est)", "more expensive", "the dearest change"),
    (r"nought", "zero", "a nought in front"),
    (r"hitherto|thereof|therein|thence|whence", "until now, of it, in it, from there", "hitherto"),
    (rf"{START}Of\b(?! course)", "the subject first", "It is gone. Of renters take only bids."),
    (rf"{START}Who\b{NO_QUESTION}", "if you, or those who", "Who needs the rules includes this."),
    (r"shall", "must, should or will", "if it shall stop"),
    (r"(?:others|else) than", "different from", "seeds that are others than before"),
    (r"(?:all|any|every(?:where|thing|body| \w+)?|nowhere|never|anything) but",
     "except", "everywhere but in a profile"),
    (rf"{START}So (?:long|often|late|soon|near|far|large|small|few)\b(?! as\b)",
     "this long, this often", "It waits. So long it may run."),
    (r"also (?:if|when)", "even if", "each run writes its journal, also if it failed"),
    (r"(?:says?|said|knows?|tells?|told|hears?) of", "about", "what it says of a bid"),
    (r"(?:is|are|was|were|not|been|be) looked at", "is read, scanned or checked", "the id is not looked at"),
    (r"knows? (?:no|none)", "does not know, or has no", "it knows no handle"),
    (r"(?<!so )(?:that|what|if|when|where|as|how|because|since|until) "
     r"one (?:can|could|may|might|must|should|sees|knows|wants|needs)",
     "you can", "all that one can ask"),
    (r"(?:held|holds?(?: \w+){1,3}) against", "check, or compare with", "a test holds this page against the header"),
    (r"(?:came|comes?) of", "result from, or the result of", "what came of it"),
    (r"(?:so that|only|for|beside|looks?|looked) who(?:m)?",
     "those who, or the subject first", "so that who makes them waits"),
    (r"br(?:ings?|ought) (?:\w+ )?along", "include, or install", "the lines that a header brings along"),
    (r"nor (?:is|are|was|has|have|does|do|can)", "and ... not", "nor has one outside the table"),
    (r"in the end", "finally, or at the end", "the bytes asked for in the end"),
    (r"edges?|roofs?", "adapter; or limit", "what an edge rejects"),
    (r"(?<!how many )(?:coins?|bytes|bids|units|ns|us|ms|lines|instructions|million) an? "
     r"(?:day|hour|minute|second|host|bid|run|event|GPU|command|close|interval)",
     "per", "10 coins a day"),
    (r"seldom|merely|apiece|henceforth|amongst|whilst|ought|lest|albeit|upon|amidst?|forthwith|thus|hence|"
     r"where(?:by|in|of|upon|with)|there(?:by|upon|after|unto)|here(?:by|in|of|to)|as it were|so to say|at will|"
     r"(?:its|their) own accord|for whom", "a plain word", "thus it ends"),
]

# Phrases that are fine.
FINE = ["at least 1 W", "the decision stands", "a bit that stands for a bid", "a stand-in", "there is no host",
        "it is no longer there", "is no more than 3", "Why are there so many?", "Who wins?", "Of course it is",
        "Offers are values.",
        "`refused` is a counter", "it is None", "a list of bids, each of a host"]

EXEMPT = ["tests/docs/words.py"]  # it has the words

PLACES = ["README.md", "CHANGELOG.md", "CMakeLists.txt", ".ci", ".github", "bench", "docs", "examples", "include",
          "tests"]

compiled = [(re.compile(pattern if pattern.startswith(START) else rf"\b(?:{pattern})\b",
                        0 if pattern.startswith(START) else re.I), instead, example)
            for pattern, instead, example in RULES]


class Prose:
    """A piece of prose, with the line of each of its characters."""

    def __init__(self):
        self.text = ""
        self.lines = []

    def add(self, text, line):
        for number, part in enumerate(text.split("\n")):
            part = re.sub(r"\s+", " ", part.strip()) + " "
            self.text += part
            self.lines += [line + number] * len(part)
        return self


def cpp(text):
    """The comments and the strings of C++. Comments on neighbouring lines are one piece, and so are strings."""
    token = re.compile(r'R"(?P<end>[^(\s]*)\((?P<raw>.*?)\)(?P=end)"|"(?P<string>(?:\\.|[^"\\\n])*)"|'
                       r"(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'|//[/!]?<?(?P<comment>[^\n]*)|/\*(?P<block>.*?)\*/", re.S)
    piece, kind, end = None, None, 0
    for match in token.finditer(text):
        found = match.lastgroup if match.lastgroup != "end" else "raw"
        if found is None:
            continue
        between = text[end:match.start()]
        line = text.count("\n", 0, match.start()) + 1
        joins = kind == found and not between.strip() and (found != "comment" or between.count("\n") == 1)
        if piece and not (joins and match.group(found).strip()):
            yield kind, piece
            piece = None
        piece = (piece or Prose()).add(match.group(found), line)
        kind, end = found, match.end()
    if piece:
        yield kind, piece


def python(text):
    """The comments and the strings of Python."""
    piece, last = None, -1
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        line = token.start[0]
        if token.type == tokenize.COMMENT:
            if piece and line != last + 1:
                yield "comment", piece
                piece = None
            piece = (piece or Prose()).add(token.string.lstrip("#"), line)
            last = line
        elif token.type == tokenize.STRING:
            kind = "string"
            if "'''" in token.string or '"""' in token.string:
                kind = "comment"
            body = re.sub(r"""^\w*('''|\"""|'|")|('''|\"""|'|")$""", "", token.string)
            for number, paragraph in paragraphs(body, line):
                yield kind, Prose().add(paragraph, number)
    if piece:
        yield "comment", piece


def hashes(text):
    """The comments and the strings of CMake and shell scripts."""
    piece, last = None, -1
    for number, line in enumerate(text.split("\n"), 1):
        for match in re.finditer(r'"((?:\\.|[^"\\])*)"|(?:^|\s)#(.*)', line):
            if match.group(1) is not None:
                yield "string", Prose().add(match.group(1), number)
                continue
            if piece and number != last + 1:
                yield "comment", piece
                piece = None
            piece = (piece or Prose()).add(match.group(2), number)
            last = number
    if piece:
        yield "comment", piece


def paragraphs(text, first=1):
    """Pairs of the first line and the text of each paragraph, list item, heading and row of a table."""
    begin, lines = first, []
    for number, line in enumerate([*text.split("\n"), ""], first):
        if not line.strip() or re.match(r"\s*(?:[-*#|]|\d+\.) ?", line):
            if lines:
                yield begin, "\n".join(lines)
            begin, lines = number, []
        if line.strip():
            if not lines:
                begin = number
            lines.append(re.sub(r"^\s*(?:[-*#]+|\d+\.) ", "", line))
    if lines:
        yield begin, "\n".join(lines)


def markdown(text):
    """The prose of a page, without code and the targets of links."""
    blank = lambda match: "\n" * match.group(0).count("\n")
    text = re.sub(r"^```.*?^```$|<!--.*?-->", blank, text, flags=re.M | re.S)
    text = re.sub(r"\]\([^)\n]*\)", "]", text)
    for line, paragraph in paragraphs(text):
        yield "page", Prose().add(paragraph, line)


def texts_of_svg(text):
    """The texts of a picture."""
    for match in re.finditer(r"<(text|title|desc)\b[^>]*>(.*?)</\1>", text, re.S):
        yield "page", Prose().add(re.sub(r"<[^>]*>", "", match.group(2)), text.count("\n", 0, match.start()) + 1)


def reader_of(path):
    if path.suffix in (".cpp", ".hpp", ".h", ".c", ".js", ".mjs"):
        return cpp
    if path.suffix == ".py":
        return python
    if path.suffix == ".md":
        return markdown
    if path.suffix in (".cmake", ".sh", ".toml", ".yml", ".conf") or path.name in ("CMakeLists.txt", "run"):
        return hashes
    if path.suffix == ".svg":
        return texts_of_svg
    return None


def findings_in(kind, piece):
    """The line, the words found and what to write instead."""
    text = re.sub(r"`[^`]*`", lambda match: "_" * len(match.group(0)), piece.text)
    if kind in ("string", "raw") and " " not in text.strip():
        return
    for pattern, instead, _ in compiled:
        for match in pattern.finditer(text):
            yield piece.lines[match.start()], match.group(0), instead


def is_below(name, folder):
    return not folder or name == folder or name.startswith(folder + "/")


# What the reader of C++ must find: comments and strings that go on in the next line, and no code.
SAMPLE = r'''// one that is left
// away
int stands = 1'000;  // anew, 'x'
auto text = "made "
            "by turns \"" R"(it stands)" "anew";
'''
SAMPLE_FINDINGS = [(1, "left away"), (3, "anew"), (5, "by turns"), (5, "stands")]


def check_rules():
    """Each rule must find its own example, and no rule may find a phrase that is fine."""
    for pattern, _, example in compiled:
        if not pattern.search(example):
            yield f"words.py: {pattern.pattern} does not find: {example}"
    for phrase in FINE:
        for _, words, _ in findings_in("comment", Prose().add(phrase, 1)):
            yield f"words.py: '{words}' is found in a phrase that is fine: {phrase}"
    found = [(line, words) for kind, piece in cpp(SAMPLE) for line, words, _ in findings_in(kind, piece)]
    if found != SAMPLE_FINDINGS:
        yield f"words.py reads C++ wrongly: {found}"


def main():
    source = pathlib.Path(sys.argv[1])
    asked = [pathlib.Path(path).as_posix().rstrip("/") for path in sys.argv[2:]] or [""]
    failures = list(check_rules())
    files = 0
    for place in PLACES:
        for path in sorted([source / place, *(source / place).rglob("*")]):
            read = reader_of(path)
            name = path.relative_to(source).as_posix()
            if not (path.is_file() and read and any(is_below(name, folder) for folder in asked)) or name in EXEMPT:
                continue
            files += 1
            for kind, piece in read(path.read_text()):
                for line, words, instead in findings_in(kind, piece):
                    failures.append(f"{name}:{line}: '{words.strip()}': write {instead}")
    print("\n".join(failures))
    print(f"{files} files, {len(RULES)} rules, {len(failures)} findings")
    sys.exit(1 if failures or not files else 0)


main()
