"""The words that stand most often in mails to the service centre, the commonest first.

Folded; counted in ordinary mails. They tell which word of a phrase is worth looking for first.
"""

from __future__ import annotations

COMMON_WORDS = (
    "pa", "hej", "och", "i", "har", "ar", "jag", "for", "den", "vi", "det", "till", "att", "ni",
    "inte", "kan", "fran", "en", "kr", "faktura", "med", "ska", "som", "er", "men", "om", "min",
    "av", "nu", "vill", "sa", "in", "fatt", "far", "behover", "betala", "de", "hos", "gar", "hur",
    "skickat", "var", "skicka", "vara", "mig", "tack", "ett", "detta", "fakturan", "oss", "man",
    "nar", "nr", "du", "fel", "fick", "fa", "upp", "vad", "nagon", "ha", "kommer", "eller",
    "efter", "bifogas", "konto", "belopp", "innan", "ta", "galler", "ratt", "sedan", "kunden",
    "vart", "enligt", "ut", "nytt", "skulle", "under", "vid", "idag", "hela", "per", "ligger",
    "se", "nya", "mail", "ingen", "hon", "be", "utan", "inget", "igen", "star", "kund", "vanlig",
    "halsning", "skickade", "gora", "mvh", "the", "and", "to", "is", "you", "we", "our", "on",
    "have", "not", "your", "please", "this", "from", "it", "my", "invoice", "of", "a", "would",
)  # fmt: skip
