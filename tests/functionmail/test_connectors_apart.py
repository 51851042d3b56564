"""Which module of functionmail may import which library, and which other connector."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import functionmail

HOME = Path(functionmail.__file__).parent
MODULES = sorted(HOME.rglob("*.py"))
CONNECTORS = ("exchange", "graph", "imap", "maildir", "memory")
AT_HOME = {
    "exchangelib": "exchange",
    "requests": "exchange",
    "oauthlib": "exchange",
    "msal": "graph",
    "httpx2": "graph",
    "imapclient": "imap",
    "smtplib": "smtp",
}


def imported(path: Path) -> set[str]:
    """Return every module that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def family(path: Path) -> str:
    """Return the first word of a module of the connectors; empty elsewhere."""
    return path.stem.partition("_")[0] if path.parent.name == "connectors" else ""


@pytest.mark.parametrize("library", AT_HOME)
def test_a_library_is_imported_by_its_own_connector_and_nowhere_else(library):
    users = {
        family(path)
        for path in MODULES
        if any(name.partition(".")[0] == library for name in imported(path))
    }
    assert users == {AT_HOME[library]}


@pytest.mark.parametrize("connector", CONNECTORS)
def test_no_module_of_a_connector_imports_one_of_another(connector):
    mine = [path for path in MODULES if family(path) == connector]
    others = {
        f"functionmail.connectors.{path.stem}"
        for path in MODULES
        if family(path) in CONNECTORS and family(path) != connector
    }
    assert mine
    assert {path.name: imported(path) & others for path in mine if imported(path) & others} == {}
