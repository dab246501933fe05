"""The work of the HTTP layer before and after a handler, shown on routes of a room that is only here."""

import json
import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

import pytest
from chalice.app import Chalice
from pydantic import AfterValidator, BaseModel, Field

from chalicelib.platform.context import Context
from chalicelib.platform.http import answers, idempotency, respond
from chalicelib.platform.http import routes as http_routes
from chalicelib.platform.http.forms import Form, PageQuery, Text
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.http.respond import install
from chalicelib.platform.http.routes import Answer, Call, Routes, etag
from chalicelib.platform.registry.handlers import register
from chalicelib.platform.registry.names import NameOf
from chalicelib.table.key import Key
from chalicelib.table.transactions import Busy, Transaction
from tests.support import partners
from tests.support.api import STRANGER, Api, Caller
from tests.support.table import everything

ANNA = Caller.person("mbr_anna", "company", "owner", "cmp_1")
BORIS = Caller.person("mbr_boris", "company", "owner", "cmp_2")
ANNA_ELSEWHERE = Caller.person("mbr_anna", "company", "owner", "cmp_2")
ENGINEER = Caller.person("mbr_eva", "company", "engineer", "cmp_1")


class NoteForm(Form):
    text: str = Field(max_length=20)
    count: int = Field(default=1, ge=1, le=9)


class Note(BaseModel):
    text: str


def not_old(text: str) -> str:
    assert text != "old"
    return text


class SignedNote(BaseModel):
    text: Annotated[str, AfterValidator(not_old)]
    by: str
    by_name: Annotated[str | None, NameOf("by")] = None


class NoteQuery(PageQuery):
    state: str | None = Field(default=None, max_length=20)


class Seen(BaseModel):
    """The arguments of a handler."""

    values: dict[str, Any]


class Room:
    """A room with one route of each sort; `trouble` is raised by the keyed one before it commits."""

    def __init__(self) -> None:
        self.trouble: BaseException | None = None
        self.runs = 0
        self.long = ""
        routes = Routes(__name__, tag="notes")

        @routes.get("/open", scope=None, answer=Seen)
        def show_open(call: Call) -> Seen:
            """Show."""
            return Seen(values={"language": call.language, "address": call.caller_address})

        @routes.get("/long", scope=None, answer=Text, content_type="text/plain; charset=utf-8")
        def show_long(call: Call) -> Text:
            """Show."""
            return Text(content=self.long)

        @routes.get("/page", scope=None, answer=Text, content_type="text/plain")
        def page(call: Call) -> Answer:
            """Show."""
            return Answer(Text(content="Привет"), headers={"Cache-Control": "public"})

        @routes.get("/notes", scope="orders.read", query=NoteQuery, answer=Seen)
        def list_notes(call: Call) -> Seen:
            """List."""
            position = call.cursors().open(call.query.cursor)
            return Seen(values={**call.query.model_dump(), "next": call.cursors().close(position or {"pk": "here"})})

        @routes.get("/notes/{note_id}/lines", scope="orders.read", query=PageQuery, answer=Seen)
        def list_lines(call: Call, note_id: str) -> Seen:
            """List."""
            position = call.cursors().open(call.query.cursor)
            return Seen(values={"note_id": note_id, "next": call.cursors().close(position or {"pk": note_id})})

        @routes.post("/notes", scope="orders.write", answer=Note, status=201)
        def write_note(call: Call, form: NoteForm) -> Answer:
            """Write."""
            return Answer(Note(text=form.text), headers={"Location": "/notes/1"} | etag(1))

        @routes.patch("/notes/{note_id}", scope="orders.write", answer=Seen, matched=True)
        def change_note(call: Call, form: NoteForm, note_id: str) -> Answer:
            """Change."""
            version = call.expected_version()
            return Answer(Seen(values={"version": version}), headers=etag(version + 1))

        @routes.delete("/notes/{note_id}", scope="orders.write", status=204)
        def remove_note(call: Call, note_id: str) -> Answer:
            """Remove."""
            return Answer(None)

        @routes.post(
            "/notes/{note_id}/pay",
            scope="orders.write",
            answer=Note,
            status=201,
            keyed=True,
            problems=("conflict",),
        )
        def pay_note(call: Call, form: NoteForm, note_id: str) -> Note:
            """Pay."""
            self.runs += 1
            if self.trouble:
                trouble, self.trouble = self.trouble, None
                raise trouble
            note = Note(text=f"{note_id}: {form.text}")
            tx = Transaction()
            tx.update(Key(f"NOTE#{note_id}", "NOTE"), add={"paid": 1})
            context = call.answering(lambda note: Answer(note, headers={"Location": f"/notes/{note_id}"}))
            context.reply(tx, note)
            context.table.commit(tx)
            return note

        @routes.post("/signed", scope="orders.write", answer=SignedNote, keyed=True)
        def sign_note(call: Call) -> SignedNote:
            """Sign."""
            note, tx, context = SignedNote(text="done", by="mbr_anna"), Transaction(), call.answering()
            context.reply(tx, note)
            context.table.commit(tx)
            return note

        @routes.post("/forgetful", scope="orders.write", answer=Note, keyed=True)
        def forgetful(call: Call) -> Note:
            """Promise to remember, and do not."""
            return Note(text="done")

        @routes.post("/fickle", scope="orders.write", answer=Note, keyed=True)
        def fickle(call: Call) -> Note:
            """Remember one thing, and answer another."""
            call.answering().reply(Transaction(), Note(text="done"))
            return Note(text="done")

        @routes.post("/broken", scope=None, answer=Note, problems=("conflict",))
        def broken(call: Call) -> Note:
            """Fail."""
            assert self.trouble
            raise self.trouble


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(http_routes, "ROUTES", [])
    return Room()


@pytest.fixture
def api(room: Room, context: Context, monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setattr(respond, "context_now", lambda: context)
    partners.speaks_for(context, "cmp_1", "mbr_anna")
    partners.speaks_for(context, "cmp_2", "mbr_boris")
    app = Chalice("room")
    install(app)
    register(app, [])
    return Api(app)


def paid(context: Context, note_id: str) -> int:
    item = context.table.get(Key(f"NOTE#{note_id}", "NOTE"))
    return int(item["paid"]) if item else 0


# --- who may ----------------------------------------------------------------------------------------------------------


def test_a_declared_route_is_in_the_table_of_routes_with_its_docstring(room: Room) -> None:
    found = {(route.method, route.path): route for route in http_routes.ROUTES}
    assert found["POST", "/notes"].summary == "Write."
    assert found["POST", "/notes"].name == "write_note"
    assert found["POST", "/notes"].tag == "notes"


def test_an_open_route_asks_for_nothing(api: Api) -> None:
    answer = api.call("GET", "/open")
    assert answer.status == 200
    assert answer.json == {"values": {"language": "en", "address": "192.0.2.1"}}


@pytest.mark.parametrize("claims", [{}, {"sub": "someone"}, {"sub": "someone", "scope": "openid profile"}])
def test_without_a_token_of_ours_it_is_401(api: Api, claims: dict[str, str]) -> None:
    answer = api.call("GET", "/notes", Caller(claims))
    assert (answer.status, answer.json["code"]) == (401, "unauthorized")


def test_without_the_scope_it_is_403_and_says_which(api: Api) -> None:
    answer = api.call("POST", "/notes", ENGINEER, {"text": "a"})
    assert (answer.status, answer.json["code"], answer.json["scope"]) == (403, "company_missing", "orders.write")


def test_who_may_not_is_not_told_what_is_wrong_with_the_body(api: Api) -> None:
    assert api.call("POST", "/notes", ENGINEER, raw=b"{").status == 403
    assert api.call("POST", "/notes", STRANGER, raw=b"{").status == 401


def test_an_open_route_has_no_principal_to_mistake_for_one(api: Api, room: Room, context: Context) -> None:
    call = Call(route=http_routes.ROUTES[0], path="/open", context=context, language="en", caller_address="")
    with pytest.raises(RuntimeError, match="/open is open to everybody"):
        _ = call.principal


# --- what was sent ----------------------------------------------------------------------------------------------------


def test_the_answer_carries_its_status_and_headers(api: Api) -> None:
    answer = api.call("POST", "/notes", ANNA, {"text": "  Привет  "})
    assert answer.status == 201
    assert answer.text == '{"text":"Привет"}'
    assert answer.headers["location"] == "/notes/1"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]


def test_no_content_is_an_empty_body(api: Api) -> None:
    answer = api.call("DELETE", "/notes/1", ANNA)
    assert (answer.status, answer.text) == (204, "")


def test_a_page_goes_out_as_it_is_with_its_own_headers(api: Api) -> None:
    answer = api.call("GET", "/page")
    assert (answer.text, answer.headers["content-type"], answer.headers["cache-control"]) == (
        "Привет",
        "text/plain",
        "public",
    )


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"text": "a", "colour": "red"}, "/colour", "unknown_field"),
        ({"text": 1}, "/text", "text"),
        ({"text": "a" * 21}, "/text", "too_long"),
        ({"text": "a", "count": 10}, "/count", "less_than_equal"),
        ({}, "/text", "missing"),
        ([], "", "object"),
        ({"text": "a", "a/b~c": 1}, "/a~1b~0c", "unknown_field"),
    ],
)
def test_a_wrong_value_is_named_by_its_pointer(api: Api, body: Any, pointer: str, code: str) -> None:
    answer = api.call("POST", "/notes", ANNA, body)
    assert (answer.status, answer.json["code"]) == (422, "invalid")
    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    "raw", [b"{", b"nonsense", b'{"text": "\xff"}', b'{"text": "\\ud800"}', b"[" * 100_000, b'{"text": "a"} {}']
)
def test_what_is_not_json_is_400(api: Api, raw: bytes) -> None:
    answer = api.call("POST", "/notes", ANNA, raw=raw)
    assert (answer.status, answer.json["code"]) == (400, "body_not_json")


def test_a_body_where_none_is_taken_is_refused_but_for_empty_braces(api: Api) -> None:
    assert api.call("DELETE", "/notes/1", ANNA, {}).status == 204
    assert api.call("DELETE", "/notes/1", ANNA, {"force": True}).json["errors"][0]["code"] == "body_not_expected"


def test_a_body_over_the_limit_is_413(api: Api) -> None:
    fits = b'{"text": "a"}'.ljust(respond.MOST_BODY_BYTES)
    assert api.call("POST", "/notes", ANNA, raw=fits).status == 201
    answer = api.call("POST", "/notes", ANNA, raw=fits + b" ")
    assert (answer.status, answer.json["code"]) == (413, "body_too_large")


def test_another_media_type_is_415_and_another_method_405(api: Api) -> None:
    form = api.call(
        "POST", "/notes", ANNA, {"text": "a"}, headers={"content-type": "text/plain", "accept-language": "ru"}
    )
    assert (form.status, form.json["code"]) == (415, "media_type_unsupported")
    assert form.json["title"] == "Нужен Content-Type application/json"
    assert form.headers["content-type"] == "application/problem+json"
    assert form.headers["access-control-allow-origin"] == "*"
    method = api.call("PUT", "/notes", ANNA, {"text": "a"})
    assert (method.status, method.json["code"]) == (405, "method_not_allowed")
    assert method.json["detail"].startswith("Here go: GET")
    assert set(method.headers["allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("limit=0", "/query/limit", "greater_than_equal"),
        ("limit=many", "/query/limit", "whole_number"),
        ("colour=red", "/query/colour", "unknown_field"),
        ("limit=1&limit=2", "/query/limit", "repeated"),
        ("cursor=made-up", "/query/cursor", "cursor_invalid"),
        ("cursor=%C3%A9%00.x", "/query/cursor", "cursor_invalid"),
    ],
)
def test_a_wrong_query_parameter_is_named(api: Api, query: str, pointer: str, code: str) -> None:
    answer = api.call("GET", f"/notes?{query}", ANNA)
    assert answer.status == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [(pointer, code)]


def test_a_route_without_query_takes_none(api: Api) -> None:
    assert api.call("GET", "/open?debug=1").json["errors"][0]["pointer"] == "/query/debug"


@pytest.mark.parametrize("name", ["a b", "%00", "x" * 65, "Заказ", "a#b", ".."])
def test_a_path_that_can_name_nothing_is_404(api: Api, name: str) -> None:
    assert api.call("DELETE", f"/notes/{name}".replace("#", "%23"), ANNA).json["code"] == "not_found"


# --- lists ------------------------------------------------------------------------------------------------------------


def test_a_cursor_works_for_its_caller_its_list_and_its_filter_only(api: Api) -> None:
    cursor = api.call("GET", "/notes?state=new", ANNA).json["values"]["next"]
    assert api.call("GET", f"/notes?state=new&limit=5&cursor={cursor}", ANNA).status == 200
    assert api.call("GET", f"/notes?state=new&cursor={cursor}", BORIS).status == 422
    assert api.call("GET", f"/notes?state=old&cursor={cursor}", ANNA).status == 422
    assert api.call("GET", f"/notes?cursor={cursor}", ANNA).status == 422


def test_a_cursor_does_not_go_along_to_another_company(api: Api) -> None:
    cursor = api.call("GET", "/notes", ANNA).json["values"]["next"]
    assert api.call("GET", f"/notes?cursor={cursor}", ANNA_ELSEWHERE).status == 422


def test_a_cursor_of_one_things_list_is_none_of_anothers(api: Api) -> None:
    cursor = api.call("GET", "/notes/one/lines", ANNA).json["values"]["next"]
    assert api.call("GET", f"/notes/one/lines?cursor={cursor}", ANNA).status == 200
    assert api.call("GET", f"/notes/two/lines?cursor={cursor}", ANNA).status == 422


# --- versions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("if_match", "status"),
    [(None, 428), ('"3"', 200), ("3", 200), ("*", 412), ('"abc"', 412), ('"' + "9" * 5000 + '"', 412), ('"٣"', 412)],
)
def test_a_matched_route_needs_a_version(api: Api, if_match: str | None, status: int) -> None:
    headers = {} if if_match is None else {"if-match": if_match}
    answer = api.call("PATCH", "/notes/1", ANNA, {"text": "a"}, headers=headers)
    assert answer.status == status
    if status == 200:
        assert answer.json["values"]["version"] == 3
    else:
        assert "ETag" in answer.json["detail"]


# --- the same request twice -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["k1", '"k1"'])
def test_a_repeat_has_no_second_effect_and_the_first_answer(api: Api, context: Context, key: str) -> None:
    first = api.call("POST", "/notes/one/pay", ANNA, {"text": "é"}, key=key)
    again = api.call("POST", "/notes/one/pay", ANNA, {"text": "é"}, key="k1")
    assert (again.status, again.text) == (first.status, first.text) == (201, '{"text":"one: é"}')
    assert again.headers["location"] == first.headers["location"] == "/notes/one"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert paid(context, "one") == 1


def test_an_answer_is_kept_without_names_and_each_repeat_has_them(api: Api, context: Context) -> None:
    partners.member(context, "mbr_anna")
    first, again = (api.call("POST", "/signed", ANNA, key="k1") for _ in range(2))
    assert first.json["by_name"] and first.text == again.text
    kept = next(item for item in everything(context).values() if item["sk"] == "ONCE")
    assert json.loads(zlib.decompress(bytes(kept["body"])))["by_name"] is None


def test_an_answer_that_an_earlier_version_kept_is_given_as_it_was(api: Api, context: Context) -> None:
    api.call("POST", "/signed", ANNA, key="k1")
    kept = next(item for item in everything(context).values() if item["sk"] == "ONCE")
    context.table.put(
        {**kept, "body": zlib.compress(json.dumps(old := {"text": "old", "by": "mbr_anna", "by_name": None}).encode())}
    )
    assert api.call("POST", "/signed", ANNA, key="k1").json == old


def test_a_key_for_another_body_or_another_thing_is_refused(api: Api, context: Context) -> None:
    api.call("POST", "/notes/one/pay", ANNA, {"text": "a"}, key="k1")
    for path, text in (("/notes/one/pay", "b"), ("/notes/two/pay", "a")):
        answer = api.call("POST", path, ANNA, {"text": text}, key="k1")
        assert (answer.status, answer.json["code"]) == (422, "idempotency_key_reused")
    assert (paid(context, "one"), paid(context, "two")) == (1, 0)


def test_keys_of_two_callers_do_not_meet(api: Api, context: Context) -> None:
    for caller in (ANNA, BORIS):
        assert api.call("POST", "/notes/one/pay", caller, {"text": "a"}, key="k1").status == 201
    assert paid(context, "one") == 2


def test_a_key_does_not_bring_the_old_companys_answer_to_another_company(api: Api, context: Context) -> None:
    api.call("POST", "/notes/one/pay", ANNA, {"text": "a"}, key="k1")
    partners.dismissed(context, "cmp_1", "mbr_anna")
    partners.speaks_for(context, "cmp_2", "mbr_anna")
    elsewhere = api.call("POST", "/notes/one/pay", ANNA_ELSEWHERE, {"text": "a"}, key="k1")
    assert elsewhere.status == 201 and "idempotency-replayed" not in elsewhere.headers
    assert paid(context, "one") == 2
    for caller in (ANNA, ANNA_ELSEWHERE):
        again = api.call("POST", "/notes/one/pay", caller, {"text": "a"}, key="k1")
        assert again.headers["idempotency-replayed"] == "true"
    assert paid(context, "one") == 2


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("a b", "idempotency_key_invalid"),
        ("k" * 129, "idempotency_key_invalid"),
        ('""', "idempotency_key_invalid"),
        ("ключ", "idempotency_key_invalid"),
    ],
)
def test_a_keyed_request_needs_a_key(api: Api, key: str | None, code: str) -> None:
    answer = api.call("POST", "/notes/one/pay", ANNA, {"text": "a"}, key=key)
    assert (answer.status, answer.json["code"]) == (400, code)


def test_a_refused_request_leaves_its_key_free(api: Api, room: Room, context: Context) -> None:
    room.trouble = Problem("conflict")
    assert api.call("POST", "/notes/one/pay", ANNA, {"text": "a"}, key="k1").status == 409
    assert api.call("POST", "/notes/one/pay", ANNA, {"text": "a"}, key="k1").status == 201
    assert paid(context, "one") == 1


def test_the_loser_of_two_twins_gets_the_winners_answer(api: Api, room: Room, context: Context) -> None:
    """Both looked before either wrote; one of them is refused by the other's row, or by what the other changed."""
    recall = idempotency.Once.recall
    for key, trouble in (("k1", None), ("k2", Problem("wrong_state"))):
        first = api.call("POST", "/notes/one/pay", ANNA, {"text": key}, key=key)
        looks: list[str] = []

        def blind_at_first(
            once: idempotency.Once, context: Context, *, consistent: bool, looks: list[str] = looks
        ) -> Any:
            looks.append(once.key)
            return None if len(looks) == 1 else recall(once, context, consistent=consistent)

        room.trouble = trouble
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(idempotency.Once, "recall", blind_at_first)
            loser = api.call("POST", "/notes/one/pay", ANNA, {"text": key}, key=key)
        assert (loser.status, loser.text) == (first.status, first.text)
        assert loser.headers["idempotency-replayed"] == "true"
    assert paid(context, "one") == 2


def test_a_key_is_free_again_after_its_time_though_the_table_still_has_it(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.call("POST", "/notes/one/pay", ANNA, {"text": "a"}, key="k1")
    later = replace(context, now=context.now + timedelta(days=7))
    monkeypatch.setattr(respond, "context_now", lambda: later)
    assert api.call("POST", "/notes/one/pay", ANNA, {"text": "b"}, key="k1").status == 201
    assert paid(context, "one") == 2


def test_two_requests_that_keep_meeting_are_409_with_a_time_to_wait(api: Api, room: Room) -> None:
    room.trouble = Busy()
    answer = api.call("POST", "/notes/one/pay", ANNA, {"text": "a"}, key="k1")
    assert (answer.status, answer.json["code"], answer.headers["retry-after"]) == (409, "in_flight", "1")


@pytest.mark.parametrize("path", ["/forgetful", "/fickle"])
def test_a_route_that_forgets_its_promise_is_found_at_its_first_call(api: Api, path: str) -> None:
    assert api.call("POST", path, ANNA, key="k1").status == 500


def test_a_job_answers_nobody(context: Context) -> None:
    tx = Transaction()
    context.reply(tx, "done")
    assert len(tx) == 0


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_problem_speaks_the_readers_language_and_names_the_request(api: Api, room: Room) -> None:
    room.trouble = Problem("conflict", "The cart is empty.", headers={"Retry-After": "3"}, extra={"since": "noon"})
    answer = api.call("POST", "/broken", headers={"accept-language": "de, ru;q=0.8, en;q=0.3"})
    assert answer.status == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "ru"
    assert answer.headers["retry-after"] == "3"
    assert answer.json == {
        "type": "urn:partner-club:problem:conflict",
        "title": "Запрос противоречит текущему состоянию",
        "status": 409,
        "code": "conflict",
        "detail": "Корзина пуста.",
        "errors": [],
        "request_id": "request-of-the-test",
        "since": "noon",
    }


def test_what_nobody_expected_is_500_without_a_word_of_the_inside(api: Api, room: Room) -> None:
    room.trouble = ValueError("a secret of the house")
    answer = api.call("POST", "/broken")
    assert (answer.status, answer.json["code"]) == (500, "internal")
    assert "secret" not in answer.text


def test_too_many_changes_at_once_are_503(api: Api, room: Room) -> None:
    room.trouble = Busy()
    answer = api.call("POST", "/broken")
    assert (answer.status, answer.json["code"], answer.headers["retry-after"]) == (503, "busy", "1")


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("ru", "ru"),
        ("ru-RU, en;q=0.9", "ru"),
        ("en, ru;q=0.9", "en"),
        ("de, ru;q=0.1", "ru"),
        ("ru;q=0", "en"),
        ("de", "en"),
        ("ru;q=high", "en"),
        ("*", "en"),
    ],
)
def test_the_language_is_the_readers_choice(api: Api, asked: str | None, language: str) -> None:
    headers = {} if asked is None else {"accept-language": asked}
    assert api.call("GET", "/open", headers=headers).json["values"]["language"] == language


def test_a_row_of_a_key_carries_its_time_to_live(api: Api, context: Context) -> None:
    api.call("POST", "/notes/one/pay", ANNA, {"text": "a"}, key="k1")
    item = context.table.get(Key("ONCE#mbr_anna#cmp_1#k1", "ONCE"))
    assert item
    assert int(item["expires_at"]) == context.expiry(days=7)
    assert json.loads(zlib.decompress(bytes(item["body"]))) == {"text": "one: a"}


def test_a_location_leads_to_the_thing_whatever_stands_before_the_routes_path(api: Api) -> None:
    first = api.call("POST", "/notes/1/pay", ANNA, {"text": "Hello"}, key="k", stage="/live")
    again = api.call("POST", "/notes/1/pay", ANNA, {"text": "Hello"}, key="k", stage="/live")
    bare = api.call("POST", "/notes/1/pay", ANNA, {"text": "Hello"}, key="k")
    locations = [each.headers["location"] for each in (first, again, bare)]
    assert locations == ["/live/notes/1", "/live/notes/1", "/notes/1"]


@pytest.mark.parametrize("letter", ["a", "я", "💡", '"'])
def test_an_answer_that_is_too_large_to_leave_the_function_is_a_problem_that_says_so(
    api: Api, room: Room, letter: str
) -> None:
    each = len(json.dumps(letter)) - 2
    room.long = letter * ((answers.MOST_BYTES - 2) // each)
    assert api.call("GET", "/long").text == room.long
    room.long += letter
    answer = api.call("GET", "/long")
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "answer_too_large")
