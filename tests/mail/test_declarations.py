"""Declarations of letters in the rooms, and the list of them that a package carries."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.mail import declarations
from chalicelib.mail.declarations import declaration, letter, letter_modules
from chalicelib.mail.model import LetterClass
from chalicelib.platform.events import EventType
from infra.build import ROOT

TOLD = EventType("test.told")


def nobody(context: Any, event: Any) -> list[Any]:
    return []


def test_advertising_cannot_be_declared_without_asking_for_consent() -> None:
    with pytest.raises(TypeError, match="nothing asks for consent"):
        letter("offer", on=TOLD, to=nobody, letter_class=LetterClass.ADVERTISING)


def test_a_letter_has_one_declaration_and_an_event_asks_for_it_once() -> None:
    with pytest.raises(TypeError, match="declared twice"):
        letter("welcome", on=TOLD, to=nobody)(lambda context, recipient, event: pytest.fail("never asked"))
    with pytest.raises(TypeError, match="declared twice"):
        letter("welcome", on=EventType("member.email_confirmed"), to=nobody)(declaration("welcome").facts)


def test_a_package_imports_the_rooms_of_the_letter_at_hand(tmp_path: Path) -> None:
    (tmp_path / "registry.json").write_text(json.dumps(letter_modules()), encoding="utf-8")
    asked = (
        "import sys; from pathlib import Path; from chalicelib.mail import declarations; from chalicelib.platform.registry import modules; "
        f"modules.REGISTRY = Path({str(tmp_path / 'registry.json')!r}); "
        "print(declarations.declaration('sign_in_code').module, *sys.modules)"
    )
    module, *loaded = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert module == "chalicelib.auth.letters"
    rooms = {name for name in loaded if name.startswith("chalicelib.") and name.count(".") > 1}
    assert not {name for name in rooms if name.split(".")[1] not in ("auth", "mail", "platform", "table")}


def test_a_package_knows_the_letters_of_each_event() -> None:
    table = letter_modules()
    assert table["letters"]["order_placed_for_you"] == ["chalicelib.orders.lifecycle.letters"]
    assert table["events"]["order.placed"] == ["chalicelib.orders.lifecycle.letters"]
    assert set(declarations.declared_letters()) <= set(table["letters"])
