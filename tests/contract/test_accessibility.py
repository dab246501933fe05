"""The pages that the API serves to browsers: axe finds no fault in them, narrow and wide, light and dark, in both languages."""

import json
import re
import shutil
import subprocess
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from chalicelib.contacts.preferences.service import pages_for
from chalicelib.platform.context import Context
from infra.build import ROOT
from tests.support import partners
from tests.support.api import STRANGER, Api

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not CHROMIUM or not shutil.which("npm"), reason="Chromium or Node is not installed"),
]
TOOLS = ROOT / ".local" / "axe"  # kept from run to run
PAGES = ("/docs", "/docs/place-an-order", "/docs/place_order", "/docs/problems", "/rules")
# Width in pixels, and what Chromium calls the colours that a reader prefers.
LOOKS = {"narrow": (375, 1), "wide": (1280, 1), "dark": (1280, 0), "narrow and dark": (375, 0)}
REPORT = """
<script>%s</script>
<script>
axe.run().then((found) => {
  const told = document.createElement("pre");
  told.id = "told";
  told.textContent = JSON.stringify(found.violations.map((each) => [each.id, each.nodes.map((node) => node.html)]));
  document.body.append(told);
});
</script>
</body>"""


@pytest.fixture(scope="module")
def axe() -> str:
    asked = ["npm", "install", "--prefix", str(TOOLS), "--ignore-scripts", "--no-audit", "--no-fund", "axe-core@4.14.1"]
    subprocess.run(asked, check=True, capture_output=True, timeout=300)
    return (TOOLS / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def faults(page: str, axe: str, folder: Path, width: int, scheme: int) -> list[Any]:
    """The faults that axe finds in a page: rule and elements. The page's own policy, a header, would not let it in."""
    file = folder / "page.html"
    file.write_text(page.replace("</body>", REPORT % axe.replace("</script>", "<\\/script>")), encoding="utf-8")
    look = [f"--window-size={width},900", f"--blink-settings=preferredColorScheme={scheme}"]
    command = [str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", *look, "--virtual-time-budget=20000"]
    ended = subprocess.run(
        [*command, "--dump-dom", file.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    told = re.search(r'<pre id="told">(.*?)</pre>', ended.stdout, re.DOTALL)
    assert told, "axe did not run"
    found: list[Any] = json.loads(unescape(told[1]))
    return found


def test_axe_sees_a_fault_where_there_is_one(axe: str, tmp_path: Path) -> None:
    page = '<!doctype html><html lang="en"><title>A</title><body><main><h1>A</h1><img src="data:,"></main></body>'
    assert [rule for rule, _ in faults(page, axe, tmp_path, 375, 1)] == ["image-alt"]


@pytest.mark.parametrize(("path", "language", "look"), list(product(PAGES, ("en", "ru"), LOOKS)))
def test_axe_finds_no_fault(api: Api, axe: str, tmp_path: Path, path: str, language: str, look: str) -> None:
    answer = api.call("GET", path, headers={"accept-language": language, "accept": "text/html"})
    assert answer.status == 200
    assert faults(answer.text, axe, tmp_path, *LOOKS[look]) == []


PERSONAL = ("preferences", "unsubscribe", "own data")


@pytest.mark.parametrize(("page", "language", "look"), list(product(PERSONAL, ("en", "ru"), LOOKS)))
def test_axe_finds_no_fault_in_the_pages_of_one_person(
    api: Api, context: Context, axe: str, tmp_path: Path, page: str, language: str, look: str
) -> None:
    """The pages that letters link to, in the language of the member, and the data that the club holds of her."""
    partners.company(context, "cmp_1")
    partners.member(context, "mbr_anna", language=language)
    anna = partners.speaks_for(context, "cmp_1", "mbr_anna")
    links = pages_for("mbr_anna")
    paths = {"preferences": links.preferences, "unsubscribe": links.unsubscribe, "own data": "/v1/me/data/page"}
    path = urlsplit(paths[page]).path.removeprefix("/api")
    answer = api.call("GET", path, anna if page == "own data" else STRANGER, headers={"accept-language": language})
    assert answer.status == 200 and f'<html lang="{language}">' in answer.text
    assert faults(answer.text, axe, tmp_path, *LOOKS[look]) == []


def shown_by_chromium(file: Path, query: str = "", *more: str) -> str:
    """The page as it is once its script has run."""
    command = [str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", *more]
    address = f"{file.as_uri()}{query}"
    ended = subprocess.run([*command, "--dump-dom", address], capture_output=True, text=True, timeout=120, check=True)
    return ended.stdout


@pytest.mark.parametrize(
    ("language", "word", "operations"),
    [
        ("en", "return", {"request_return", "accept_return", "reject_return"}),
        ("ru", "возвратов", {"request_return", "accept_return", "reject_return"}),
        ("ru", "отчетов", {"list_reports", "publish_report"}),  # nobody types the dots of ё
    ],
)
def test_a_search_for_return_finds_the_return_and_one_for_nothing_says_so(
    api: Api, tmp_path: Path, language: str, word: str, operations: set[str]
) -> None:
    """The search reads its words from the address, too, and finds a Russian word in any of its forms."""
    file = tmp_path / "docs.html"
    file.write_text(api.call("GET", "/docs", headers={"accept-language": language}).text, encoding="utf-8")
    rows = re.findall(
        r'<li data-words="[^"]*"[^>]*?( hidden="")?><a href="docs/(\w+)"', shown_by_chromium(file, f"?q={quote(word)}")
    )
    shown = {name for hidden, name in rows if not hidden}
    assert operations <= shown
    assert len(shown) < len(rows) / 8
    nothing = {"en": "Nothing is found: try fewer words", "ru": "Ничего не найдено: уберите слово"}
    assert f">{nothing[language]}" in shown_by_chromium(file, "?q=unicorn")


def test_the_language_of_examples_that_a_reader_chose_is_chosen_on_the_next_page(api: Api, tmp_path: Path) -> None:
    page = api.call("GET", "/docs/place-an-order").text
    chooses = """<script>
      const python = [...document.querySelectorAll("[name=tab]")].find((tab) => tab.value === "Python");
      document.title = `Python: ${python.checked}`;
      python.click();
    </script></body>"""
    file, profile = tmp_path / "task.html", f"--user-data-dir={tmp_path / 'profile'}"
    file.write_text(page.replace("</body>", chooses), encoding="utf-8")
    titles = [re.findall("<title>(.*?)</title>", shown_by_chromium(file, "", profile))[0] for _ in range(2)]
    assert titles == ["Python: false", "Python: true"]
