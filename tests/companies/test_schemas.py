from typing import Any, get_args

import pytest
from pydantic import ValidationError

from chalicelib.companies.model import Company, Role
from chalicelib.companies.schemas import ClaimForm
from chalicelib.platform.access.scopes import COMPANY_ROLES
from tests.companies.steps import KPP, legal_inn, sole_inn


def test_the_roles_are_those_that_carry_scopes() -> None:
    assert set(get_args(Role)) == set(COMPANY_ROLES)


def test_a_legal_entity_is_claimed_with_its_kpp_and_a_sole_trader_without() -> None:
    assert ClaimForm(name="Луч", inn=legal_inn(1), kpp=KPP).kpp == KPP
    assert ClaimForm(name="Петров", inn=sole_inn(1)).kpp is None
    assert ClaimForm(name=" Луч   Плюс ", inn=legal_inn(1), kpp="7701AZ001").name == "Луч Плюс"


@pytest.mark.parametrize("inn", ["77 0708 3893", " 7707083893", "77\u00a00708\u20113893", "7707-083-893"])
def test_codes_are_read_with_the_spaces_and_dashes_that_people_put_into_them(inn: str) -> None:
    claim = ClaimForm(name="Луч", inn=inn, kpp="7701 01 001", region=" ru-mow")
    assert (claim.inn, claim.kpp, claim.region) == ("7707083893", "770101001", "RU-MOW")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"inn": "7707083894"}, "inn", "inn_checksum"),
        ({"inn": "770708389"}, "inn", "string_pattern_mismatch"),
        ({"inn": "٧٧٠٧٠٨٣٨٩٣"}, "inn", "string_pattern_mismatch"),
        ({"inn": 7707083893}, "inn", "string_type"),
        ({"kpp": None}, "kpp", "kpp_required"),
        ({"kpp": "77010100"}, "kpp", "string_pattern_mismatch"),
        ({"kpp": "7701az001"}, "kpp", "string_pattern_mismatch"),
        ({"inn": sole_inn(1)}, "kpp", "kpp_not_expected"),
        ({"name": "«»"}, "name", "name_invalid"),
        ({"name": "Л\u202eуч"}, "name", "name_invalid"),
        ({"name": "x" * 201}, "name", "string_too_long"),
        ({"region": "Москва"}, "region", "region"),
        ({"tier": "gold"}, "tier", "extra_forbidden"),
    ],
)
def test_a_claim_that_cannot_be_names_the_field(change: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ClaimForm.model_validate({"name": "ООО «Луч»", "inn": legal_inn(1), "kpp": KPP, **change})
    assert [(error["loc"], error["type"]) for error in refused.value.errors()] == [((field,), code)]


def test_a_missing_kpp_is_told_when_it_is_left_out_and_not_only_when_it_is_null() -> None:
    with pytest.raises(ValidationError) as refused:
        ClaimForm(name="Луч", inn=legal_inn(1))
    assert refused.value.errors()[0]["loc"] == ("kpp",)


def test_an_item_with_more_than_the_company_is_read_as_the_company() -> None:
    item = {"company_id": "com_1", "name": "Луч", "currency": "RUB", "origin": "import", "created_at": "", "version": 1}
    assert Company.from_item({**item, "pk": "COMPANY#com_1", "event": "company.registered"}) == Company(**item)
