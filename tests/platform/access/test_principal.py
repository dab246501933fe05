import pytest

from chalicelib.platform.access.principal import Principal
from chalicelib.platform.http.problems import Problem
from tests.support.api import Caller


def test_a_companys_buyer_speaks_for_that_company_only() -> None:
    buyer = Principal.from_claims(Caller.person("mbr_1", "company", "buyer", "cmp_1").claims)
    assert (buyer.member_id, buyer.company_id, buyer.distributor_id) == ("mbr_1", "cmp_1", None)
    assert "orders.write" in buyer.scopes and "company.write" not in buyer.scopes
    with pytest.raises(Problem, match="scope_missing"):
        buyer.for_distributor()


def test_a_token_without_the_base_scope_is_not_ours() -> None:
    with pytest.raises(Problem, match="unauthorized"):
        Principal.from_claims({"sub": "x", "scope": "aws.cognito.signin.user.admin club/orders.write"})


def test_a_machine_is_nobody_s_member() -> None:
    machine = Principal.from_claims({"client_id": "c1", "sub": "c1", "scope": "club/api club/orders.read"})
    assert machine.subject == "c1" and machine.scopes == {"orders.read"}
    with pytest.raises(Problem, match="scope_missing"):
        machine.for_member()


@pytest.mark.parametrize(
    ("kind", "owner", "acting"),
    [
        ("company", "cmp_1", "mbr_1#cmp_1"),
        ("company", "cmp_2", "mbr_1#cmp_2"),
        ("distributor", "dst_1", "mbr_1#dst_1"),
        ("staff", "club", "mbr_1#staff"),
        ("", "", "mbr_1#"),
    ],
)
def test_a_person_is_another_caller_for_each_whom_they_act_for(kind: str, owner: str, acting: str) -> None:
    assert Principal.from_claims(Caller.person("mbr_1", kind, "owner", owner).claims).acting == acting
