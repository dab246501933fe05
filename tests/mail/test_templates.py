"""Letters that the staff write: what a text may hold, and what becomes of it."""

import time
from decimal import Decimal
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail import templates

VARIABLES: dict[str, object] = {
    "name": "Anna",
    "tier": "Gold",
    "discount_percent": Decimal(7),
    "portal_url": "https://p.example",
}
FACTS: dict[str, Any] = {**VARIABLES, "club_name": "Club", "pages": None}


def fault(text: str) -> str | None:
    found = templates.fault_of(text, "en", VARIABLES)
    return found.code if found else None


def body(text: str, **facts: Any) -> tuple[str, str]:
    assert fault(text) is None
    _, html, plain = templates.render("S", "P", text, "W", "en", FACTS | facts)
    return html, plain


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n\nPlain, **strong** and *light*.",
        "Dear {{ name }}, {{ discount_percent | percent }}.",
        "{% if tier %}You are {{ tier }}.{% else %}No tier yet.{% endif %}",
        "{% if tier == 'Gold' and not name %}A{% endif %}",
        "* one\n* two",
        "[See them]({{ portal_url }}/lamps)",
        "| Lamp | 100 |",
        "> quoted",
        "<small>small</small>",
    ],
)
def test_markup_variables_and_conditions_are_taken(text: str) -> None:
    assert fault(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ name", "template_syntax"),
        ("{% if name %}", "template_syntax"),
        ("{{ name | upper }}", "template_syntax"),
        ("{{ name | percent }}", "template_value"),
        ("{{ nome }}", "unknown_variable"),
        ("{% if nome %}{% endif %}", "unknown_variable"),
        ("{{ self }}", "unknown_variable"),
        ("{{ lipsum }}", "unknown_variable"),
        ("{{ range }}", "unknown_variable"),
        (f"{{{{ {'9' * 5000} }}}}", "template_syntax"),
        (f"{{{{ {'not ' * 9000}name }}}}", "template_too_much"),
        (f"{{{{ {'(' * 9000}name{')' * 9000} }}}}", "template_too_much"),
        (f"{'{% if name %}' * 1000}a{'{% endif %}' * 1000}", "template_too_much"),
        (f"{'{% if name %}' * 50}a{'{% endif %}' * 50}", "template_too_much"),
        ("{% for a in range(10) %}{% endfor %}", "template_too_much"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}", "template_too_much"),
        ("{{ name.__class__ }}", "template_too_much"),
        ("{{ name() }}", "template_too_much"),
        ("{{ 'x' * 999999999 }}", "template_too_much"),
        ("{{ '%099999999d' % discount_percent }}", "template_too_much"),
        ("{% set a = name %}", "template_too_much"),
        ("{% include 'layout.html' %}", "template_too_much"),
        ("{% macro a() %}{% endmacro %}", "template_too_much"),
        ("<script>alert(1)</script>", "markup"),
        ("a <b>b</b>", "markup"),
        ("![a](https://a.example/a.png)", "markup"),
        ("[a](javascript:alert)", "link"),
        ("[a](mailto:a@b.example)", "link"),
        ("[a]({{ name }})", "link"),
        ("{% if tier %}a{% else %}[a](javascript:alert){% endif %}", "link"),
        ("{% if tier %}a{% else %}{{ name | percent }}{% endif %}", "template_value"),
        ("{% if not name %}a{% elif tier == 'Silver' %}{{ name | percent }}{% endif %}", "template_value"),
        ("{% if tier %}a{% else %}![](https://a.example/a.png){% endif %}", "markup"),
        ("{% if not tier %}<script>alert(1)</script>{% endif %}", "markup"),
    ],
)
def test_anything_else_is_refused_with_its_cause(text: str, code: str) -> None:
    assert fault(text) == code


@pytest.mark.parametrize("mark", ["[", "![", "[a](", "[*", "*a ", "**a *b ", "_a ", "[a]: b\n"])
def test_marks_that_would_take_minutes_to_read_are_refused_at_once(mark: str) -> None:
    begun = time.process_time()
    assert fault((mark * 40_000)[:40_000]) == "markup_too_much"
    assert time.process_time() - begun < 5


def test_a_long_letter_of_many_links_and_marks_is_taken() -> None:
    assert fault("A [lamp](https://a.example) of **our** *best* _sort_, with words around it.\n\n" * 500) is None


def test_a_link_that_only_a_mixture_of_branches_makes_is_not_sent() -> None:
    text = "[a]({% if tier %}https://a.example/{% endif %}{% if name %}data:a{% else %}https://b.example{% endif %})"
    assert 'href="https://a.example/data:a"' in body(text)[0]
    with pytest.raises(templates.ForeignLink):
        templates.render("S", "P", text, "W", "en", FACTS | {"tier": ""})


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/find?q=%D0%BB%26b%20c%2Bd%23e",
        "https://ru.wiki.example/wiki/%D0%9B%D0%B0%D0%BC%D0%BF%D0%B0_(%D1%81%D0%B2%D0%B5%D1%82)",
        "https://a.example/LED_(x)_(y)?a=1&copy=2",
        "https://дом.example/лампы",
        "https://a.example/100%",
    ],
)
def test_an_address_leaves_as_it_was_written(address: str) -> None:
    words = f"[Go]({address})\n\nSee [it]({address}), [here][1], <{address}>.\n\n[1]: <{address}>"
    html, plain = body(words)
    assert html.count(f'href="{escape(address)}"') == 4
    assert plain.startswith(f"Go: {address}\n\nSee it ({address}), here ({address}), {address}.")
    assert templates.links_of(words, "https://p.example") == (address,)


def test_a_space_in_an_address_does_not_end_it() -> None:
    assert body("[Go](<https://a.example/a b>)")[1].startswith("Go: https://a.example/a%20b\n")


def test_percent_signs_are_words() -> None:
    assert body("100 % of **5%**, 7 \\% and `5 %`")[1].startswith("100 % of 5%, 7 % and 5 %\n")


def test_links_are_those_of_every_condition_that_hold_nothing_of_a_reader() -> None:
    words = (
        "[a]({{ portal_url }}/lamps%41){% if tier == 'Iron' %}[b](https://b.example){% else %}[c](https://c.example/{{ name }}){% endif %}"
        "\n\n[d](https://d.example/{% if tier %}gold{% else %}all{% endif %})"
    )
    assert templates.links_of(words, "https://p.example") == (
        "https://p.example/lamps%41",
        "https://b.example",
        "https://d.example/gold",
        "https://d.example/all",
    )


def test_a_link_within_a_sentence_keeps_its_address_in_plain_text() -> None:
    words = "# See [all](https://b.example)\n\nSee [the **lamps**](https://a.example/1?x=1), or [https://c.example](https://c.example)."
    html, text = body(words)
    assert 'href="https://a.example/1?x=1"' in html
    assert text.startswith("See all (https://b.example)\n\n")
    assert "See the lamps (https://a.example/1?x=1), or https://c.example." in text


def test_a_title_and_a_button_become_html_and_text() -> None:
    html, plain = body("# For {{ name }}\n\n[See them]({{ portal_url }})")
    assert "For Anna</h1>" in html
    assert 'href="https://p.example"' in html
    assert "For Anna" in plain
    assert "See them: https://p.example" in plain


def test_a_condition_follows_the_facts_of_the_reader() -> None:
    text = "{% if tier %}You are {{ tier }}.{% else %}No tier yet.{% endif %}"
    assert "You are Gold." in body(text)[1]
    assert "No tier yet." in body(text, tier="")[1]


@given(st.text(max_size=60))
def test_what_a_member_is_called_is_never_markup(name: str) -> None:
    plainly, _ = body("Dear {{ name }}, hello.", name="NAME")
    html, _ = body("Dear {{ name }}, hello.", name=name)
    assert html.count("<") == plainly.count("<")


@given(st.text(max_size=200))
def test_a_text_is_rendered_or_refused_and_never_fails(text: str) -> None:
    if fault(text) is None:
        templates.render("S", "P", text, "W", "en", FACTS)


@pytest.mark.parametrize("text", ["`<img>`", "    <img>"])
def test_html_in_code_is_shown_as_it_is_written(text: str) -> None:
    html, _ = body(text)
    assert "&lt;img&gt;" in html


def test_a_subject_is_one_line() -> None:
    subject, _, _ = templates.render("Hello {{ name }}", "", "a", "W", "en", FACTS | {"name": "A\r\nBcc: b@c.example"})
    assert subject == "Hello A Bcc: b@c.example"


def test_what_is_read_aloud_holds_its_facts_as_they_are_and_quotes_names_once() -> None:
    text = "{{ name }}: как дела в «{{ tier }}»?{% if discount_percent %} *{{ discount_percent | percent }}*{% endif %}"
    filled = templates.fill(text, "ru", VARIABLES | {"name": "<b>А & Б</b>", "tier": "ООО «Ромашка»"})
    assert filled == "<b>А & Б</b>: как дела в «ООО „Ромашка“»? *7\N{NO-BREAK SPACE}%*"
