"""A knowledge folder small enough to be broken in one place at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

FILES: Final[Mapping[str, str]] = {
    "processes.yaml": """\
processes:
  - key: kundreskontra
    code: KR
    name: {sv: Kundreskontra, en: Customer invoices}
    also: [kundfakturor]
  - key: redovisning
    code: RED
    name: {sv: Redovisning, en: Accounting}
""",
    "mailboxes.yaml": """\
mailboxes:
  - key: info
    name: {sv: Info, en: Info}
    address: info@exempelstad.example
    aliases: [ekonomi@exempelstad.example]
    team: red
  - key: kundreskontra
    name: {sv: Kundreskontra, en: Customer invoices}
    address: kundreskontra@exempelstad.example
    process: kundreskontra
""",
    "matters.yaml": """\
matters:
  - key: anstand
    name: {sv: Anstånd, en: More time to pay}
    processes: [kundreskontra]
    urgent: collections
    usually_missing: [invoice_number, new_date]
  - key: ovrigt
    name: {sv: Övrigt, en: Other}
    belongs: any
""",
    "customers.yaml": """\
customers:
  - key: bjorkangen
    name: Björkängen
    kind: district
    abbreviations: [BJÄ]
    domains: [sdf-bjorkangen.exempelstad.example]
  - key: trafik
    name: Trafik- och gatukontoret
    kind: department
    also: [Trafikkontoret]
    domains: [trafik.exempelstad.example]
    since: 2020-01-01
""",
    "links.yaml": """\
sample: true
sender_name: Serviceförvaltningen ekonomi
support_phone: 08-465 004 00
internal_phone: 11 100
web: https://kundwebben.exempelstad.example/
feedback: https://kundwebben.exempelstad.example/synpunkter
""",
    "hours.yaml": """\
zone: Europe/Stockholm
week:
  monday: ["08:00-12:00", "13:00-16:00"]
  friday: ["08:00-15:00"]
""",
    "dunning.yaml": """\
default:
  reminder: {after_days: 5, weekdays: [tuesday], at: "06:00"}
  collection: {after_days: 14, weekdays: [thursday], at: "18:00"}
groups:
  - key: internal
    name: {sv: Egna enheter, en: Own units}
    kinds: [district, department]
    reminder:
      after_days: 10
      weekdays: [monday]
      at: "06:00"
  - key: private
    name: {sv: Privatpersoner, en: Private persons}
    numbers: ["1", "77"]
    collection: {after_days: 20, weekdays: [thursday], at: "18:00", before_days_off: true}
""",
    "payment_runs.yaml": """\
runs:
  - process: redovisning
    weekdays: [tuesday, friday]
    cut_off: "14:00"
    before_days_off: true
  - process: kundreskontra
    weekdays: [monday]
    cut_off: "10:30"
""",
    "registers.yaml": "answer_days: 10\n",
    "lead_times.yaml": "lead_times: [{answer_hours: 17}]\n",
    "retention.yaml": (
        "case_days: 730\nignored_days: 90\nregister_days: 730\nconversation_days: 90\n"
    ),
    "replies.yaml": """\
remind_days: 5
close_days: 10
rules:
  - {mailboxes: [info], send: draft}
""",
    "organisation.yaml": """\
units:
  - key: ekonomi
    name: {sv: Ekonomi, en: Finance}
    processes: [kundreskontra, redovisning]
teams:
  - key: kr
    name: {sv: Team KR, en: Team KR}
    unit: ekonomi
    serves:
      - {process: kundreskontra, default: true}
  - key: kr-trafik
    name: {sv: Team KR trafik, en: Team KR traffic}
    unit: ekonomi
    serves:
      - process: kundreskontra
        customers: [trafik]
  - key: red
    name: {sv: Team RED, en: Team RED}
    unit: ekonomi
    serves:
      - {process: redovisning, default: true}
people:
  - {key: anna, name: Anna Ek, email: anna@exempelstad.example, unit: ekonomi, roles: [unit_head]}
  - {key: bo, name: Bo Gran, email: bo@exempelstad.example, team: kr, slack_id: U0000001}
  - {key: cia, name: Cia Al, email: cia@exempelstad.example, team: kr-trafik}
  - key: dan
    name: Dan Alm
    email: dan@exempelstad.example
    team: red
    absences: [{from: 2026-12-07, to: 2026-12-11}]
""",
    "duty.yaml": """\
posts:
  - mailbox: info
    first_week: 2026-W01
    rota:
      - {answers: dan, substitutes: [bo]}
      - {answers: bo, substitutes: [cia, dan]}
  - mailbox: kundreskontra
    first_week: 2026-W01
    rota:
      - {answers: bo}
    weeks:
      - {from: 2026-W52, to: 2026-W53, answers: cia}
    days:
      - {day: 2026-12-23, answers: dan}
""",
}


def write(folder: Path) -> Path:
    """Write the small folder of knowledge and return it."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def spoil(folder: Path, file: str, right: str, wrong: str) -> None:
    """Replace a text that stands once in a file."""
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(right) == 1
    (folder / file).write_text(text.replace(right, wrong), encoding="utf-8")
