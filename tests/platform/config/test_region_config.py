"""Regions have names in both languages."""

import pytest
from pydantic import TypeAdapter, ValidationError

from chalicelib.platform.config import Config, config
from chalicelib.platform.config.region_config import is_region, region_names
from chalicelib.platform.fields import Region
from tests.support.api import Api


def test_everybody_reads_the_regions_by_name(api: Api) -> None:
    russian = api.call("GET", "/v1/regions", headers={"accept-language": "ru"}).json["items"]
    english = api.call("GET", "/v1/regions", headers={"accept-language": "en"}).json["items"]
    assert len(russian) == 83 and {each["code"] for each in russian} == {each["code"] for each in english}
    assert russian[0] == {"code": "RU-AD", "name": "Адыгея"}
    assert {"code": "RU-MOW", "name": "Moscow"} in english
    assert [each["name"] for each in english] == sorted(each["name"] for each in english)


def test_each_code_is_one_that_forms_take() -> None:
    adapter = TypeAdapter(Region)
    assert [adapter.validate_python(code) for code in region_names(config(), "ru")]


def test_forms_take_no_russian_region_that_nobody_knows() -> None:
    adapter = TypeAdapter(Region)
    with pytest.raises(ValidationError, match="GET /v1/regions lists them"):
        adapter.validate_python("RU-XXX")
    assert adapter.validate_python(" kz-ala ") == "KZ-ALA", "the regions of another country are not told apart"


def test_a_club_adds_regions_of_its_own() -> None:
    names = {"name": "Crimea", "name_ru": "Крым"}
    own = Config({"regions": {"RU-CR": names}})
    assert region_names(own, "ru")["RU-CR"] == "Крым" and region_names(own, "en")["RU-CR"] == "Crimea"
    assert is_region(own, "RU-CR") and not is_region(config(), "RU-CR")
