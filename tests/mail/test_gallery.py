"""The gallery shows every letter."""

from pathlib import Path

from chalicelib.campaigns.plan.issue_texts import MOST_BYTES
from chalicelib.campaigns.series.shipped import shipped
from chalicelib.mail import PortalPages
from tests.mail import gallery
from tests.mail.test_rendering import LETTERS


def test_the_gallery_has_every_letter_and_every_step_in_both_languages(tmp_path: Path) -> None:
    pages = {path.name: path for path in gallery.write(tmp_path)}
    steps = [
        f"series_{name}_{step.step_id}" for name, series in shipped(PortalPages()).items() for step in series.steps
    ]
    assert set(pages) == {
        f"{name}.{language}.html"
        for name in [*LETTERS, *steps, "issue_with_products", "issue_of_service"]
        for language in ("en", "ru")
    }
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    for name, path in pages.items():
        assert f'href="{name}"' in index
        assert path.stat().st_size + path.with_suffix(".txt").stat().st_size < MOST_BYTES
        assert "example/leave" in path.read_text(encoding="utf-8") or not name.startswith("series_")
