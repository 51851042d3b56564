"""SOAP as EWS speaks it: elements, envelopes, answers and faults."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

S = "http://schemas.xmlsoap.org/soap/envelope/"
M = "http://schemas.microsoft.com/exchange/services/2006/messages"
T = "http://schemas.microsoft.com/exchange/services/2006/types"
E = "http://schemas.microsoft.com/exchange/services/2006/errors"
NAMES = {"s": S, "m": M, "t": T}
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
EMPTY_ON_ERROR = {
    "GetItem": "Items",
    "CreateItem": "Items",
    "UpdateItem": "Items",
    "MoveItem": "Items",
    "GetFolder": "Folders",
    "CreateFolder": "Folders",
}
"""EWS wants the empty payload in an error message too."""

_DROPPED = {code: None for code in range(32) if chr(code) not in "\t\n\r"}


def q(space: str, tag: str) -> str:
    return f"{{{space}}}{tag}"


def element(space: str, tag: str, text: object = None, **attributes: object) -> etree._Element:
    made = etree.Element(
        q(space, tag), {name: str(value) for name, value in attributes.items()}, nsmap=NAMES
    )
    if text is not None:
        made.text = str(text).translate(_DROPPED)
    return made


def add(
    parent: etree._Element, space: str, tag: str, text: object = None, **attributes: object
) -> etree._Element:
    child = element(space, tag, text, **attributes)
    parent.append(child)
    return child


def answer(operation: str, messages: Iterable[etree._Element]) -> etree._Element:
    root = element(M, f"{operation}Response")
    box = add(root, M, "ResponseMessages")
    box.extend(messages)
    return root


def success(operation: str) -> etree._Element:
    message = element(M, f"{operation}ResponseMessage", ResponseClass="Success")
    add(message, M, "ResponseCode", "NoError")
    return message


def failure(operation: str, code: str) -> etree._Element:
    message = element(M, f"{operation}ResponseMessage", ResponseClass="Error")
    add(message, M, "MessageText", "Något gick fel för anna.svensson@exempelstad.example.")
    add(message, M, "ResponseCode", code)
    add(message, M, "DescriptiveLinkKey", "0")
    if operation in EMPTY_ON_ERROR:
        add(message, M, EMPTY_ON_ERROR[operation])
    if operation == "SyncFolderItems":
        add(message, M, "SyncState", "")
        add(message, M, "IncludesLastItemInRange", "true")
    return message


def envelope(payload: etree._Element) -> bytes:
    root = etree.Element(q(S, "Envelope"), nsmap=NAMES)
    head = add(root, S, "Header")
    add(
        head,
        T,
        "ServerVersionInfo",
        MajorVersion=15,
        MinorVersion=2,
        MajorBuildNumber=1118,
        MinorBuildNumber=40,
        Version="V2017_07_11",
    )
    add(root, S, "Body").append(payload)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def fault(code: str, back_off_ms: int | None = None) -> bytes:
    made = etree.Element(q(S, "Fault"), nsmap=NAMES)
    etree.SubElement(made, "faultcode").text = f"a:{code}"
    etree.SubElement(made, "faultstring").text = code
    detail = etree.SubElement(made, "detail")
    etree.SubElement(detail, q(E, "ResponseCode")).text = code
    etree.SubElement(detail, q(E, "Message")).text = code
    if back_off_ms is not None:
        more = etree.SubElement(detail, q(T, "MessageXml"))
        value = etree.SubElement(more, q(T, "Value"), Name="BackOffMilliseconds")
        value.text = str(back_off_ms)
    return envelope(made)
