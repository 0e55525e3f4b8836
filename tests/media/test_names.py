import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.media.names import clean_name, content_disposition, result_name


@pytest.mark.parametrize(
    ("claimed", "cleaned"),
    [
        ("外婆 1962.jpg", "外婆 1962.jpg"),
        ("👵🏽📷 grandma.jpg", "👵🏽📷 grandma.jpg"),
        ("👨\u200d👩\u200d👧 family.png", "👨\u200d👩\u200d👧 family.png"),
        ("бабушка-祖母-جدّة.jpg", "бабушка-祖母-جدّة.jpg"),
        ("../../../../etc/cron.d/x.jpg", "x.jpg"),
        ("../../etc/passwd", "passwd"),
        ("..", "photo"),
        ("C:\\fakepath\\奶奶.png", "奶奶.png"),
        ("photo.php\x00.jpg", "photo.php.jpg"),
        ("a.jpg\r\nX-Injected: yes", "a.jpgX-Injected: yes"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("   .jpg", "photo.jpg"),
        ("", "photo"),
        ("e\u0301te\u0301.png", "été.png"),
        ("a" * 300 + ".jpg", "a" * 116 + ".jpg"),
    ],
)
def test_names_are_cleaned_and_keep_every_script(claimed: str, cleaned: str) -> None:
    assert clean_name(claimed) == cleaned


@given(st.text(max_size=400))
def test_any_name_becomes_harmless(claimed: str) -> None:
    name = clean_name(claimed)

    assert 1 <= len(name) <= 120
    assert unicodedata.is_normalized("NFC", name)
    assert not set(name) & set("/\\\r\n\0")
    assert not name.startswith(".")
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name)
    assert clean_name(name) == name


def test_results_are_named_after_the_photo() -> None:
    assert result_name("外婆 1962.jpg", "修复", "png") == "外婆 1962_修复.png"
    assert result_name("外婆 1962", "微笑眨眼", "mp4") == "外婆 1962_微笑眨眼.mp4"
    assert result_name("Dr. Wang 1962", "restored", "jpg") == "Dr. Wang 1962_restored.jpg"
    assert len(result_name("很" * 200 + ".png", "修复", "png")) == 120


@given(st.text(max_size=200), st.booleans())
def test_headers_carry_any_name_and_nothing_else(claimed: str, attachment: bool) -> None:
    header = content_disposition(claimed, attachment=attachment)

    kind, fallback, exact = header.split("; ", 2)
    assert header.isascii()
    assert header.isprintable()
    assert kind == ("attachment" if attachment else "inline")
    assert fallback.startswith('filename="')
    assert fallback.count('"') == 2
    assert unquote(exact.removeprefix("filename*=UTF-8''")) == clean_name(claimed)


def test_headers_have_a_readable_form_for_old_clients() -> None:
    assert content_disposition("外婆 1962_修复.png", attachment=True) == (
        "attachment; filename=\"1962.png\"; filename*=UTF-8''%E5%A4%96%E5%A9%86%201962_%E4%BF%AE%E5%A4%8D.png"
    )
