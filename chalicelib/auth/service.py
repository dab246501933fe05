"""Joining and signing in.

Nothing in what a stranger sees, nor in the calls that are made before the code is right, depends on whether an address is known:
one sign-in is written, and the letter follows from its event.
"""

from datetime import timedelta

from chalicelib import members
from chalicelib.auth import codes, keys, store
from chalicelib.auth.config import SignIn
from chalicelib.auth.events import SIGN_IN_REQUESTED
from chalicelib.auth.schemas import RegistrationForm, SignInView, TokensView
from chalicelib.auth.sessions import Sessions
from chalicelib.platform import clock
from chalicelib.platform import keys as platform_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Fault, Problem
from chalicelib.platform.ids import derived_id

KEEP_DAYS = 1  # after its code has expired a sign-in shows its outcome for a while


def register(context: Context, form: RegistrationForm, *, language: str, address: str) -> SignInView:
    """Begins to join: the member comes into being when the code of the letter is confirmed.

    So nobody can join with somebody else's address, nor agree to anything in their name.
    """
    consents = members.consents_given(context, form.consents, source="registration", address=address)
    chosen = form.language or language
    return _begin(
        context,
        email=form.email,
        language=chosen,
        address=address,
        registration={"name": form.name, "language": chosen, "consents": consents},
    )


def sign_in(context: Context, email: str, *, language: str, address: str) -> SignInView:
    """Begins to sign in."""
    return _begin(context, email=email, language=language, address=address, registration=None)


def _begin(
    context: Context, *, email: str, language: str, address: str, registration: dict[str, object] | None
) -> SignInView:
    _throttle(context, email, address)
    limits = context.config[SignIn]
    sign_in_id = context.new_id("sin")
    owner = members.owner_of(context, email)
    item = {
        **keys.sign_in(sign_in_id).as_item(),
        "event": SIGN_IN_REQUESTED,
        "sign_in_id": sign_in_id,
        "email": email,
        "language": language,
        "created_at": context.at,
        "code_expires_at": context.expiry(minutes=limits.code_minutes),
        "tries": 0,
        "tries_allowed": limits.code_tries,
        "expires_at": context.expiry(days=KEEP_DAYS),
    }
    if owner:
        item["member_id"] = owner
    if registration:
        item["registration"] = registration
    context.table.put(item)
    return SignInView(sign_in_id=sign_in_id, expires_in=limits.code_minutes * 60)


def confirm(context: Context, sessions: Sessions, secret: str, sign_in_id: str, code: str) -> TokensView:
    """Tokens for the right code. The first time it also confirms the address and, for someone joining, makes the member.

    May be repeated with the same code until tokens were given: each step does nothing the second time.
    """
    item = store.spend_try(context.table, sign_in_id, clock.epoch(context.now))
    if item is None:
        raise _why_not(context, sign_in_id)
    known = "member_id" in item or "registration" in item
    right = codes.same(str(item.get("code_hash", "")), codes.code_hash(secret, sign_in_id, code))
    if not (known and right):
        left = int(item["tries_allowed"] - item["tries"])
        if left <= 0:
            raise Problem("too_many_tries")
        wrong = Fault(pointer="/code", code="wrong_code", detail=f"Tries left: {left}.")
        raise Problem("wrong_code", errors=[wrong], extra={"tries_left": left})
    member_id = members.admit(
        context,
        email=item["email"],
        member_id=item.get("member_id"),
        new_member_id=derived_id("mbr", sign_in_id),
        registration=item.get("registration"),
    )
    store.open_session(context.table, sign_in_id, member_id)
    # The attempt's name, since Cognito may call a slow trigger up to three times with the same answer.
    return sessions.begin(member_id, f"{sign_in_id}:{codes.proof(secret, sign_in_id)}:{context.new_id('try')}")


def _why_not(context: Context, sign_in_id: str) -> Problem:
    item = store.read_sign_in(context.table, sign_in_id)
    if item and "used_at" not in item and item["tries"] >= item["tries_allowed"]:
        return Problem("too_many_tries")
    return Problem("code_expired")


def _throttle(context: Context, email: str, address: str) -> None:
    """Counts codes per caller and per address in the running hour. Raises 429.

    The caller first: one who may ask for no more must not use up the codes of other people's addresses.
    """
    limits = context.config[SignIn]
    hour = context.now.replace(minute=0, second=0, microsecond=0)
    next_hour = hour + timedelta(hours=1)
    for what, who, most in (
        ("code-by", address, limits.codes_per_caller_per_hour),
        ("code-to", email, limits.codes_per_address_per_hour),
    ):
        # Hashed: a counter need not say whose it is.
        key = platform_keys.throttle(what, derived_id("who", who), clock.stamp(hour))
        if not store.count_in_window(context.table, key, most, clock.epoch(next_hour)):
            wait = max(1, int((next_hour - context.now).total_seconds()))
            raise Problem("too_many_requests", headers={"Retry-After": str(wait)})
