"""What people are told about a value that a model refuses."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import pytest
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from bot.errors import BadValue, Saying
from bot.texts import speaker
from bot.texts.bad_values import FAULTS, not_toml, toml_line, what_is_wrong

SECRET = "sesam-öppna-dig"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Tool(BaseModel):
    key: str


def refuse(value: str) -> str:
    raise BadValue("{day} är både öppen och stängd", day="i dag")


def strange(value: str) -> str:
    raise PydanticCustomError("never_seen", "an English sentence")


def fault(annotation: object, value: object, *, strict: bool = False) -> Saying:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value, strict=strict)
    first = caught.value.errors(include_url=False, include_input=False)[-1]
    return what_is_wrong(first["type"], first.get("ctx", {}))


@pytest.mark.parametrize(
    ("annotation", "value", "said"),
    [
        (int, SECRET, "ska vara ett heltal"),
        (int, 1.5, "ska vara ett heltal"),
        (float, SECRET, "ska vara ett tal"),
        (bool, SECRET, "ska vara true eller false"),
        (str, 7, "ska vara en text; sätt citattecken omkring"),
        (Colour, SECRET, "ska vara något av: red, blue"),
        (Literal["auto", "json"], SECRET, "ska vara något av: auto, json"),
        (Annotated[int, Field(gt=0)], -1, "ska vara större än 0"),
        (Annotated[int, Field(ge=1, le=3)], 9, "ska vara högst 3"),
        (Annotated[int, Field(ge=1)], 0, "ska vara minst 1"),
        (Annotated[int, Field(lt=3)], 3, "ska vara mindre än 3"),
        (Annotated[str, Field(min_length=1)], "", "är för kort; minst 1 tecken behövs"),
        (Annotated[str, Field(max_length=3)], SECRET, "är för långt; högst 3 tecken får plats"),
        (Annotated[str, Field(pattern="^[a-z]$")], SECRET, "har fel form"),
        (Annotated[tuple[int, ...], Field(min_length=1)], (), "minst 1 behövs"),
        (tuple[int, ...], SECRET, "ska vara en lista"),
        (list[int], SECRET, "ska vara en lista"),
        (Mapping[str, int], SECRET, "ska vara nycklar med värden"),
        (dict[str, int], SECRET, "ska vara nycklar med värden"),
        (Tool, SECRET, "ska vara nycklar med värden"),
        (Tool, {}, "saknas"),
        (date, SECRET, "ska vara en dag"),
        (time, SECRET, "ska vara ett klockslag"),
        (AwareDatetime, SECRET, "ska vara en tidpunkt"),
        (AwareDatetime, datetime(2026, 1, 1), "ska vara en tidpunkt"),  # noqa: DTZ001
        (ZoneInfo, SECRET, "är ingen känd tidszon"),
        (Path, 7, "ska vara en sökväg"),
        (Annotated[str, AfterValidator(refuse)], SECRET, "i dag är både öppen och stängd"),
    ],
)
def test_a_fault_is_said_in_swedish_without_the_value(annotation, value, said):
    told = str(fault(annotation, value))
    assert said in told
    assert SECRET not in told


def test_a_fault_that_the_table_lacks_is_named_by_its_type_only():
    told = str(fault(Annotated[str, AfterValidator(strange)], SECRET))
    assert told == "värdet passar inte här (never_seen)"


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_every_fault_has_an_english_sentence(kind):
    values = {"gt": 1, "ge": 1, "lt": 1, "le": 1, "min_length": 1, "max_length": 1}
    saying = what_is_wrong(kind, {**values, "expected": "'a' or 'b'"})
    assert speaker("en").saying(saying) != str(saying)


@pytest.mark.parametrize(
    ("text", "line"), [("a = 1\nb = \n", 2), ("x = [1\n", None), ("a = 1\na = 2\n", 2)]
)
def test_a_file_that_is_not_toml_names_the_line_where_it_is_known(text, line):
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    assert toml_line(caught.value) == line
    assert str(not_toml()).startswith("är inte TOML")
