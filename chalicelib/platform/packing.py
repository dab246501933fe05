"""Values as JSON: a mapping or a dataclass is an object, a NamedTuple the list of its fields, a Decimal its digits, a day its ISO text."""

from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


class JsonOf(Generic[T]):
    """Values of one kind as JSON. The reader is built at first use, like a form."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        return TypeAdapter(self._kind)

    def write(self, value: T) -> bytes:
        return self._adapter.dump_json(value)

    def read(self, content: bytes) -> T:
        """Raises ValidationError for JSON of another kind."""
        return self._adapter.validate_json(content)
