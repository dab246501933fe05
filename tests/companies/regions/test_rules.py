import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import TypeAdapter

from chalicelib.companies.regions.rules import _CODES, _ZONES, region_of, zone_of
from chalicelib.platform.fields import Region


def test_the_kpp_tells_the_region_before_the_inn() -> None:
    assert region_of("7707083893", "780101001") == "RU-SPE"
    assert region_of("7707083893", None) == "RU-MOW"
    assert region_of("502200123456", None) == "RU-MOS"


def test_a_big_taxpayer_is_where_its_inn_was_given() -> None:
    assert region_of("7707083893", "997950001") == "RU-MOW"


def test_a_foreign_company_has_no_region_of_the_tax_office() -> None:
    assert region_of("9909012345", "997950001") is None
    assert region_of(None, None) is None


@given(some.from_regex(re.compile(r"^[0-9]{10}$", re.ASCII)), some.none() | some.from_regex(r"\A[0-9]{9}\Z"))
def test_every_region_is_one_that_a_company_may_have(inn: str, kpp: str | None) -> None:
    if region := region_of(inn, kpp):
        TypeAdapter(Region).validate_python(region)


@pytest.mark.parametrize(
    ("region", "zone"),
    [
        ("RU-PRI", "Asia/Vladivostok"),
        ("RU-MOW", "Europe/Moscow"),
        ("RU-KGD", "Europe/Kaliningrad"),
        ("BY-MI", None),
        (None, None),
    ],
)
def test_a_region_of_russia_has_its_time(region: str | None, zone: str | None) -> None:
    assert zone_of(region) == zone


def test_every_zone_is_one() -> None:
    assert all(ZoneInfo(zone) for zone in _ZONES)
    assert {region for regions in _ZONES.values() for region in regions.split()} - {"RU"} <= {
        f"RU-{code}" for code in _CODES.values()
    }
