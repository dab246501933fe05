"""Regions have names in both languages."""

from dataclasses import replace

from pydantic import TypeAdapter

from chalicelib.distributors import region_names
from chalicelib.distributors.config import RegionName, Regions
from chalicelib.platform.context import Context
from chalicelib.platform.fields import Region
from tests.support.api import Api


def test_everybody_reads_the_regions_by_name(api: Api) -> None:
    russian = api.call("GET", "/v1/regions", headers={"accept-language": "ru"}).json["items"]
    english = api.call("GET", "/v1/regions", headers={"accept-language": "en"}).json["items"]
    assert len(russian) == 83 and {each["code"] for each in russian} == {each["code"] for each in english}
    assert russian[0] == {"code": "RU-AD", "name": "Адыгея"}
    assert {"code": "RU-MOW", "name": "Moscow"} in english
    assert [each["name"] for each in english] == sorted(each["name"] for each in english)


def test_each_code_is_one_that_forms_take(context: Context) -> None:
    adapter = TypeAdapter(Region)
    assert [adapter.validate_python(code) for code in region_names(context, "ru")]


def test_a_club_adds_regions_of_its_own(context: Context) -> None:
    further = Regions(regions={"KZ-ALA": RegionName(name="Almaty", name_ru="Алматы")})

    class Config:
        def __getitem__(self, section: type) -> Regions:
            return further

    own = replace(context, config=Config())  # type: ignore[arg-type]
    assert region_names(own, "ru")["KZ-ALA"] == "Алматы" and region_names(own, "en")["KZ-ALA"] == "Almaty"
