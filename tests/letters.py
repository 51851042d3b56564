"""Letters whose subject tag says what they are, so that no story hangs on a turn of phrase."""

from __future__ import annotations

from typing import Any

ORDINARY: dict[str, Any] = {
    "subject": "[KR] Kundregister – ny adress",
    "text": "Hej!\n\nVår förening har fått ny adress. Kan ni ändra den i kundregistret?\n\nKarin",
}
URGENT_INVOICE: dict[str, Any] = {
    "subject": "[KR] Anstånd – faktura 40012345",
    "text": "Hej!\n\nVi har godkänt anstånd med faktura 40012345 till den 30 april. "
    "Kan ni lägga in det innan den går till inkasso?\n\nKarin",
}
URGENT_PAYMENT: dict[str, Any] = {
    "subject": "[LR] Stoppa utbetalning",
    "text": "Hej!\n\nBankgironumret på fakturan är fel. Stoppa utbetalningen!\n\nKarin",
}
PROTECTED: dict[str, Any] = {
    "subject": "[KR] Anstånd – faktura 40012345",
    "text": "Hej!\n\nJag ber om anstånd med faktura 40012345. Mitt personnummer är "
    "19900101-2384.\n\nKarin",
}
ENGLISH: dict[str, Any] = {
    "subject": "[KR] Customer register – new address",
    "text": "Hello,\n\nOur association has moved. Could you please change the address that "
    "you have for us in your register of customers?\n\nKind regards\nKarin",
}
NO_NUMBER: dict[str, Any] = {
    "subject": "[KR] Återbetalning",
    "text": "Hej!\n\nVi har betalat fakturan två gånger och vill ha pengarna tillbaka. Kan ni "
    "betala tillbaka det som blev för mycket?\n\nKarin",
}
NO_NUMBER_NO_DATE: dict[str, Any] = {
    "subject": "Anstånd",
    "text": "Hej!\n\nVi ber om anstånd med fakturan. Den får inte gå till inkasso!\n\nKarin",
}
FOR_SUPPLIERS: dict[str, Any] = {
    "subject": "[LR] Leverantörsfaktura",
    "text": "Hej!\n\nNär betalas vår leverantörsfaktura 1047? Vi skickade den för en månad sedan "
    "och har inte fått betalt.\n\nKarin",
}
UNTAGGED: dict[str, Any] = {
    "subject": "Ny adress i kundregistret",
    "text": "Hej!\n\nVår förening har fått ny adress. Kan ni ändra den i kundregistret?\n\nKarin",
}
