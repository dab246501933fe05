from hypothesis import given
from hypothesis import strategies as st

from chalicelib.auth.codes import code_hash, new_code, proof, same


@given(st.integers(0, 999_999))
def test_a_code_always_has_six_digits(drawn: int) -> None:
    code = new_code(lambda below: drawn)
    assert len(code) == 6 and int(code) == drawn


@given(st.text(min_size=1), st.text(), st.text(min_size=6), st.text(min_size=6))
def test_hashes_agree_only_for_the_same_code_of_the_same_sign_in(
    secret: str, sign_in: str, one: str, other: str
) -> None:
    assert same(code_hash(secret, sign_in, one), code_hash(secret, sign_in, other)) == (one == other)


def test_the_proof_is_of_one_sign_in_and_is_no_hash_of_a_code() -> None:
    assert proof("secret", "sin_1") != proof("secret", "sin_2")
    assert proof("secret", "sin_1") != code_hash("secret", "sin_1", "123456")
    assert proof("secret", "sin_1") != proof("another", "sin_1")
