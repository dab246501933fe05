"""A letter's way, step by step, with every fate that the mail service has for it."""

import json
from datetime import timedelta

import pytest

from chalicelib.auth import keys as auth_keys
from chalicelib.auth.codes import code_hash
from chalicelib.mail import consumers as mail_consumers
from chalicelib.mail import jobs
from chalicelib.mail import keys as mail_keys
from chalicelib.mail import service as mail_room
from chalicelib.mail import store as mail_store
from chalicelib.mail.config import Letters
from chalicelib.mail.model import LetterClass, LetterState, Recipient
from chalicelib.mail.service import ComesAgain
from chalicelib.platform import aws
from chalicelib.table.key import Key
from infra.build import ROOT
from tests.mail.steps import (
    World,
    all_letters,
    email_confirmed,
    letter,
    listed,
    member,
    message,
    only_letter,
    report,
    sign_in_requested,
)
from tests.support.rights import running


def send(world: World, letter_id: str = "ltr_1") -> None:
    with running("send_letters"):
        mail_room.send(world.context, message({"letter_id": letter_id}), below=lambda most: 7)


def write(world: World, **facts: object) -> None:
    """A letter with its cause, not yet sent."""
    world.context.table.put(email_confirmed())
    mail_store.create(world.context.table, letter(world.context, **facts))


def test_an_event_becomes_a_letter_and_the_letter_a_mail(welcomed: World) -> None:
    welcomed.run()
    (mail,) = welcomed.service.accepted
    assert mail["Destination"] == {"ToAddresses": ["mbr_1@partner.example"]}
    assert "Добро пожаловать" in mail["Content"]["Simple"]["Subject"]["Data"]
    assert only_letter(welcomed.context).state is LetterState.SENT


def test_an_event_told_twice_writes_one_letter(welcomed: World) -> None:
    welcomed.stream.append(welcomed.stream[0])
    welcomed.run()
    assert len(welcomed.service.accepted) == 1


def test_a_letter_on_its_way_is_not_written_anew(welcomed: World) -> None:
    event = welcomed.stream[0]
    welcomed.run()
    mail_consumers.on_event(welcomed.context, event)
    assert only_letter(welcomed.context).state is LetterState.SENT


def test_messages_for_the_same_letter_send_it_once(world: World) -> None:
    write(world)
    for _ in range(3):
        send(world)
    assert world.service.calls == 1


def test_a_message_without_its_letter_is_done(world: World) -> None:
    send(world, "ltr_unknown")
    assert world.service.calls == 0
    assert world.queue == []


# --- who must not get it ----------------------------------------------------------------------------------------------


def test_a_suppressed_address_gets_nothing(world: World) -> None:
    write(world)
    mail_store.suppress(
        world.context.table, "mbr_1@partner.example", reason="bounce", at=world.context.at, letter_id="ltr_0"
    )
    send(world)
    assert world.service.calls == 0
    assert (only_letter(world.context).state, only_letter(world.context).reason) == (LetterState.SKIPPED, "suppressed")


@pytest.mark.parametrize(
    ("reasons", "sent"),
    [(["complaint"], 1), (["bounce"], 0), (["complaint", "bounce"], 0), (["bounce", "complaint"], 0)],
)
def test_a_code_that_a_member_asked_for_passes_a_complaint_but_no_bounce(
    world: World, reasons: list[str], sent: int
) -> None:
    for reason in reasons:
        mail_store.suppress(
            world.context.table, "anna@partner.example", reason=reason, at=world.context.at, letter_id="ltr_0"
        )
    asked = sign_in_requested(world.context)
    world.context.table.put(asked)
    write(world, template="sign_in_code", recipient=Recipient("sign_in", "sin_1"), cause=Key(asked["pk"], asked["sk"]))
    send(world)
    assert world.service.calls == sent


def test_an_erased_member_gets_nothing(world: World) -> None:
    write(world, recipient=Recipient("member", "mbr_erased"))
    send(world)
    assert (only_letter(world.context).state, only_letter(world.context).reason) == (
        LetterState.SKIPPED,
        "recipient_gone",
    )


@pytest.mark.parametrize("consents", [{}, {"advertising": {"agreed": False}}])
def test_advertising_needs_consent_at_the_moment_of_sending(world: World, consents: dict[str, object]) -> None:
    given = {
        name: {"version": "1", "at": world.context.at, "source": "cabinet", **each} for name, each in consents.items()
    }
    member(world.context, consents=given)
    write(world, letter_class=LetterClass.ADVERTISING)
    send(world)
    assert (only_letter(world.context).state, only_letter(world.context).reason) == (LetterState.SKIPPED, "no_consent")


def test_advertising_goes_to_those_who_agreed(world: World) -> None:
    agreed = {"agreed": True, "version": "1", "at": world.context.at, "source": "cabinet"}
    member(world.context, consents={"advertising": agreed})
    write(world, letter_class=LetterClass.ADVERTISING)
    send(world)
    assert only_letter(world.context).state is LetterState.SENT


# --- sign-in codes ----------------------------------------------------------------------------------------------------


def test_a_code_is_drawn_when_its_letter_is_sent_and_kept_as_a_hash(world: World) -> None:
    world.happens(sign_in_requested(world.context))
    world.run()
    (mail,) = world.service.accepted
    text = mail["Content"]["Simple"]["Body"]["Text"]["Data"]
    kept = world.context.table.get(auth_keys.sign_in("sin_1"))
    code = next(word for word in text.split() if word.isdecimal() and len(word) == 6)
    assert kept is not None
    assert kept["code_hash"] == code_hash(aws.secret(), "sin_1", code)
    assert code not in json.dumps(kept, default=str)


def test_who_joins_gets_a_code_before_there_is_a_member(world: World) -> None:
    item = sign_in_requested(world.context, registration={"name": "Пётр Первый", "language": "en"}, language="en")
    del item["member_id"]
    world.happens(item)
    world.run()
    (mail,) = world.service.accepted
    assert mail["Destination"] == {"ToAddresses": ["anna@partner.example"]}
    assert "Пётр" not in str(mail)  # anyone may type anything there, and somebody else's address


def test_an_unknown_address_gets_no_letter(world: World) -> None:
    item = sign_in_requested(world.context)
    del item["member_id"]
    world.happens(item)
    world.run()
    assert all_letters(world.context) == []


@pytest.mark.parametrize("spent", [{"used_at": "2026-11-20T09:00:00.000Z"}, {"code_expires_at": 0}])
def test_a_sign_in_that_is_over_gets_no_code(world: World, spent: dict[str, object]) -> None:
    world.happens(sign_in_requested(world.context, **spent))
    world.run()
    assert world.service.calls == 0
    assert (only_letter(world.context).state, only_letter(world.context).reason) == (LetterState.SKIPPED, "expired")
    assert "code_hash" not in (world.context.table.get(auth_keys.sign_in("sin_1")) or {})


def test_a_second_copy_of_a_code_letter_makes_the_first_code_void(world: World) -> None:
    world.reporting = False
    world.service.fates = ["accepted, reply lost"]
    world.happens(sign_in_requested(world.context))
    world.run()
    first, second = (mail["Content"]["Simple"]["Body"]["Text"]["Data"] for mail in world.service.accepted)
    kept = world.context.table.get(auth_keys.sign_in("sin_1"))
    code = next(word for word in second.split() if word.isdecimal() and len(word) == 6)
    assert kept is not None
    assert kept["code_hash"] == code_hash(aws.secret(), "sin_1", code)
    assert code not in first


def test_a_code_letter_is_settled_while_its_code_is_good(world: World) -> None:
    world.service.fates = ["not accepted, no reply"]
    world.happens(sign_in_requested(world.context))
    world.run()
    assert only_letter(world.context).state is LetterState.SENT
    assert len(world.service.accepted) == 1


# --- what the mail service says ---------------------------------------------------------------------------------------


def test_a_throttled_letter_waits_and_its_message_comes_again(world: World) -> None:
    write(world)
    world.service.fates = ["throttled"]
    with pytest.raises(ComesAgain):
        send(world)
    assert (only_letter(world.context).state, only_letter(world.context).attempts) == (LetterState.PENDING, 0)
    send(world)
    assert only_letter(world.context).state is LetterState.SENT


def test_a_refused_letter_is_for_somebody_to_look_at(world: World) -> None:
    write(world)
    world.service.fates = ["refused"]
    send(world)
    assert (only_letter(world.context).state, only_letter(world.context).reason) == (
        LetterState.REJECTED,
        "MessageRejected",
    )
    assert listed(world.context) == ["ltr_1"]
    send(world)
    assert world.service.calls == 1


@pytest.mark.parametrize(
    "fate", ["accepted, reply lost", "accepted, 503", "not accepted, no reply", "not accepted, 503"]
)
def test_without_an_answer_nobody_knows(world: World, fate: str) -> None:
    write(world)
    world.service.fates = [fate]  # type: ignore[list-item]
    send(world)
    assert only_letter(world.context).state is LetterState.UNKNOWN
    assert listed(world.context) == ["ltr_1"]
    (waiting,) = world.queue
    assert waiting.due == world.context.now + timedelta(minutes=15)


def test_the_mail_services_report_settles_an_unanswered_letter(world: World) -> None:
    write(world)
    world.service.fates = ["accepted, reply lost"]
    send(world)
    jobs.settle_letters(world.context, message(report("Send", world.service.accepted[0], world.context.now)))
    assert only_letter(world.context).state is LetterState.SENT
    assert listed(world.context) == []
    world.run()
    assert len(world.service.accepted) == 1


def test_without_a_report_a_service_letter_is_tried_once_more(world: World) -> None:
    write(world)
    world.service.fates = ["not accepted, no reply"]
    send(world)
    world.run()
    assert (only_letter(world.context).state, only_letter(world.context).attempts) == (LetterState.SENT, 2)


def test_a_service_letter_is_tried_twice_at_most(world: World) -> None:
    world.reporting = False
    write(world)
    world.service.fates = ["accepted, reply lost", "accepted, reply lost"]
    send(world)
    world.run()
    assert len(world.service.accepted) == 2
    assert (only_letter(world.context).state, only_letter(world.context).reason) == (LetterState.UNKNOWN, "no_answer")
    assert listed(world.context) == ["ltr_1"]


def test_advertising_gives_up_rather_than_risk_a_second_copy(world: World) -> None:
    agreed = {"agreed": True, "version": "1", "at": world.context.at, "source": "cabinet"}
    member(world.context, consents={"advertising": agreed})
    write(world, letter_class=LetterClass.ADVERTISING)
    world.service.fates = ["not accepted, no reply"]
    send(world)
    world.run()
    assert world.service.calls == 1
    assert (only_letter(world.context).state, only_letter(world.context).reason) == (LetterState.UNKNOWN, "no_answer")


def test_a_report_that_comes_too_late_still_tells_the_truth(world: World) -> None:
    world.reporting = False
    write(world)
    world.service.fates = ["accepted, reply lost", "not accepted, no reply"]
    send(world)
    world.run()
    jobs.settle_letters(world.context, message(report("Send", world.service.accepted[0], world.context.now)))
    assert only_letter(world.context).state is LetterState.SENT
    assert listed(world.context) == []


def test_a_letter_that_may_be_out_is_never_called_skipped(world: World) -> None:
    world.reporting = False
    write(world)
    world.service.fates = ["accepted, reply lost"]
    send(world)
    mail_store.suppress(
        world.context.table, "mbr_1@partner.example", reason="complaint", at=world.context.at, letter_id="ltr_0"
    )
    world.run()
    assert (only_letter(world.context).state, only_letter(world.context).reason) == (LetterState.UNKNOWN, "suppressed")
    assert listed(world.context) == ["ltr_1"]


def test_a_letter_that_cannot_be_written_is_not_claimed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    write(world)

    def broken(*facts: object) -> None:
        raise RuntimeError("a template is broken")

    monkeypatch.setattr("chalicelib.mail.service.render", broken)
    with pytest.raises(RuntimeError):
        send(world)
    assert (only_letter(world.context).state, only_letter(world.context).attempts) == (LetterState.PENDING, 0)


# --- bounces and complaints -------------------------------------------------------------------------------------------


def sent(world: World) -> dict[str, object]:
    write(world)
    send(world)
    return world.service.accepted[0]


@pytest.mark.parametrize(("kind", "reason"), [("Bounce", "bounce"), ("Complaint", "complaint")])
def test_a_permanent_bounce_or_a_complaint_stops_letters_to_the_address(world: World, kind: str, reason: str) -> None:
    mail = sent(world)
    for _ in range(2):
        jobs.settle_letters(world.context, message(report(kind, mail, world.context.now)))
    kept = world.context.table.get(mail_keys.suppression("mbr_1@partner.example"))
    assert kept is not None
    assert (kept["reason"], kept["letter_id"], kept["at"]) == (reason, "ltr_1", world.context.at)


def test_the_first_reason_of_a_suppression_stays(world: World) -> None:
    mail = sent(world)
    jobs.settle_letters(world.context, message(report("Complaint", mail, world.context.now)))
    jobs.settle_letters(world.context, message(report("Bounce", mail, world.context.now)))
    kept = world.context.table.get(mail_keys.suppression("mbr_1@partner.example"))
    assert kept is not None
    assert kept["reason"] == "complaint"


def test_a_bounce_that_may_pass_stops_nothing(world: World) -> None:
    mail = sent(world)
    passing = {"bounceType": "Transient", "bounceSubType": "MailboxFull"}
    jobs.settle_letters(world.context, message(report("Bounce", mail, world.context.now, **passing)))
    assert world.context.table.get(mail_keys.suppression("mbr_1@partner.example")) is None
    assert (
        only_letter(world.context).state is LetterState.REJECTED
    )  # this letter did not arrive, and somebody should know


def test_a_bounce_without_its_letter_still_stops_letters(world: World) -> None:
    mail = sent(world)
    told = report("Bounce", mail, world.context.now)
    del told["mail"]["tags"]
    jobs.settle_letters(world.context, message(told))
    assert world.context.table.get(mail_keys.suppression("mbr_1@partner.example")) is not None


def test_an_address_is_suppressed_however_it_is_written(world: World) -> None:
    mail = sent(world)
    told = report(
        "Bounce", mail, world.context.now, bouncedRecipients=[{"emailAddress": "Anna <MBR_1@Partner.example>"}]
    )
    jobs.settle_letters(world.context, message(told))
    assert world.context.table.get(mail_keys.suppression("mbr_1@partner.example")) is not None


def test_a_delay_is_noted_and_the_letter_is_still_sent(world: World) -> None:
    mail = sent(world)
    body = report("DeliveryDelay", mail, world.context.now)
    jobs.settle_letters(world.context, message(body))
    found = only_letter(world.context)
    assert (found.state, found.delayed_at) == (LetterState.SENT, body["mail"]["timestamp"])


@pytest.mark.parametrize("kind", ["Open", "Click", "Subscription", "Rendering Failure"])
def test_other_reports_change_nothing(world: World, kind: str) -> None:
    mail = sent(world)
    before = only_letter(world.context)
    jobs.settle_letters(world.context, message(report(kind, mail, world.context.now)))
    assert only_letter(world.context) == before


def test_a_lease_outlasts_the_longest_run_of_its_worker(world: World) -> None:
    """Else a worker that is alive could be taken for dead."""
    settings = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))["stages"]["club"][
        "lambda_functions"
    ]
    assert settings["send_letters"]["lambda_timeout"] < world.context.config[Letters].lease_seconds
