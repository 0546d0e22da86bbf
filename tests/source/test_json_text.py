"""What ARM reads as JSON, what it refuses, and where the text stops making sense."""

from __future__ import annotations

import json
import lzma
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.errors import UnreadableFileError
from armguard.source.json_text import (
    MAXIMUM_BYTES,
    MAXIMUM_DEPTH,
    RepeatedKeys,
    decode,
    parse_json,
    read_text,
)

SHARED = Path(__file__).parents[2] / "../shared/conformance"

READABLE = {
    "plain": ('{"a": [1, 2.5, true, null, "x"]}', {"a": [1, 2.5, True, None, "x"]}),
    "scalar at the top": ("3", 3),
    "byte order mark": ('\ufeff{"a": 1}', {"a": 1}),
    "line comment": ('{"a": 1} // done', {"a": 1}),
    "comment before the value": ('// (c)\n/* two\nlines */ {"a": 1}', {"a": 1}),
    "comment between key and value": ('{"a" /*x*/ : /*y*/ 1 /*z*/}', {"a": 1}),
    "comment marks in a string": (
        '{"a": "http://x/*y*/", "b": "//", /* c */ "c": 1}',
        {"a": "http://x/*y*/", "b": "//", "c": 1},
    ),
    "quotes in a comment": ('[1 /* " */, 2 // "\n]', [1, 2]),
    "stars in a comment": ("[1 /*** / **/]", [1]),
    "comment ended by a lone carriage return": ("[1 // x\r, 2]", [1, 2]),
    "escaped quote before a comment": ('["\\"//", 1 /**/]', ['"//', 1]),
    "backslash at the end of a string": ('["\\\\", /**/ 1]', ["\\", 1]),
    "trailing comma in an object": ('{"a": 1,}', {"a": 1}),
    "trailing comma in an array": ("[1, 2 , \n]", [1, 2]),
    "trailing commas at every level": ('{"a": [[1,],{"b": 2,},],}', {"a": [[1], {"b": 2}]}),
    "trailing comma before a comment": ("[1, // one\n]", [1]),
    "commas and brackets in a string": ('{"a": ",]", "b": ",}",}', {"a": ",]", "b": ",}"}),
    "line breaks in a string": ('{"a": "x\r\ny\n\tz"}', {"a": "x\r\ny\n\tz"}),
    "line break in a string and a comment": ('{"a": "x\n//y" /**/}', {"a": "x\n//y"}),
    "control characters in a string": ('"\x00\x1b"', "\x00\x1b"),
    "half a surrogate pair": ('"\\ud800"', "\ud800"),
    "the last of equal keys": ('{"a": 1, "b": 2, "a": 3}', {"a": 3, "b": 2}),
    "keys that differ in case": ('{"a": 1, "A": 2}', {"a": 1, "A": 2}),
    "integer beyond 64 bits": ("123456789012345678901234567890", 123456789012345678901234567890),
    "blanks of .NET": ('{\xa0"a":\u3000"\xa0",\u2028\f}', {"a": "\xa0"}),
    "many trailing commas": ("[" + "[1,]," * 1000 + "]", [[1]] * 1000),
}

UNREADABLE = {
    "empty": ("", "the file is empty: a JSON value is missing", 0),
    "only a byte order mark": ("\ufeff", "the file is empty: a JSON value is missing", 1),
    "blanks": (" \n\t", "the file holds only blanks and comments: a JSON value is missing", 0),
    "comments": ("// x", "the file holds only blanks and comments: a JSON value is missing", 0),
    "NUL": (
        "\0",
        "expected a value, found 'U+0000': is this UTF-16 without a byte order mark? "
        "save the file as UTF-8",
        0,
    ),
    "UTF-16 without its mark": (
        "{\0",
        "expected a property name in double quotes, found 'U+0000': "
        "is this UTF-16 without a byte order mark? save the file as UTF-8",
        1,
    ),
    "no value": ('{"a": }', "expected a value, found '}'", 6),
    "no value after a byte order mark": ('\ufeff{"a": }', "expected a value, found '}'", 7),
    "no value after a comment": ('{/* c */"a": }', "expected a value, found '}'", 13),
    "no value after a trailing comma": ('[[1,], {"a": }]', "expected a value, found '}'", 13),
    "unknown word": ("[tru]", "expected a value, found a word", 1),
    "no comma": ('{"a": 1\n "b": 2}', "expected ',' or a closing bracket, found '\"'", 9),
    "another language's word": ("[None]", "expected a value, found 'None'", 1),
    "no colon": ('{"a" 1}', "expected ':' after the property name, found a word", 5),
    "two commas": ("[1,,]", "expected a value, found ','", 3),
    "only a comma in an array": ("[ ,]", "expected a value, found ','", 2),
    "only a comma in an object": (
        "{,}",
        "expected a property name in double quotes, found ','",
        1,
    ),
    "a comma instead of a value": ('{"a":,}', "expected a value, found ','", 5),
    "single quotes": (
        "{'a': 1}",
        "expected a property name in double quotes, found ''': strings stand in double quotes",
        1,
    ),
    "unclosed object": (
        '{"a": 1 ',
        "expected ',' or a closing bracket, found the end of the text",
        8,
    ),
    "two values": ("{} {}", "expected nothing after the end of the JSON value, found '{'", 3),
    "comma after the value": (
        "{},",
        "expected nothing after the end of the JSON value, found ','",
        2,
    ),
    "merge conflict": (
        '{\n<<<<<<< HEAD\n"a": 1}',
        "expected a property name in double quotes, found '<': "
        "this looks like an unresolved merge conflict",
        2,
    ),
    "unclosed string": ('{"a": "xyz}', "the string that starts here is never closed", 6),
    "unclosed string after comments": (
        '{/**/"a": "x // y}',
        "the string that starts here is never closed",
        10,
    ),
    "a quote is missing": (
        '{"a": "x,\n "b": "y"}',
        "expected ',' or a closing bracket, found a word: the string before it holds a line break, "
        "its closing quote may be missing",
        12,
    ),
    "unclosed comment": (
        '{"a": 1 /* x }',
        "the comment that starts here with '/*' is never closed",
        8,
    ),
    "a comment that only seems closed": (
        "[1 /*/]",
        "the comment that starts here with '/*' is never closed",
        3,
    ),
    "lone slash": ("[1 / 2]", "expected ',' or a closing bracket, found '/'", 3),
    "unknown escape": (
        '{"a": "C:\\temp\\dir\\q"}',
        "'\\d' is not an escape that JSON knows: write '\\\\' for a backslash, '\\u' with four "
        "hexadecimal digits for a character",
        14,
    ),
    "broken \\u": (
        '["\\u12G4"]',
        "'\\u12G4' is not an escape that JSON knows: write '\\\\' for a backslash, '\\u' with "
        "four hexadecimal digits for a character",
        2,
    ),
    "NaN": ('["NaN", NaN]', "'NaN' is not a JSON value: numbers are written in digits", 8),
    "Infinity": (
        "[/*Infinity*/ -Infinity]",
        "'-Infinity' is not a JSON value: numbers are written in digits",
        14,
    ),
    "a double that overflows": (
        '{"a": 1.5, "b": -1e400}',
        "the number '-1e400' is too large: a number with a fraction or exponent ends at about "
        "1.8e308",
        16,
    ),
    "hexadecimal": ("[0x1F]", "expected ',' or a closing bracket, found a word", 2),
}


@pytest.mark.parametrize(("text", "value"), READABLE.values(), ids=READABLE)
def test_what_arm_reads_is_read(text: str, value: Any) -> None:
    assert parse_json(text) == value


@pytest.mark.parametrize(("text", "message", "offset"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_json_is_refused_where_it_stops_making_sense(
    text: str, message: str, offset: int
) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        parse_json(text)
    assert str(caught.value) == message
    assert caught.value.offset == offset


def test_whole_numbers_and_fractions_stay_distinct() -> None:
    one, one_point_zero, big = parse_json("[1, 1.0, 1e2]")
    assert [type(number) for number in (one, one_point_zero, big)] == [int, float, float]


def test_equal_keys_stand_where_the_first_stood() -> None:
    assert list(parse_json('{"a": 1, "b": 2, "a": 3}')) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("[" * 5000 + "]" * 5000, f"nested deeper than {MAXIMUM_DEPTH} levels", MAXIMUM_DEPTH),
        ('{"a":' * 900 + "1" + "}" * 900, f"nested deeper than {MAXIMUM_DEPTH} levels", 5 * 512),
        ("[" * 513 + "]" * 513, f"nested deeper than {MAXIMUM_DEPTH} levels", MAXIMUM_DEPTH),
        ('{"a":[' * 257, f"nested deeper than {MAXIMUM_DEPTH} levels", 256 * 6),
        ("[" + '"a\n",' * 200_000 + '"x\n" y', "its closing quote may be missing", 1_000_006),
        ("[" * 500_000, f"nested deeper than {MAXIMUM_DEPTH} levels", MAXIMUM_DEPTH),
        ("[1, " + "9" * 10_000 + "]", "has 10,000 digits: at most 4,300 can be read", 4),
        ("/* " * 500_000, "the comment that starts here with '/\\*' is never closed", 0),
        ("[1" + "/* " * 500_000, "is never closed", 2),
        ("[1 /**/ " * 2 + "/* " * 500_000, "expected ','", 8),
        ("/*" * 500_000, "expected a value, found '\\*'", 5),
        ('{"a": "' + "x" * 1_400_000, "the string that starts here is never closed", 6),
        ('{"a": "' + '\\"' * 700_000, "the string that starts here is never closed", 6),
        ("//" * 700_000, "only blanks and comments", 0),
        ("[" + "," * 1_400_000 + "]", "expected a value", 1),
        ("[1" + " " * 1_400_000 + "x", "expected ','", 1_400_002),
        ("[1" + ", " * 700_000 + "]", "expected a value", 4),
        ('"' * 1_400_001, "nothing after the end", 2),
        ("/" * 3 + "\n" + "/ " * 500_000, "expected a value, found '/'", 4),
        (" " * 2_000_000, "only blanks", 0),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_hostile_text_is_refused(text: str, message: str, offset: int, ends: None) -> None:
    with pytest.raises(UnreadableFileError, match=message) as caught:
        parse_json(text)
    assert caught.value.offset == offset


def test_brackets_in_strings_are_no_nesting() -> None:
    text = json.dumps({"a": ["[[" * 400, "{" * 400], "b": [0] * 600})
    assert parse_json(text) == json.loads(text)


def test_the_deepest_allowed_nesting_is_read() -> None:
    depth = MAXIMUM_DEPTH
    assert parse_json("[" * depth + "1" + "]" * depth) is not None


def test_a_large_text_with_comments_is_read(ends: None) -> None:
    member = '"k": "' + "\\n//" * 20 + '", /* ' + "*" * 50 + " */ // x\n"
    text = "[" + ("{" + member + "},\n") * 20_000 + "]"
    assert len(parse_json(text)) == 20_000


@given(data=st.data())
def test_noise_between_tokens_never_changes_the_value(
    data: st.DataObject,
    json_values: st.SearchStrategy[Any],
    write_loosely: Callable[[Any, st.DataObject], str],
) -> None:
    value = data.draw(json_values)
    text = write_loosely(value, data)
    assert parse_json(text) == value
    assert parse_json("\ufeff" + text) == value


@given(st.text(alphabet='{}[]",:/*\\ \n1ea\ufeff', max_size=40))
def test_any_text_gives_a_value_or_an_offset_inside_the_text(text: str) -> None:
    try:
        parse_json(text)
    except UnreadableFileError as error:
        offset = error.offset
    else:
        return
    assert offset is not None
    assert 0 <= offset <= len(text)


@given(st.text(alphabet='{}[]",:/ \n1a', max_size=30))
def test_strict_json_reads_as_the_standard_library_reads_it(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        return
    assert parse_json(text) == expected


@pytest.mark.parametrize("text", ['{"a": "é😀"}', "", "{\r\n}"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe\0\0", "utf-32-le"),
        (b"\0\0\xfe\xff", "utf-32-be"),
    ],
)
def test_encodings_are_read(mark: bytes, encoding: str, text: str) -> None:
    data = mark + text.encode(encoding)
    assert decode(data) == text


def test_bytes_that_are_no_text_are_refused() -> None:
    data = '{"é": "'.encode() + b'\xe9"}'
    with pytest.raises(UnreadableFileError, match="byte 0xe9 is not valid UTF-8") as caught:
        decode(data)
    assert caught.value.offset is None
    assert decode(data, replace_invalid=True)[7] == "\ufffd"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ['{"a": "é😀"}', '{"日本語": "説明テンプレート"}', " [1]"])
def test_null_bytes_tell_an_encoding_without_a_mark(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_null_character_in_a_text_tells_nothing() -> None:
    assert decode(b'{"a": "\0", "b": "xyz"}') == '{"a": "\0", "b": "xyz"}'


def test_half_a_utf_16_character_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="not valid UTF-16-LE"):
        decode(b"\xff\xfe{\0}")


def test_files_keep_their_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"\xef\xbb\xbf{\r\n}\r")
    assert read_text(path) == "{\r\n}\r"


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.json")
    for path, message in (
        (tmp_path / "fifo.json", "it is not a regular file"),
        (tmp_path, "it is not a regular file"),
        (tmp_path / "none.json", "no such file or directory"),
        ("/dev/zero", "it is not a regular file"),
    ):
        with pytest.raises(UnreadableFileError, match=message) as caught:
            read_text(path)
        assert caught.value.offset is None


def test_a_file_beyond_all_sizes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(MAXIMUM_BYTES + 1)
    with pytest.raises(UnreadableFileError, match="6,291,457 bytes are too large"):
        read_text(path)


def test_every_template_that_azure_expands_is_read() -> None:
    file = SHARED / "templates.jsonl.xz"
    if not file.exists():
        pytest.skip(f"no conformance data at {file}")
    count = 0
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            case = json.loads(line)
            if "expected" in case:
                assert isinstance(parse_json(case["template"]), dict), case["id"]
                count += 1
    assert count > 1500


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ('{"outputs": 1, "a": 2, "outputs": 3}', [("outputs", 1)]),
        (' {"outputs": 1, // c\n "outputs": [], "outputs": 3,}', [("outputs", 1), ("outputs", [])]),
        (
            '\ufeff{"\\u006futputs": 1, "outputs": 2, "outputs": 3}',
            [("outputs", 1), ("outputs", 2)],
        ),
    ],
)
def test_sections_that_are_written_twice_are_told(text: str, earlier: Any) -> None:
    document = parse_json(text)
    assert isinstance(document, RepeatedKeys)
    assert document["outputs"] == 3
    assert list(document.earlier) == earlier


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"outputs": 1, "outputs": 2}}',
        '{"outputs": "\\"outputs\\""}',
        '["outputs", "outputs"]',
    ],
)
def test_only_the_outermost_object_tells_of_sections(text: str) -> None:
    assert not isinstance(parse_json(text), RepeatedKeys)


@pytest.mark.parametrize(
    "text", ['{"outputs": 1 "outputs": 2}', '{"outputs": 1, "outputs"}', '{"outputs": "outputs"} x']
)
def test_broken_json_with_sections_is_refused_as_any_other(text: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        parse_json(text)
    with pytest.raises(UnreadableFileError) as other:
        parse_json(text.replace("outputs", "Outputs"))
    assert (str(caught.value), caught.value.offset) == (
        str(other.value).replace("Outputs", "outputs"),
        other.value.offset,
    )
