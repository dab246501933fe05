from dataclasses import dataclass
from datetime import date, timedelta
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.companies import rules as companies_rules
from chalicelib.companies.model import FirmMember
from tests.companies.steps import legal_inn, sole_inn

TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Someone:
    member_id: str
    role: str | None
    status: str


SOMEONE = st.builds(
    Someone,
    member_id=st.sampled_from("abcdef"),
    role=st.sampled_from(["owner", "buyer", "accountant", "engineer", None]),
    status=st.sampled_from(["pending", "active"]),
)


@given(st.integers(0, 9_999_999), st.integers(0, 9_999_999))
def test_an_inn_with_its_check_digits_is_valid_whoever_has_it(legal: int, sole: int) -> None:
    assert companies_rules.inn_is_valid(legal_inn(legal)) and companies_rules.inn_is_valid(sole_inn(sole))


@given(st.integers(0, 9_999_999), st.integers(1, 9))
def test_an_inn_with_another_last_digit_is_not(number: int, shift: int) -> None:
    for inn in (legal_inn(number), sole_inn(number)):
        assert not companies_rules.inn_is_valid(inn[:-1] + str((int(inn[-1]) + shift) % 10))


@pytest.mark.parametrize("inn", ["0000000000", "000000000000", "", "77", "77070838930", "770708389x"])
def test_what_no_tax_office_ever_gave_is_no_inn(inn: str) -> None:
    assert not companies_rules.inn_is_valid(inn)


def test_legal_entities_have_a_kpp_and_sole_traders_have_none() -> None:
    assert companies_rules.needs_kpp(legal_inn(1)) and not companies_rules.needs_kpp(sole_inn(1))


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("ООО «Ромашка»", "ромашка"),
        ('ПАО "Сбербанк"', "сбербанк"),
        ("ИП Петров А. Б.", "петров а. б."),
        ("  Acme   Ltd ", "acme ltd"),
        ("ООО", "ооо"),
        ("А.О. Рога", "а.о. рога"),
        ("Straße", "strasse"),
    ],
)
def test_a_company_is_listed_where_people_look_for_it(name: str, listed: str) -> None:
    assert companies_rules.listed_as(name) == listed


@given(st.text(max_size=400))
def test_the_name_in_a_list_always_fits_a_key(name: str) -> None:
    assert len(companies_rules.listed_as(name).encode("utf-8", "surrogatepass")) <= 900


@given(st.text(alphabet="абвгд", min_size=1, max_size=10), st.text(alphabet="абвгд", max_size=10))
def test_the_beginning_of_a_name_finds_it(begins: str, rest: str) -> None:
    assert companies_rules.listed_as(f"ООО «{begins}{rest}»").startswith(companies_rules.listed_as(begins))


@given(st.lists(SOMEONE, unique_by=lambda each: each.member_id), st.sampled_from("abcdef"))
def test_another_owner_is_active_and_somebody_else_whenever_there_is_one(people: list[Someone], member: str) -> None:
    others = {each.member_id for each in people if each.status == "active" and each.role == "owner"} - {member}
    found = companies_rules.another_owner(people, member)
    assert found in others if others else found is None


def test_data_goes_stale_the_day_after_it_was_fresh_for_the_last_time() -> None:
    last = {"phone": TODAY - timedelta(days=730)}
    assert companies_rules.stale(last, TODAY, 730) == []
    assert companies_rules.stale(last, TODAY + timedelta(days=1), 730) == ["phone"]
    assert companies_rules.stale({"phone": None}, TODAY, 730) == []


FACTS = st.sampled_from(["name", "email_confirmed", "phone", "company_named", "company_confirmed"])


@given(st.lists(FACTS, unique=True), st.dictionaries(FACTS, st.booleans()), st.lists(FACTS))
def test_missing_is_what_is_wanted_and_not_there_or_stale(
    wanted: list[str], facts: dict[str, bool], stale: list[str]
) -> None:
    missing = companies_rules.missing(wanted, facts, stale)
    assert missing == [fact for fact in wanted if fact in missing]  # in the order of the rule
    for fact in wanted:
        assert (fact in missing) == (fact in stale or not facts.get(fact))
    assert companies_rules.missing(wanted, dict.fromkeys(wanted, True), []) == []


# --- one identity for a customer ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "ООО «Ромашка и Ёж»",
        "Ромашка и еж, ООО",
        "РОМАШКА  И ЁЖ (ООО)",
        normalize("NFD", "Общество с ограниченной ответственностью “Ромашка и ёж”"),
        "OOO Ромашка и еж",
    ],
)
def test_quotes_legal_form_and_letters_do_not_make_another_name(name: str) -> None:
    assert companies_rules.name_key(name) == "ромашка и еж, ооо"


def test_another_legal_form_is_another_name() -> None:
    assert companies_rules.name_key("ИП Ромашка") != companies_rules.name_key("ООО Ромашка")


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (("к-1 ", "Луч", "", ""), "К-1"),
        (("000123", "Луч", legal_inn(1), ""), "123"),
        (("00-000123", "Луч", "", ""), "00-000123"),
        (("", "Луч", legal_inn(1), "770101001"), f"inn:{legal_inn(1)}/770101001"),
        (("", "Луч", sole_inn(1), ""), f"inn:{sole_inn(1)}"),
        (("", "ООО Луч", "", ""), "name:луч, ооо"),
    ],
)
def test_a_customer_is_named_by_code_or_inn_or_name(given: tuple[str, str, str, str], key: str) -> None:
    assert companies_rules.customer_key(*given) == key


def test_names_of_any_length_have_keys_that_fit_and_differ() -> None:
    """Folded, this letter has six bytes, and a sort key holds 1,024."""
    one, other = (companies_rules.customer_key("", "ΐ" * 299 + last, "", "") for last in "ab")
    assert one != other and max(len(one), len(other)) < 100
    assert companies_rules.customer_key("", "я" * 300, "", "") == f"name:{'я' * 300}"


K1, K2, INN_ALONE = (FirmMember(kpp, f"com_{kpp}", "RUB") for kpp in ("1", "2", ""))


@pytest.mark.parametrize(
    ("members", "kpp", "matched"),
    [
        ([], "1", []),
        ([K1], "1", [K1]),
        ([K1], "2", []),
        ([K1], "", [K1]),
        ([K1, K2], "", [K1, K2]),
        ([INN_ALONE], "1", [INN_ALONE]),
        ([INN_ALONE], "", [INN_ALONE]),
        ([INN_ALONE, K1], "2", []),
        ([K1, FirmMember("2", "com_1", "RUB")], "", [FirmMember("2", "com_1", "RUB")]),
    ],
)
def test_an_inn_and_a_kpp_mean_a_company(members: list[FirmMember], kpp: str, matched: list[FirmMember]) -> None:
    assert companies_rules.match_firm(members, kpp) == matched
