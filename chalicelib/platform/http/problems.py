"""Errors of requests as RFC 9457 problem+json.

    Problem                       status  when
    ├─ (code)                     by code one of the catalogue below
    ├─ .role_lost()               403     a token that promises more than its holder still may
    ├─ .client_disabled()         403     a token of a machine client that may not call any more
    └─ .invalid(code, pointer…)   422     a value that is well-formed and cannot be

Codes are part of the API and never translated; titles and details are in the reader's language.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SerializationInfo, field_serializer

from chalicelib.platform.http.sentences import in_russian

Value = TypeVar("Value")

CONTENT_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """`detail`: the way out, where a problem says nothing of its own."""

    status: int
    title: str
    title_ru: str
    detail: str | None = None


KINDS: dict[str, Kind] = {
    "body_not_json": Kind(400, "The body is not valid JSON", "Тело запроса не является корректным JSON"),
    "idempotency_key_missing": Kind(
        400,
        "The Idempotency-Key header is missing",
        "Нет заголовка Idempotency-Key",
        "Make up a key for each request, such as a UUID, and send the same one when you repeat it.",
    ),
    "idempotency_key_invalid": Kind(400, "The Idempotency-Key is malformed", "Неверный формат Idempotency-Key"),
    "unauthorized": Kind(401, "Refresh the session, or sign in", "Обновите сеанс или войдите"),
    "session_expired": Kind(401, "The session has expired, sign in again", "Сеанс истёк, войдите снова"),
    "scope_missing": Kind(403, "Your role does not allow this", "Ваша роль этого не позволяет"),
    "session_stale": Kind(
        403, "Your rights have changed: refresh the session", "Ваши права изменились: обновите сеанс"
    ),
    "company_missing": Kind(403, "Name your company first", "Сначала назовите свою компанию"),
    "not_confirmed": Kind(403, "You are not confirmed yet", "Вас ещё не подтвердили"),
    "cabinet_locked": Kind(403, "This section of the cabinet is locked", "Этот раздел кабинета закрыт"),
    "client_not_registered": Kind(403, "This client is not registered", "Эта программа не зарегистрирована"),
    "four_eyes": Kind(403, "Someone else must approve this", "Это должен подтвердить другой сотрудник"),
    "not_found": Kind(404, "Not found", "Не найдено"),
    "method_not_allowed": Kind(405, "This method is not allowed here", "Этот метод здесь не разрешён"),
    "not_acceptable": Kind(406, "This format is not available", "Такой формат недоступен"),
    "conflict": Kind(409, "The request conflicts with the current state", "Запрос противоречит текущему состоянию"),
    "wrong_state": Kind(409, "The current state does not allow this", "В нынешнем состоянии это невозможно"),
    "already_exists": Kind(409, "This already exists", "Это уже существует"),
    "in_flight": Kind(409, "The same request is in progress", "Такой же запрос уже выполняется"),
    "debt_overdue": Kind(409, "A payment is overdue", "Есть просроченная оплата"),
    "credit_exceeded": Kind(409, "The credit limit is exceeded", "Превышен кредитный лимит"),
    "offer_used": Kind(409, "The offer has already been used", "Предложение уже использовано"),
    "promotion_exhausted": Kind(409, "Too little is left of the promotion's limit", "Лимита акции уже не хватает"),
    "out_of_stock": Kind(409, "Not enough in stock", "Недостаточно товара в наличии"),
    "price_changed": Kind(409, "The price has changed", "Цена изменилась"),
    "cart_changed": Kind(409, "The cart has changed", "Корзина изменилась"),
    "code_expired": Kind(410, "The code has expired, ask for a new one", "Срок действия кода истёк, запросите новый"),
    "precondition_failed": Kind(
        412,
        "This has changed since you read it",
        "Данные изменились с тех пор, как вы их прочитали",
        "Read it again, and repeat the change with the ETag of that answer in If-Match.",
    ),
    "body_too_large": Kind(413, "The body is too large", "Тело запроса слишком велико"),
    "media_type_unsupported": Kind(
        415, "The Content-Type must be application/json", "Нужен Content-Type application/json"
    ),
    "invalid": Kind(422, "Some values are invalid", "Некоторые значения указаны неверно"),
    "not_enough_bonus": Kind(422, "Not enough bonuses", "Бонусов недостаточно"),
    "limit_exceeded": Kind(422, "A limit is exceeded", "Превышен лимит"),
    "above_left": Kind(422, "This is more than is left", "Это больше, чем осталось"),
    "wrong_code": Kind(422, "The code is wrong", "Неверный код"),
    "idempotency_key_reused": Kind(
        422, "This Idempotency-Key belongs to another request", "Этот Idempotency-Key принадлежит другому запросу"
    ),
    "precondition_required": Kind(
        428,
        "The If-Match header is missing",
        "Нет заголовка If-Match",
        "Read it first, and send the ETag of that answer in If-Match.",
    ),
    "too_many_requests": Kind(429, "Too many requests", "Слишком много запросов"),
    "too_many_tries": Kind(
        429, "Too many wrong codes, ask for a new one", "Слишком много неверных кодов, запросите новый"
    ),
    "internal": Kind(500, "Something went wrong on our side", "Ошибка на нашей стороне"),
    "busy": Kind(
        503, "Too many concurrent changes, try again", "Слишком много одновременных изменений, попробуйте ещё раз"
    ),
}


class _Body(BaseModel):
    model_config = ConfigDict(defer_build=True)  # most answers are no problems


class Fault(_Body):
    """One wrong value. `pointer` is a JSON Pointer into the body, or `/query/…`, `/header/…`, `/path/…`."""

    pointer: str
    code: str
    detail: str

    @field_serializer("detail")
    def _in_the_readers_language(self, detail: str, info: SerializationInfo) -> str:
        """Of a fault without Russian the title is told."""
        if not info.context or info.context.get("language") != "ru":
            return detail
        return in_russian(detail) or KINDS["invalid"].title_ru


class ValueFault(Fault):
    """A value that does not fit a form, with the bounds or the values that would."""

    min: str | None = None
    max: str | None = None
    allowed: list[str] | None = None


class ProblemBody(_Body):
    """RFC 9457 problem details; `errors` are the faults of single values."""

    type: str = Field(description="A URN that ends with the code.")
    title: str = Field(description="For people, in the language of the answer.")
    status: int = Field(description="The HTTP status.")
    code: str
    detail: str | None = None
    errors: list[ValueFault] = []
    request_id: str


class Problem(Exception):
    """An error for the caller, raised in any layer; the HTTP layer answers with it. `extra`: further members of the body."""

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        *,
        errors: Sequence[Fault] = (),
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail or KINDS[code].title}")
        self.code = code
        self.detail = detail or KINDS[code].detail
        self.errors = list(errors)
        self.headers = headers or {}
        self.extra = extra or {}

    @property
    def status(self) -> int:
        return KINDS[self.code].status

    @classmethod
    def invalid(cls, code: str, pointer: str, detail: str) -> "Problem":
        return cls("invalid", errors=[Fault(pointer=pointer, code=code, detail=detail)])

    @classmethod
    def unknown(cls, thing: str, pointer: str, allowed: Collection[str]) -> "Problem":
        """A value that is none of those that the club has now."""
        detail = f"One of: {', '.join(allowed)}."
        fault = ValueFault(pointer=pointer, code=f"unknown_{thing}", detail=detail, allowed=[*allowed])
        return cls("invalid", errors=[fault])

    @classmethod
    def absent(cls, thing: str) -> "Problem":
        """There is no such thing, or it is another's: the answer is the same, so that nobody learns by it what others have."""
        return cls("not_found", f"There is no such {thing}, or you may not see it.")

    @classmethod
    def role_lost(cls) -> "Problem":
        """The caller was dismissed, or has another role by now. A token outlives that by some minutes."""
        return cls("session_stale", "You no longer have this role.")

    @classmethod
    def client_disabled(cls) -> "Problem":
        """The calling machine client was disabled. A token outlives that by some minutes."""
        return cls("scope_missing", "This client was disabled.")

    def body(self, language: str, request_id: str) -> str:
        kind, russian = KINDS[self.code], language == "ru"
        content = {
            "type": f"urn:partner-club:problem:{self.code}",
            "title": kind.title_ru if russian else kind.title,
            "status": kind.status,
            "code": self.code,
            "errors": [fault.model_dump(exclude_none=True, context={"language": language}) for fault in self.errors],
            "request_id": request_id,
        }
        detail = in_russian(self.detail) if russian and self.detail else self.detail
        if detail:  # without its Russian it is left out: the title says what happened
            content["detail"] = detail
        return json.dumps({**content, **self.extra}, ensure_ascii=False)


def faults_of(problem: Problem) -> list[Fault]:
    """The faults of one row among others: those of its values, else the problem as a whole."""
    whole = Fault(pointer="", code=problem.code, detail=problem.detail or KINDS[problem.code].title)
    return problem.errors or [whole]


def escape(part: str) -> str:
    """One token of a JSON Pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")


def status_phrase(status: int) -> str:
    return HTTPStatus(status).phrase


def or_not_found(value: Value | None, detail: str | None = None) -> Value:
    """The value of a reading. Raises 404 where there is none; the answer names what the path names last, unless `detail` says more."""
    if value is None:
        raise Problem("not_found", detail)
    return value


# By parameter of a path; others are the words of their name.
_THINGS = {
    "client_id": "machine client",
    "grant_id": "manual tier",
    "image_id": "picture",
    "kind": "kind of calls",
    "list_id": "list of best sellers",
    "number": "link",
    "page": "page",
    "proof_id": "photo of a display",
    "reference": "accrual",
    "sku": "product",
    "token": "link",
}


def thing_at(parameters: Iterable[str]) -> str:
    """The thing at a path with these parameters: that of the last one."""
    name = [*parameters][-1]
    return _THINGS.get(name, name.removesuffix("_id").replace("_", " "))
