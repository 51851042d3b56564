"""Checks that every sentence of the code stands in every catalogue, finished.

Run by ``make check``. One line for each sentence that is missing, empty, fuzzy, no longer
used, or whose ``{names}`` differ from the Swedish; exit code 1 if there is any. Sentences
are found by the names `say`, `say.plural`, `say.code` (through the table `CODES`), `mark`,
`Saying` and those of the errors, in Python below ``bot/`` and in its Jinja2 pages. A
sentence that is put together with an f-string, ``+`` or ``%`` cannot be translated and is
reported too, and so is a code without a sentence, and an error that is not given what its
sentence names.

``--update`` adds what is missing with an empty translation, for a translator to fill in.
``--compile`` only writes each catalogue in the form that is read quickly; run by ``make setup``.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeGuard

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from bot.texts import CATALOGUES, LANGUAGES, SOURCE_LANGUAGE, names_in
from bot.texts.codes import CODES

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("*.html", "*.j2")
HEADER = r"""# The sentences of Samma dag beside the Swedish of the source code.
msgid ""
msgstr ""
"Language: {language}\n"
"Plural-Forms: {plural}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""

_DEEPEST = 9
"""How long a line of descent of errors may be."""

Sentence = str | tuple[str, str]
"""What is translated: a sentence, or the pair for one and for many."""


@dataclass(slots=True)
class Found:
    """What a search through the code gave."""

    sentences: dict[Sentence, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, texts: Sequence[object], where: str) -> None:
        """Take in the literal texts of one call; anything else is left to `mark`."""
        if texts and all(isinstance(text, str) for text in texts):
            key = str(texts[0]) if len(texts) == 1 else (str(texts[0]), str(texts[1]))
            self.sentences.setdefault(key, where)


def find(root: Path, codes: Mapping[str, str]) -> Found:
    """Collect every sentence below a folder and of a table of codes, with its first place."""
    found = Found()
    modules = {
        path.relative_to(root.parent).as_posix(): ast.parse(path.read_bytes())
        for path in sorted(root.rglob("*.py"))
    }
    errors = _errors(modules.values())
    for name, tree in modules.items():
        _find_in_python(tree, name, codes, found)
        _find_in_errors(tree, name, errors, found)
    for pattern in PAGES:
        for path in sorted(root.rglob(pattern)):
            _find_in_page(path, path.relative_to(root.parent).as_posix(), found)
    for sentence in codes.values():
        found.sentences.setdefault(sentence, "bot/texts/codes.py")
    return found


def _find_in_python(tree: ast.Module, name: str, codes: Mapping[str, str], found: Found) -> None:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        where = f"{name}:{node.lineno}"
        match node:
            case ast.Call(ast.Name("say" | "mark") | ast.Attribute(attr="say" | "_say")):
                _take_in(node.args[:1], where, found)
            case ast.Call(ast.Attribute(speaker, "plural")) if _is_say(speaker):
                _take_in(node.args[:2], where, found)
            case ast.Call(ast.Attribute(speaker, "code"), [ast.Constant(str(code)), *_]) if (
                _is_say(speaker) and code not in codes
            ):
                found.faults.append(f"{where}: no sentence for the code {code!r}")


def _errors(modules: Iterable[ast.Module]) -> Mapping[str, bool]:
    """Return the errors of the assistant: name -> whether it has a constructor of its own."""
    classes = [
        node for tree in modules for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    ]
    found: dict[str, bool] = {"SammaDagError": False}
    for _ in range(_DEEPEST):
        for node in classes:
            above = [found[base.id] for base in node.bases if _is_named(base, found)]
            if above and node.name not in found:
                found[node.name] = any(above) or any(
                    isinstance(item, ast.FunctionDef) and item.name == "__init__"
                    for item in node.body
                )
    return found


def _is_named(node: ast.expr, names: Container[str]) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and node.id in names


def _find_in_errors(tree: ast.Module, name: str, errors: Mapping[str, bool], found: Found) -> None:
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() if node.name in errors:
                calls = [call for call in ast.walk(node) if _is_super_init(call)]
            case ast.Call(ast.Name(called)) if called == "Saying" or errors.get(called) is False:
                calls = [node]
            case _:
                continue
        for call in calls:
            where = f"{name}:{call.lineno}"
            _take_in(call.args[:1], where, found)
            _check_values(call, where, found)


def _is_super_init(node: ast.AST) -> TypeGuard[ast.Call]:
    match node:
        case ast.Call(ast.Attribute(ast.Call(ast.Name("super")), "__init__")):
            return True
    return False


def _check_values(call: ast.Call, where: str, found: Found) -> None:
    """Report values that the sentence of an error names and the call does not give."""
    given = {keyword.arg for keyword in call.keywords}
    match call.args[:1]:
        case [ast.Constant(str(sentence))] if None not in given:
            for absent in sorted(names_in(sentence) - given):
                found.faults.append(f"{where}: the sentence names {{{absent}}}, which is not given")


def _is_say(speaker: ast.expr) -> bool:
    match speaker:
        case ast.Name("say") | ast.Attribute(attr="say" | "_say"):
            return True
    return False


def _take_in(arguments: Sequence[ast.expr], where: str, found: Found) -> None:
    if any(isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in arguments):
        found.faults.append(f"{where}: a sentence is put together; use {{names}} and values")
    found.add([getattr(argument, "value", None) for argument in arguments], where)


def _find_in_page(path: Path, name: str, found: Found) -> None:
    tree = Environment(extensions=["jinja2.ext.do"]).parse(path.read_text("utf-8"))
    for call in tree.find_all(nodes.Call):
        match call.node:
            case nodes.Name(name="say"):
                count = 1
            case nodes.Getattr(node=nodes.Name(name="say"), attr="plural"):
                count = 2
            case _:
                continue
        texts = [getattr(argument, "value", None) for argument in call.args[:count]]
        found.add(texts, f"{name}:{call.lineno}")


def faults(catalogue: Catalog, sentences: dict[Sentence, str]) -> Iterator[str]:
    """Yield one line for everything that is wrong with a catalogue."""
    entries: dict[object, Message] = {item.id: item for item in catalogue if item.id}
    for sentence, where in sentences.items():
        entry = entries.get(sentence)
        if entry is None:
            yield f"{where}: not in the catalogue: {sentence!r}"
        else:
            yield from (f"{where}: {fault}" for fault in _entry_faults(entry))
    for unused in entries.keys() - sentences.keys():
        yield f"no longer used: {unused!r}"
    for obsolete in catalogue.obsolete:
        yield f"obsolete: {obsolete!r}"


def _entry_faults(entry: Message) -> Iterator[str]:
    sources = _texts(entry.id)
    translations = _texts(entry.string)
    if entry.fuzzy:
        yield f"fuzzy: {entry.id!r}"
    if not all(translations):
        yield f"not translated: {entry.id!r}"
        return
    wanted = set().union(*(names_in(source) for source in sources))
    for translation in translations:
        try:
            names = set(names_in(translation))
        except ValueError as error:
            yield str(error)
            continue
        if names - wanted or (len(sources) == 1 and names != wanted):
            yield f"other values than in the Swedish: {entry.id!r}"


def _texts(entry: str | Sequence[str] | None) -> list[str]:
    return [entry or ""] if isinstance(entry, str | None) else list(entry)


def update(catalogue: Catalog, sentences: dict[Sentence, str]) -> int:
    """Add missing sentences without a translation; return how many."""
    missing = [sentence for sentence in sentences if sentence not in catalogue]
    for sentence in missing:
        catalogue.add(sentence)
    return len(missing)


def read(path: Path) -> Catalog:
    """Read a catalogue; its language is the name of the folder above ``LC_MESSAGES``."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def write(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue in the order of its sentences, without dates, for readable changes."""
    header = HEADER.format(language=catalogue.locale_identifier, plural=catalogue.plural_forms)
    with path.open("wb") as file:
        file.write(header.encode())
        write_po(file, catalogue, width=96, sort_output=True, omit_header=True, no_location=True)


def compile_all() -> None:
    """Write the compiled form beside each catalogue."""
    for path in sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po")):
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read(path))


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, or with ``--update`` amend, every catalogue; return the exit code."""
    parser = argparse.ArgumentParser(description="Check the catalogues of sentences.")
    parser.add_argument("--update", action="store_true", help="add missing sentences")
    parser.add_argument("--compile", action="store_true", help="only compile the catalogues")
    options = parser.parse_args(arguments)
    if options.compile:
        compile_all()
        return 0
    found = find(ROOT / "bot", CODES)
    lines = list(found.faults)
    for language in LANGUAGES:
        if language == SOURCE_LANGUAGE:
            continue
        path = CATALOGUES / language / "LC_MESSAGES" / "sammadag.po"
        catalogue = read(path)
        if options.update and update(catalogue, found.sentences):
            write(path, catalogue)
        lines += [f"{language}: {line}" for line in faults(catalogue, found.sentences)]
    sys.stderr.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
