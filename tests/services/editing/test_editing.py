"""Editors change knowledge and templates: looked at, saved, approved, kept, undone."""

from __future__ import annotations

from datetime import date

import pytest

from bot import knowledge, templates
from bot.edits import ChangeState, DocumentPath, Origin, Touch, TrialState, digest_of
from bot.errors import DataError, IllegalChange, NotFound, UsageError
from bot.services.editing.difference import LineKind
from bot.services.editing.documents import DocumentKind
from bot.services.editing.drafting import Draft
from bot.services.editing.ground import Ground
from bot.services.editing.service import DraftRefused, Editing
from bot.store import schema
from bot.store.engine import open_engine
from bot.store.unit_of_work import Database

pytestmark = pytest.mark.slow

ANNA, BO = "agneta-brandt", "ebba-nyren"
TAGS = DocumentPath("knowledge/tags.yaml")
HOURS = DocumentPath("knowledge/hours.yaml")
RECEIPT = DocumentPath("templates/received/sv/body.txt.j2")
DELAYED = DocumentPath("templates/delayed/sv/body.txt.j2")


@pytest.fixture
def editing(sqlite_url, clock):
    yield from editing_on(sqlite_url, clock)


@pytest.fixture
def editing_on_both(database_url, clock):
    yield from editing_on(database_url, clock)


def editing_on(url, clock):
    engine = open_engine(url)
    schema.upgrade(engine)
    database = Database(engine)
    ground = Ground(knowledge=knowledge.bundled_folder(), templates=templates.bundled_folder())
    yield Editing(database, ground, clock, today=lambda: date(2026, 3, 3))
    database.close()


def draft(editing, path, change, *, note=""):
    """What an editor would send who has read a file and changed its text."""
    read = editing.read(path)
    after = change(read.content or b"")
    return Draft(files={path: after}, seen={path: read.digest}, note=note)


def replaced(old, new):
    def change(content):
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), 1)

    return change


def in_the_letter(text):
    """Add a paragraph at the end of the last block of a letter."""

    def change(content):
        start, end, rest = content.decode().rpartition("{% endblock %}")
        assert end
        return f"{start}\n{text}\n{end}{rest}".encode()

    return change


QUIET = replaced("closed: []", "closed: [2026-05-15]")
"""A change that needs neither a trial nor a colleague."""


def test_the_shipped_documents_are_listed_by_kind_and_titled(editing):
    found = editing.documents()
    by_path = {one.path: one for one in found}
    assert by_path[TAGS].kind is DocumentKind.TAGS
    assert by_path["knowledge/articles/anstand.md"].title == "Anstånd"
    assert by_path["templates/delayed/template.toml"].title == "Försening"
    kinds = [one.kind for one in found]
    assert kinds == sorted(kinds, key=list(DocumentKind).index)


def test_people_and_mailboxes_and_learned_weights_are_no_documents(editing):
    paths = {one.path for one in editing.documents()}
    assert "knowledge/organisation.yaml" not in paths
    assert "knowledge/mailboxes.yaml" not in paths
    assert not any(path.startswith("knowledge/learned/") for path in paths)


@pytest.mark.parametrize(
    "path",
    [
        "knowledge/../secret.yaml",
        "/etc/passwd",
        "knowledge/organisation.yaml",
        "templates/../../x.toml",
        "knowledge/articles/.hidden.md",
        "knowledge/a.yaml\n",
        "knowledge/" + "a/" * 90 + "a.yaml",
        "knowledge/tags.yaml/../x.yaml",
    ],
)
def test_a_path_that_is_no_document_is_refused_unrepeated(editing, path):
    with pytest.raises(NotFound):
        editing.read(path)
    with pytest.raises(UsageError) as refused:
        editing.look(Draft(files={DocumentPath(path): b"x: 1\n"}))
    assert path not in str(refused.value)


@pytest.mark.parametrize(
    "path", ["knowledge/zzz.yaml", "knowledge/people.yaml", "knowledge/x/y.yaml"]
)
def test_a_new_file_that_nothing_reads_is_refused(editing, path):
    with pytest.raises(NotFound):
        editing.read(path)
    with pytest.raises(NotFound):
        editing.look(Draft(files={DocumentPath(path): b"a: 1\n"}))


def test_a_file_too_large_or_in_no_utf8_is_refused(editing):
    for content in (b"x" * 600_000, b"\xff\xfe"):
        with pytest.raises(DataError):
            editing.look(Draft(files={HOURS: content}))


def test_a_change_that_touches_nothing_holds_at_once_byte_for_byte(editing_on_both):
    editing = editing_on_both
    wanted = draft(editing, HOURS, QUIET, note="Klämdag")
    change = editing.save(wanted, by=ANNA)
    assert (change.state, change.trial_state, change.reasons) == (
        ChangeState.OPEN,
        TrialState.NEEDLESS,
        frozenset(),
    )
    assert editing.read(HOURS).version is None
    held = editing.put_in_force(change.id, by=ANNA)
    assert (held.number, held.settled_by, held.note) == (1, ANNA, "Klämdag")
    assert editing.read(HOURS).content == wanted.files[HOURS]
    assert editing.read(HOURS).version == held


def test_a_fault_is_named_with_its_line_and_nothing_is_stored(editing):
    wrong = draft(editing, HOURS, replaced("closed: []", "closed: [i morgon]"))
    look = editing.look(wrong)
    line = 1 + wrong.files[HOURS].decode().splitlines().index("closed: [i morgon]")
    assert [(fault.file, fault.line) for fault in look.faults] == [(HOURS, line)]
    with pytest.raises(DraftRefused):
        editing.save(wrong, by=ANNA)
    assert editing.waiting() == []


def test_a_fault_in_a_template_is_named_by_its_document_and_no_folder(editing):
    wrong = draft(editing, DELAYED, lambda content: content + b"{{ nothing }}\n")
    (fault,) = editing.look(wrong).faults
    assert fault.file == DELAYED


def test_a_template_that_leaves_the_sandbox_is_refused(editing):
    wrong = draft(editing, DELAYED, in_the_letter("{{ ''.__class__.__mro__[1].mro() }}"))
    assert editing.look(wrong).faults


@pytest.mark.parametrize(
    ("path", "change", "why"),
    [
        (RECEIPT, lambda content: content + b"Hej.\n", Touch.AUTOMATIC_LETTER),
        ("templates/_base/sv/body.txt.j2", lambda content: b"\n" + content, Touch.AUTOMATIC_LETTER),
        ("knowledge/replies.yaml", replaced("tips: true", "tips: false"), Touch.SENDING_RULES),
        ("knowledge/links.yaml", replaced("465 004 00", "465 004 01"), Touch.SIGNATURE),
        (
            "knowledge/matters.yaml",
            replaced("urgent: collections\n", "urgent: no\n"),
            Touch.MATTERS,
        ),
        (
            "knowledge/lexicon/matters/anstand.yaml",
            replaced("  grace period\n", "  grace period\n  respitdagar\n"),
            Touch.PHRASES,
        ),
    ],
)
def test_what_touches_urgency_or_automatic_replies_asks_for_a_colleague(editing, path, change, why):
    look = editing.look(draft(editing, DocumentPath(path), change))
    assert why in look.touches


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (TAGS, replaced("[KUND,", "[KUNDEN, KUND,")),
        (HOURS, QUIET),
        (DELAYED, lambda content: content + b"Hej.\n"),
        ("knowledge/matters.yaml", replaced("sv: Fakturering,", "sv: Faktureringen,")),
    ],
)
def test_what_touches_neither_asks_for_nobody(editing, path, change):
    look = editing.look(draft(editing, DocumentPath(path), change))
    assert look.touches == frozenset()


def test_nobody_approves_their_own(editing):
    change = editing.save(
        draft(editing, DocumentPath("knowledge/links.yaml"), replaced("11 100", "11 101")), by=ANNA
    )
    with pytest.raises(IllegalChange):
        editing.put_in_force(change.id, by=ANNA)
    held = editing.put_in_force(change.id, by=BO)
    assert (held.author, held.settled_by) == (ANNA, BO)


def test_a_change_that_alters_how_mail_is_read_waits_for_its_trial(editing):
    change = editing.save(draft(editing, TAGS, replaced("[KUND,", "[KUNDEN, KUND,")), by=ANNA)
    assert change.trial_state is TrialState.WAITING
    with pytest.raises(IllegalChange):
        editing.put_in_force(change.id, by=ANNA)


def test_the_letter_is_shown_with_advice_on_plain_language(editing):
    hard = "Erforderliga åtgärder har vidtagits avseende handläggningen. " * 3
    look = editing.look(draft(editing, DELAYED, in_the_letter(hard)))
    (swedish,) = [one for one in look.letters if one.language == "sv"]
    assert swedish.template == "delayed"
    assert "Erforderliga" in swedish.preview.rendered.text
    assert swedish.preview.findings


def test_who_saves_on_an_older_text_than_what_holds_is_told(editing):
    first, second = (
        draft(editing, HOURS, QUIET),
        draft(editing, HOURS, replaced("closed: []", "closed: [2026-05-22]")),
    )
    editing.put_in_force(editing.save(first, by=ANNA).id, by=ANNA)
    with pytest.raises(IllegalChange):
        editing.save(second, by=BO)


def test_of_two_open_changes_to_a_file_only_one_comes_into_force(editing):
    first = editing.save(draft(editing, HOURS, QUIET), by=ANNA)
    second = editing.save(
        draft(editing, HOURS, replaced("closed: []", "closed: [2026-05-22]")), by=BO
    )
    editing.put_in_force(first.id, by=ANNA)
    with pytest.raises(IllegalChange):
        editing.put_in_force(second.id, by=BO)


def test_two_changes_that_are_right_alone_and_wrong_together_do_not_both_hold(editing):
    definition = DocumentPath("templates/delayed/template.toml")
    field = """
[fields.link_interface]
type = "link"
link = "granssnitt"
required = false
about = "Sidan"
sample = "https://kundwebben.exempelstad.example/granssnitt"
"""
    uses = editing.save(draft(editing, definition, lambda now: now + field.encode()), by=ANNA)
    links = DocumentPath("knowledge/links.yaml")
    gone = editing.save(draft(editing, links, replaced("key: granssnitt", "key: annat")), by=ANNA)
    editing.put_in_force(uses.id, by=ANNA)
    with pytest.raises(DraftRefused):
        editing.put_in_force(gone.id, by=BO)


def test_undoing_makes_one_more_version_with_what_was_before(editing_on_both):
    editing = editing_on_both
    before = editing.read(HOURS).content
    change = editing.put_in_force(editing.save(draft(editing, HOURS, QUIET), by=ANNA).id, by=ANNA)
    undone = editing.undo(change.id, by=BO)
    assert (undone.origin, undone.undoes) == (Origin.UNDO, change.id)
    editing.put_in_force(undone.id, by=BO)
    assert editing.read(HOURS).content == before
    assert [one.number for one in editing.versions(path=HOURS)] == [2, 1]


def test_a_version_beneath_a_later_one_is_not_undone(editing):
    first = editing.put_in_force(editing.save(draft(editing, HOURS, QUIET), by=ANNA).id, by=ANNA)
    later = draft(editing, HOURS, replaced("2026-05-15", "2026-05-22"))
    editing.put_in_force(editing.save(later, by=ANNA).id, by=ANNA)
    with pytest.raises(IllegalChange):
        editing.undo(first.id, by=BO)


def test_a_new_article_can_be_added_and_taken_back(editing):
    path = DocumentPath("knowledge/articles/nytt-amne.md")
    content = (
        (editing.read("knowledge/articles/ovrigt.md").content or b"")
        .replace(b"  sv: ", b"  sv: Nytt ", 1)
        .replace(b"  en: ", b"  en: New ", 1)
    )
    change = editing.save(Draft(files={path: content}), by=ANNA)
    editing.put_in_force(change.id, by=ANNA)
    assert path in {one.path for one in editing.documents()}
    editing.put_in_force(editing.undo(change.id, by=ANNA).id, by=ANNA)
    assert path not in {one.path for one in editing.documents()}
    assert editing.read(path).content is None


def test_an_open_change_is_withdrawn_by_its_author_and_refused_by_a_colleague(editing):
    own, other = (editing.save(draft(editing, HOURS, QUIET), by=ANNA) for _ in range(2))
    assert editing.refuse(own.id, by=ANNA).state is ChangeState.WITHDRAWN
    assert editing.refuse(other.id, by=BO).state is ChangeState.REFUSED
    with pytest.raises(IllegalChange):
        editing.put_in_force(own.id, by=BO)


def test_the_difference_is_shown_line_by_line(editing):
    change = editing.save(draft(editing, HOURS, QUIET), by=ANNA)
    (lines,) = editing.differences(change.id).values()
    kinds = [(line.kind, line.text) for line in lines if line.kind in (LineKind.GONE, LineKind.NEW)]
    assert kinds == [(LineKind.GONE, "closed: []"), (LineKind.NEW, "closed: [2026-05-15]")]


def test_the_export_holds_every_file_byte_for_byte_as_it_was_saved(editing, tmp_path):
    wanted = draft(editing, HOURS, QUIET)
    editing.put_in_force(editing.save(wanted, by=ANNA).id, by=ANNA)
    assert editing.export(tmp_path / "out") == 1
    assert (tmp_path / "out" / HOURS).read_bytes() == wanted.files[HOURS]
    shipped = knowledge.bundled_folder() / "tags.yaml"
    assert (tmp_path / "out" / TAGS).read_bytes() == shipped.read_bytes()
    with pytest.raises(DataError):
        editing.export(tmp_path / "out")


def test_a_digest_tells_contents_apart_and_no_file_from_an_empty_one():
    assert digest_of(b"") != digest_of(b" ")
    assert digest_of(None) is None
