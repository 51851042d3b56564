"""The Swedish sentences of figures: their names, and how each was counted.

``figure`` and ``counted`` have the same keys, those of `bot.reports.measures`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FIGURES: Final[Mapping[str, str]] = {
    "section.volume": "Volym",
    "section.answer": "Första svar",
    "section.close": "Tid till avslut",
    "section.urgent": "Brådskande ärenden",
    "section.handling": "Handläggning",
    "section.marking": "Märkning av ämnesraden",
    "section.remarks": "Synpunkter",
    "section.units": "Synpunkter per enhet",
    "section.templates": "Mallar i första svaret",
    "section.corrections": "Rättat sedan månaden frystes",
    "by.all": "Alla",
    "by.process": "Process",
    "by.mailbox": "Brevlåda",
    "by.matter": "Ärendetyp",
    "by.customer": "Kund",
    "by.team": "Team",
    "by.channel": "Kanal",
    "by.day": "Dag",
    "by.week": "Vecka",
    "by.month": "Månad",
    "by.tertial": "Tertial",
    "by.year": "År",
    "by.template": "Mall",
    "by.unit": "Enhet",
    "figure.received": "Inkomna",
    "figure.reopened": "Öppnade igen",
    "figure.answered": "Besvarade",
    "figure.closed": "Avslutade",
    "figure.closed_unanswered": "Avslutade utan svar",
    "figure.backlog": "Öppna vid periodens slut",
    "figure.backlog_median_days": "De öppnas ålder, median",
    "figure.backlog_oldest_days": "Det äldsta öppna",
    "figure.answer_work_median": "Första svar, median (arbetstid)",
    "figure.answer_work_p90": "Första svar, nio av tio (arbetstid)",
    "figure.answer_work_mean": "Första svar, medel (arbetstid)",
    "figure.answer_wall_median": "Första svar, median (klocktid)",
    "figure.answer_wall_p90": "Första svar, nio av tio (klocktid)",
    "figure.answer_wall_mean": "Första svar, medel (klocktid)",
    "figure.answered_in_time": "Svar inom ledtiden",
    "figure.same_day": "Svar samma dag",
    "figure.phone_same_day": "Återkoppling samma dag, telefon",
    "figure.close_work_median": "Avslut, median (arbetstid)",
    "figure.close_work_p90": "Avslut, nio av tio (arbetstid)",
    "figure.close_work_mean": "Avslut, medel (arbetstid)",
    "figure.close_wall_median": "Avslut, median (klocktid)",
    "figure.close_wall_p90": "Avslut, nio av tio (klocktid)",
    "figure.close_wall_mean": "Avslut, medel (klocktid)",
    "figure.closed_in_time": "Avslut inom ledtiden",
    "figure.urgent": "Brådskande",
    "figure.urgent_in_time": "Stoppade i tid",
    "figure.urgent_late": "Inte stoppade i tid",
    "figure.urgent_in_time_ore": "Belopp stoppat i tid",
    "figure.urgent_late_ore": "Belopp inte stoppat i tid",
    "figure.went_on": "Gick vidare ändå",
    "figure.went_on_ore": "Belopp som gick vidare",
    "figure.misdirected": "Fel brevlåda",
    "figure.handed_over": "Överlämnade",
    "figure.corrected": "Rättad bedömning",
    "figure.from_template": "Svar från mall",
    "figure.asked_again": "Kunden frågade igen",
    "figure.marked_right": "Rätt märkta",
    "figure.marked_misspelt": "Felstavad märkning",
    "figure.marked_missing": "Utan märkning",
    "figure.marked_wrong": "Fel process i märkningen",
    "figure.remarks": "Synpunkter",
    "figure.complaints": "Varav klagomål",
    "figure.praise": "Varav beröm",
    "counted.received": "Ärenden som kom in under tiden, mejl och telefon.",
    "counted.reopened": "Gånger som ett avslutat ärende öppnades igen under tiden.",
    "counted.answered": (
        "Första svar från en person som gavs under tiden. Kvittenser räknas inte. Ett ärende som "
        "öppnats igen räknas på nytt."
    ),
    "counted.closed": (
        "Avslut under tiden. Avslut som har ångrats räknas inte, inte heller ärenden som slogs "
        "ihop med ett annat."
    ),
    "counted.closed_unanswered": "Avslut under tiden där ingen person hade svarat.",
    "counted.backlog": (
        "Ärenden som hade kommit in och inte var avslutade när periodens sista dag var slut; är "
        "den inte slut än räknas de som är öppna nu."
    ),
    "counted.backlog_median_days": (
        "Kalenderdagar som de öppna ärendena hade legat när periodens sista dag var slut, eller "
        "till i dag om den inte är slut än; hälften hade legat så länge eller kortare."
    ),
    "counted.backlog_oldest_days": (
        "Kalenderdagar som det äldsta öppna ärendet hade legat när periodens sista dag var slut, "
        "eller till i dag om den inte är slut än."
    ),
    "counted.answer_work_median": (
        "Arbetstid från att ärendet kom in, eller öppnades igen, till första svaret från en "
        "person, för svar som gavs under tiden. Hälften fick svar inom den tiden."
    ),
    "counted.answer_work_p90": "Som medianen, men nio av tio fick svar inom den tiden.",
    "counted.answer_work_mean": "Som medianen, men medelvärdet.",
    "counted.answer_wall_median": (
        "Klocktid, nätter och helger inräknade, från att ärendet kom in till första svaret, för "
        "svar som gavs under tiden. Hälften fick svar inom den tiden."
    ),
    "counted.answer_wall_p90": "Som medianen, men nio av tio fick svar inom den klocktiden.",
    "counted.answer_wall_mean": "Som medianen av klocktiden, men medelvärdet.",
    "counted.answered_in_time": (
        "Andel av ärendena som kom in under tiden och fick svar inom den avtalade ledtiden "
        "(lead_times.yaml). De som ännu kan hinna få svar räknas inte, inte heller de som "
        "avslutades utan svar."
    ),
    "counted.same_day": (
        "Andel av ärendena som kom in under tiden och fick svar samma dag. De som kom i dag och "
        "inte har fått svar än räknas inte."
    ),
    "counted.phone_same_day": (
        "Andel av samtalen under tiden där kunden fick återkoppling samma dag, som vi har lovat. "
        "Den som ringer efter stängning är lovad nästa öppna dag."
    ),
    "counted.close_work_median": (
        "Arbetstid från att ärendet kom in, eller öppnades igen, till avslutet, för avslut under "
        "tiden. Hälften avslutades inom den tiden."
    ),
    "counted.close_work_p90": "Som medianen, men nio av tio avslutades inom den tiden.",
    "counted.close_work_mean": "Som medianen av arbetstiden till avslut, men medelvärdet.",
    "counted.close_wall_median": (
        "Klocktid, nätter och helger inräknade, från att ärendet kom in till avslutet, för avslut "
        "under tiden. Hälften avslutades inom den tiden."
    ),
    "counted.close_wall_p90": "Som medianen, men nio av tio avslutades inom den klocktiden.",
    "counted.close_wall_mean": "Som medianen av klocktiden till avslut, men medelvärdet.",
    "counted.closed_in_time": (
        "Andel av avsluten under tiden som gjordes inom den avtalade ledtiden (lead_times.yaml)."
    ),
    "counted.urgent": (
        "Brådskande ärenden vars tidsgräns låg under tiden. De vars gräns inte har passerat räknas "
        "bara om stoppet är bekräftat."
    ),
    "counted.urgent_in_time": (
        "Andel av de brådskande där stoppet bekräftades senast vid tidsgränsen."
    ),
    "counted.urgent_late": "Brådskande där stoppet bekräftades för sent, eller inte alls.",
    "counted.urgent_in_time_ore": (
        "Summan av fakturorna på de ärenden som stoppades i tid, med reskontrans belopp."
    ),
    "counted.urgent_late_ore": (
        "Summan av fakturorna på de ärenden som inte stoppades i tid, med reskontrans belopp."
    ),
    "counted.went_on": (
        "Ärenden vars faktura stod på stopplistan och som ändå visade sig ha gått vidare till "
        "inkasso under tiden."
    ),
    "counted.went_on_ore": "Summan av de fakturor som gick vidare ändå.",
    "counted.misdirected": (
        "Andel av mejlen som öppnade ett ärende under tiden och hörde till en annan process än "
        "brevlådans."
    ),
    "counted.handed_over": (
        "Andel av avsluten under tiden där ärendet hade lämnats över eller flyttats av en person."
    ),
    "counted.corrected": (
        "Andel av avsluten under tiden där en person hade rättat den automatiska bedömningen."
    ),
    "counted.from_template": "Andel av de första svaren under tiden som skrevs från en mall.",
    "counted.asked_again": (
        "Andel av de första svaren under tiden där kunden skrev igen inom tre arbetsdagar."
    ),
    "counted.marked_right": (
        "Andel av mejlen som öppnade ett ärende under tiden och hade rätt processkod i ämnesraden."
    ),
    "counted.marked_misspelt": "Andel där koden var felstavad men gick att förstå.",
    "counted.marked_missing": "Andel där ingen kod fanns.",
    "counted.marked_wrong": "Andel där koden var en annan process än den som ärendet hör till.",
    "counted.remarks": "Synpunkter som registrerades under tiden.",
    "counted.complaints": "Synpunkter under tiden som registrerades som klagomål.",
    "counted.praise": "Synpunkter under tiden som registrerades som beröm.",
}
