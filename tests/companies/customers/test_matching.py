from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.companies import staff, store
from chalicelib.companies.company import read_company
from chalicelib.companies.customers import matching
from chalicelib.companies.customers.matching import known_customers, name_customers, new_companies
from chalicelib.companies.model import CustomerRef
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Busy, Transaction
from tests.companies.steps import (
    KPP,
    appoint_manager,
    claim,
    company_of,
    confirm,
    join,
    legal_inn,
    sole_inn,
    whole_table,
)
from tests.support.crashes import Interruption, crashes, empty_account, lost_replies, races
from tests.support.customers import customer_companies
from tests.support.spent import calls_counted


def ref(customer: str, inn: str | None = None, kpp: str | None = None, name: str | None = None) -> CustomerRef:
    return CustomerRef(customer=customer, name=name or f"Customer {customer}", inn=inn, kpp=kpp, currency="RUB")


def many(count: int) -> list[CustomerRef]:
    """Customers of a file, some known by INN, a few of them branches' other names."""
    return [
        ref(str(number), legal_inn(number // 2), KPP) if number % 10 < 2 else ref(str(number))
        for number in range(count)
    ]


@pytest.fixture
def small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few customers make many transactions."""
    monkeypatch.setattr(matching, "MOST_OPERATIONS", 10)


def companies_of(context: Context) -> list[str]:
    return [item["company_id"] for item in whole_table(context.table) if item["sk"] == "PROFILE"]


def test_an_unknown_customer_becomes_a_company_and_stays_that_company(context: Context) -> None:
    anna, boris = ref("1", name="  ООО   «Луч» "), ref("2", sole_inn(1))
    made = customer_companies(context, "1c", [anna, boris, anna])
    assert customer_companies(context, "1c", [boris, anna]) == made and len(companies_of(context)) == 2
    first = company_of(context, made[anna])
    assert (first.name, first.inn, first.currency, first.origin) == ("ООО «Луч»", None, "RUB", "import")
    assert company_of(context, made[boris]).inn == sole_inn(1)
    assert [each.company_id for each in staff.find_by_customer(context, "1c", "1")] == [made[anna]]


def test_another_source_has_customers_of_its_own(context: Context) -> None:
    here, there = customer_companies(context, "1c", [ref("1")]), customer_companies(context, "shop", [ref("1")])
    assert here[ref("1")] != there[ref("1")] and staff.find_by_customer(context, "crm", "1") == []


def test_customers_with_one_inn_and_kpp_are_one_company_in_one_file_and_across_sources(context: Context) -> None:
    twice = customer_companies(context, "1c", [ref("1", legal_inn(1), KPP), ref("2", legal_inn(1), KPP)])
    branch = customer_companies(context, "1c", [ref("3", legal_inn(1), "780201001")])
    other = customer_companies(context, "shop", [ref("x", legal_inn(1), KPP)])
    assert len({*twice.values(), *other.values()}) == 1 and set(branch.values()).isdisjoint(twice.values())


def test_a_file_finds_the_company_that_a_member_named_before_and_leaves_its_name(context: Context) -> None:
    company_id = claim(context, join(context, "Anna"), name="ООО «Луч»")
    found = customer_companies(context, "1c", [ref("1", legal_inn(1), KPP, name="Luch LLC")])
    assert list(found.values()) == [company_id] and company_of(context, company_id).name == "ООО «Луч»"


def test_a_member_finds_the_company_that_a_file_made(context: Context) -> None:
    (company_id,) = customer_companies(context, "1c", [ref("1", legal_inn(1), KPP)]).values()
    assert claim(context, join(context, "Anna")) == company_id


@pytest.mark.parametrize(("inn", "kpp"), [("7700000000", KPP), ("", ""), ("нет", None)])
def test_an_inn_that_identifies_nobody_is_not_kept(context: Context, inn: str, kpp: str | None) -> None:
    made = customer_companies(context, "1c", [ref("1", inn, kpp), ref("2", inn, kpp)])
    assert len(set(made.values())) == 2
    assert all(company_of(context, company_id).inn is None for company_id in made.values())


def test_a_customer_that_is_described_in_two_ways_is_one(context: Context) -> None:
    made = customer_companies(context, "1c", [ref("1", name="Luch"), ref("1", name="Luch LLC")])
    assert len(made) == 2 and len(set(made.values())) == 1
    assert company_of(context, made[ref("1", name="Luch")]).name == "Luch"


def test_a_customer_without_a_name_is_named_by_the_file_s_word_for_it(context: Context) -> None:
    (company_id,) = customer_companies(context, "1c", [CustomerRef("17", " ", None, None, "RUB")]).values()
    assert company_of(context, company_id).name == "17"


def test_hundreds_are_made_in_few_calls_and_found_in_fewer(context: Context) -> None:
    refs = many(110)
    with calls_counted(context.table.client) as calls:
        made = customer_companies(context, "1c", refs)
    assert calls.count("BatchGetItem") == 3 and calls.count("TransactWriteItems") == 3
    assert len(made) == 110 and len(set(made.values())) == len(companies_of(context)) == 99
    with calls_counted(context.table.client) as calls:
        assert customer_companies(context, "1c", refs) == made
    assert calls == ["BatchGetItem"] * 2


def test_one_company_may_have_more_customers_than_a_transaction_holds(
    context: Context, small_transactions: None
) -> None:
    refs = [ref(str(number), legal_inn(1), KPP) for number in range(90)]
    assert len(set(customer_companies(context, "1c", refs).values())) == 1


def test_what_would_be_made_is_told_before_and_is_what_is_made_then(context: Context) -> None:
    customer_companies(context, "1c", [ref("known", legal_inn(0), KPP)])
    refs = many(25)
    parts = [new_companies(context, "1c", refs[:7]).made, new_companies(context, "1c", refs[7:]).made]
    before = len(companies_of(context))
    customer_companies(context, "1c", refs)
    assert len(parts[0] | parts[1]) == len(companies_of(context)) - before == 21


def test_who_made_a_company_is_kept_with_one_of_its_customers(context: Context) -> None:
    refs = [ref("1", legal_inn(1), KPP), ref("2", legal_inn(1), KPP), ref("3")]
    customer_companies(context, "1c", refs[:1], maker="first import")
    customer_companies(context, "1c", [*refs, ref("4")], maker="second import")
    known = known_customers(context, "1c", ["1", "2", "3", "4", "5"])
    makers = {customer: each.made_by for customer, each in known.items()}
    assert makers == {"1": "first import", "2": None, "3": "second import", "4": "second import"}


def test_the_currency_that_a_customers_company_buys_in_is_told(context: Context) -> None:
    claim(context, join(context, "Anna"))
    pounds = [
        CustomerRef(each, "Lamps", inn, KPP, "GBP")
        for each, inn in [("uk", None), ("1", legal_inn(1)), ("2", legal_inn(2))]
    ]
    customer_companies(context, "1c", pounds)
    known = known_customers(context, "1c", ["uk", "1", "2"])
    assert {customer: each.currency for customer, each in known.items()} == {"uk": "GBP", "1": "RUB", "2": "GBP"}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 9), st.sampled_from([None, 1, 2])), max_size=12), min_size=1, max_size=4
    )
)
def test_whatever_the_files_say_each_customer_and_each_inn_has_one_company(
    context: Context, batches: list[list[tuple[int, int | None]]]
) -> None:
    empty_account()
    known: dict[str, str] = {}
    by_inn: dict[str, str] = {}
    for batch in batches:
        refs = [ref(str(number), legal_inn(inn) if inn else None, KPP if inn else None) for number, inn in batch]
        for each, company_id in customer_companies(context, "1c", refs).items():
            assert known.setdefault(each.customer, company_id) == company_id
            found = read_company(context, company_id)
            assert found is not None
            if found.inn:
                assert by_inn.setdefault(found.inn, company_id) == company_id


# --- one firm, whichever way files name it -----------------------------------------------------------------------------


def one(context: Context, named: CustomerRef) -> str:
    """The company of this customer."""
    return customer_companies(context, "1c", [named])[named]


def test_an_inn_is_one_company_with_its_kpp_and_without(context: Context) -> None:
    with_kpp = one(context, ref("inn:1/kpp", legal_inn(1), KPP))
    assert one(context, ref("inn:1", legal_inn(1))) == with_kpp
    without = one(context, ref("inn:2", legal_inn(2)))
    assert one(context, ref("inn:2/kpp", legal_inn(2), KPP)) == without
    assert company_of(context, without).kpp == KPP
    assert one(context, ref("sole", sole_inn(1), KPP)) == one(context, ref("sole too", sole_inn(1)))


def test_inn_with_and_without_kpp_in_one_file_is_one_company(context: Context) -> None:
    made = customer_companies(context, "1c", [ref("1", legal_inn(1)), ref("2", legal_inn(1), KPP)])
    assert len(set(made.values())) == 1
    assert company_of(context, made[ref("1", legal_inn(1))]).kpp == KPP


def test_an_inn_that_several_branches_have_means_none_of_them(context: Context) -> None:
    branches = customer_companies(context, "1c", [ref("1", legal_inn(1), KPP), ref("2", legal_inn(1), "780201001")])
    assert len(set(branches.values())) == 2
    unclear = ref("3", legal_inn(1))
    assert customer_companies(context, "1c", [unclear]) == {}
    assert new_companies(context, "1c", [unclear]) == (set(), {"3"})


def test_a_hundred_branches_of_one_firm_are_made_at_once(context: Context) -> None:
    refs = [ref(str(number), legal_inn(1), f"7701{number % 100:02}001") for number in range(100)]
    with calls_counted(context.table.client) as calls:
        made = customer_companies(context, "1c", refs)
    assert len(set(made.values())) == 100
    assert calls.count("BatchGetItem") == 2


def test_a_company_that_was_known_by_a_code_takes_the_inn_that_comes_later(context: Context) -> None:
    company_id = one(context, ref("К-1"))
    for _ in range(2):
        name_customers(context, "1c", [ref("К-1", legal_inn(1), KPP)])
        assert (company_of(context, company_id).inn, company_of(context, company_id).kpp) == (legal_inn(1), KPP)
        assert known_customers(context, "1c", ["К-1"])["К-1"].inn == legal_inn(1)
    assert one(context, ref("inn", legal_inn(1))) == company_id
    assert claim(context, join(context, "Anna")) == company_id


def test_an_inn_that_another_company_has_is_put_before_the_staff(context: Context) -> None:
    claimed = claim(context, join(context, "Anna"))
    company_id = one(context, ref("К-1"))
    name_customers(context, "1c", [ref("К-1", legal_inn(1), KPP)])
    assert company_of(context, company_id).inn is None
    [marker] = [item for item in whole_table(context.table) if item.get("gsi2pk") == "CUSTOMER_QUESTIONS"]
    assert (marker["company_id"], marker["other"]) == (company_id, claimed)


def test_a_code_whose_company_has_another_inn_is_put_before_the_staff(context: Context) -> None:
    company_id = one(context, ref("К-1"))
    customer_companies(context, "1c", [ref("К-2")])
    name_customers(context, "1c", [ref("К-1", legal_inn(1), KPP)])
    tx = Transaction()
    store.mark_customer(tx, "1c", "К-3", company_id, "RUB", None, None)
    context.table.commit(tx)
    name_customers(context, "1c", [ref("К-3", legal_inn(2), KPP)])
    [marker] = [item for item in whole_table(context.table) if item.get("gsi2pk") == "CUSTOMER_QUESTIONS"]
    assert (marker["pk"], marker["inn"], "other" in marker) == ("CUSTOMER#1c#К-3", legal_inn(2), False)


def test_a_member_claims_the_company_that_files_know_by_its_inn_alone(context: Context) -> None:
    appoint_manager(context)
    company_id = one(context, ref("inn", legal_inn(1)))
    anna = join(context, "Anna")
    assert claim(context, anna) == company_id
    assert company_of(context, company_id).kpp is None
    confirm(context, company_id, anna)
    assert company_of(context, company_id).kpp == KPP
    assert one(context, ref("inn/kpp", legal_inn(1), KPP)) == company_id


# --- crashes, lost replies, other workers -----------------------------------------------------------------------------


def shape(context: Context) -> list[tuple[str, ...]]:
    """The table's items, with companies named by INN and name: ids differ from run to run."""
    items = whole_table(context.table)
    named = {item["company_id"]: f"{item['name']} {item.get('inn')}" for item in items if item["sk"] == "PROFILE"}
    found = [("company", named[item["company_id"]]) for item in items if item["sk"] == "PROFILE"]
    found += [(item["pk"], named[item["company_id"]]) for item in items if item["sk"] == "OWNER"]
    for item in items:
        if item["sk"] == "FIRM":
            found += [(item["pk"], kpp, named[value["company_id"]]) for kpp, value in item.items() if "kpp" in kpp]
    return sorted(found)


@pytest.mark.parametrize("interrupted", [crashes, lost_replies])
def test_a_restart_after_a_crash_at_any_call_makes_what_an_undisturbed_run_makes(
    context: Context, small_transactions: None, interrupted: Callable[[], Iterator[Interruption]]
) -> None:
    refs = many(16)
    customer_companies(context, "1c", refs)
    undisturbed = shape(context)
    for crash in interrupted():
        empty_account()
        with crash:
            customer_companies(context, "1c", refs)
        customer_companies(context, "1c", refs)
        assert shape(context) == undisturbed, crash


def test_another_worker_with_the_same_customers_never_makes_a_second_company(
    context: Context, small_transactions: None
) -> None:
    refs, others = many(16), [ref(str(number)) for number in range(12, 20)] + many(8)
    other_answers = []
    for race in races(lambda: other_answers.append(customer_companies(context, "1c", others))):
        empty_account()
        other_answers.clear()
        with race:
            mine = customer_companies(context, "1c", refs)
        theirs = other_answers[0] if other_answers else {}
        for each in mine.keys() & theirs.keys():
            assert mine[each] == theirs[each], race
        assert customer_companies(context, "1c", refs) == mine, race
        assert set(mine.values()) | set(theirs.values()) == set(companies_of(context)), race


def test_who_never_gets_a_turn_says_so_and_can_be_asked_again(context: Context) -> None:
    commit = context.table.commit

    def busy(tx: Transaction) -> None:
        raise Busy

    context.table.commit = busy  # type: ignore[method-assign]
    with pytest.raises(Busy):
        customer_companies(context, "1c", many(10))
    context.table.commit = commit  # type: ignore[method-assign]
    assert len(customer_companies(context, "1c", many(10))) == 10
