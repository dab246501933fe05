"""Joining and signing in.

Nothing in what a stranger sees, nor in the calls that are made before the code is right, depends on whether an address is known:
one sign-in is written, and the letter follows from its event.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from chalicelib import mail, members
from chalicelib.auth import codes, keys, store
from chalicelib.auth.config import SignIn
from chalicelib.auth.events import SIGN_IN_REQUESTED
from chalicelib.auth.schemas import RegistrationForm, SignInView, TokensView
from chalicelib.auth.sessions import Sessions
from chalicelib.platform import Context, Fault, Problem, derived_id
from chalicelib.platform.http.throttle import HOUR, check_throttle, network_of, throttle
from chalicelib.platform.log import log
from chalicelib.table import Item, Key

EVERYBODY = "everybody"
KEEP_DAYS = 1  # after its code has expired a sign-in shows its outcome for a while


def register(context: Context, form: RegistrationForm, *, language: str, address: str) -> SignInView:
    """Begins to join: the member comes into being when the code of the letter is confirmed.

    So nobody can join with somebody else's address, nor agree to anything in their name.
    """
    consents = members.consents_given(context, form.consents, source="registration", address=address)
    throttle_codes(context, form.email, address, may_be_stranger=True)
    chosen = form.language or language
    return _begin(
        context,
        email=form.email,
        language=chosen,
        registration={"name": form.name, "language": chosen, "consents": consents},
    )


def sign_in(context: Context, email: str, *, language: str, address: str) -> SignInView:
    """Begins to sign in."""
    throttle_codes(context, email, address)
    return _begin(context, email=email, language=language, registration=None)


def _begin(context: Context, *, email: str, language: str, registration: dict[str, object] | None) -> SignInView:
    limits = context.config[SignIn]
    sign_in_id = context.new_id("sin")
    owner = members.owner_of(context, email)
    item = {
        **keys.sign_in(sign_in_id).as_item(),
        **keys.sign_in_list(email, context.at, sign_in_id).as_gsi1(),
        "event": SIGN_IN_REQUESTED,
        "sign_in_id": sign_in_id,
        "email": email,
        "language": language,
        **code_of(context),
    }
    if owner:
        item["member_id"] = owner
    if registration:
        item["registration"] = registration
    context.table.put(item)
    mail.hasten(keys.sign_in(sign_in_id))
    return SignInView(sign_in_id=sign_in_id, expires_in=limits.code_minutes * 60)


def code_of(context: Context) -> Item:
    """The attributes by which a code is sent, tried and forgotten."""
    limits = context.config[SignIn]
    return {
        "created_at": context.at,
        "code_expires_at": context.expiry(minutes=limits.code_minutes),
        "expires_at": context.expiry(days=KEEP_DAYS),
    }


def confirm(
    context: Context, sessions: Sessions, secret: str, sign_in_id: str, code: str, *, address: str
) -> TokensView:
    """Tokens for the right code. The first time it also confirms the address and, for someone joining, makes the member.

    May be repeated with the same code until tokens were given, and for a short time after it (`store.REPEAT`): each step does nothing the
    second time. `address`: the caller's.
    """
    item = spend_code(
        context,
        keys.sign_in(sign_in_id),
        codes.code_hash(secret, sign_in_id, code),
        address=address,
        goes_to_somebody=lambda item: "member_id" in item or "registration" in item,
    )
    member_id = members.admit(
        context,
        email=item["email"],
        member_id=item.get("session_for") or item.get("member_id"),
        new_member_id=derived_id("mbr", sign_in_id),
        registration=item.get("registration"),
    )
    store.open_session(context.table, sign_in_id, member_id)
    # The attempt's name, since Cognito may call a slow trigger up to three times with the same answer.
    return sessions.begin(member_id, f"{sign_in_id}:{codes.proof(secret, sign_in_id)}:{context.new_id('try')}")


def spend_code(
    context: Context, key: Key, code_hash: str, *, address: str, goes_to_somebody: Callable[[Item], bool]
) -> Item:
    """The item of a sign-in, or of a change of address, for the right code; `address`: the caller's.

    An item with `used_at` was used a moment ago: the code comes again.
    Raises 410 for a code that has expired or was used, 422 for a wrong one, 429 after too many of them.
    """
    _check_failures(context, address)
    most = context.config[SignIn].code_tries
    item = store.spend_try(context.table, key, code_hash, most, context.now)
    if item is None:
        raise _why_not(context, key)
    if not (goes_to_somebody(item) and codes.same(str(item.get("code_hash", "")), code_hash)):
        _count_failure(context, address)
        left = most - len(item["tried"])
        if left <= 0:
            raise Problem("too_many_tries")
        wrong = Fault(pointer="/code", code="wrong_code", detail=f"Tries left: {left}.")
        raise Problem("wrong_code", errors=[wrong], extra={"tries_left": left})
    return item


def _why_not(context: Context, key: Key) -> Problem:
    item = context.table.get(key, consistent=True)
    if item and "used_at" not in item and len(item.get("tried", ())) >= context.config[SignIn].code_tries:
        return Problem("too_many_tries")
    return Problem("code_expired")


def _check_failures(context: Context, address: str) -> None:
    """Raises 429 for too many wrong codes of this caller in the hour, or of all callers in the lifetime of a code."""
    for limit in _failure_limits(context, address):
        try:
            check_throttle(context, *limit)
        except Problem:
            if limit[1] == EVERYBODY:
                log.error("too many wrong codes")  # rings an alarm
            raise


def _count_failure(context: Context, address: str) -> None:
    log.info("wrong code", extra={"caller": address})
    for limit in _failure_limits(context, address):
        with suppress(Problem):  # the next try is refused
            throttle(context, *limit)


def _failure_limits(context: Context, address: str) -> list[tuple[str, str, int, timedelta]]:
    limits = context.config[SignIn]
    return [
        ("failed-by", network_of(address), limits.failed_codes_per_caller_per_hour, HOUR),
        ("failed", EVERYBODY, limits.failed_codes_in_all, timedelta(minutes=limits.code_minutes)),
    ]


def throttle_codes(context: Context, email: str, address: str, *, may_be_stranger: bool = False) -> None:
    """Counts codes per caller, per address, and of all that may go to strangers, in the running hour. Raises 429.

    The caller first: one who may ask for no more must not use up the codes of other people's addresses.
    """
    limits = context.config[SignIn]
    throttle(context, "code-by", network_of(address), limits.codes_per_caller_per_hour, HOUR)
    throttle(context, "code-to", email, limits.codes_per_address_per_hour, HOUR)
    if may_be_stranger:
        try:
            throttle(context, "code-to-stranger", EVERYBODY, limits.codes_to_strangers_per_hour, HOUR)
        except Problem:
            log.error("too many codes to strangers")  # rings an alarm
            raise
