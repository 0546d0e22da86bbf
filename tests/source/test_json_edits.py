"""Edits of JSON texts: they come to the document that is meant, nothing else is touched, and what
is new looks as if it had always been there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from armguard.pointer import pointer_to
from armguard.source.json_edits import Commented, JsonEditor, Written, json_value, parent_of
from armguard.source.json_items import items_of
from armguard.source.json_text import parse_json
from armguard.source.text_edits import Edit, OverlapError, edited

Loosely = Callable[[Any, st.DataObject], str]

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|(?P<comment>//[^\r\n]*|/\*.*?\*/)', re.DOTALL)
NEW = st.sampled_from([True, 'new \u2028 \ud800 "', [], {}, [1, "b"], {"x": 1}, {"y": [{"z": []}]}])


def comments_in(text: str) -> list[str]:
    return [match[0] for match in TOKEN.finditer(text) if match["comment"]]


def same(first: Any, second: Any) -> bool:
    """With the order of members, and True apart from 1."""
    return json.dumps(first) == json.dumps(second)


def is_in(part: str, whole: str) -> bool:
    """Whether the one is the other with characters left out."""
    characters = iter(whole)
    return all(each in characters for each in part)


def places_in(
    value: Any, keys: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """(keys, value) of the document and all in it."""
    yield keys, value
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places_in(each, (*keys, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places_in(each, (*keys, index))


def at(document: Any, keys: tuple[Any, ...]) -> Any:
    for key in keys:
        document = document[key]
    return document


def with_value(document: Any, keys: tuple[Any, ...], value: Any) -> Any:
    """The document with another value at a place."""
    if not keys:
        return value
    copy = document.copy()
    copy[keys[0]] = with_value(document[keys[0]], keys[1:], value)
    return copy


def drawn_place(data: st.DataObject, document: Any, *kinds: type) -> tuple[tuple[Any, ...], Any]:
    places = [each for each in places_in(document) if isinstance(each[1], kinds)]
    assume(places)
    return data.draw(st.sampled_from(places))


@pytest.fixture(scope="session")
def documents(json_values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return json_values.filter(lambda value: isinstance(value, dict | list))


@given(st.data())
def test_new_members_go_where_they_are_meant_to(
    documents: st.SearchStrategy[Any], write_loosely: Loosely, data: st.DataObject
) -> None:
    document = data.draw(documents)
    text = write_loosely(document, data)
    keys, old = drawn_place(data, document, dict)
    new = {"new one": data.draw(NEW), "new two": data.draw(NEW)}
    editor, pointer = JsonEditor("t.json", text), pointer_to(keys)
    where = data.draw(st.sampled_from(["first", "last", *old]))
    if where == "first":
        edits, expected = editor.insert_members(pointer, new), {**new, **old}
    elif where == "last":
        edits, expected = editor.insert_members(pointer, new, last=True), {**old, **new}
    else:
        edits = editor.insert_before(f"{pointer}{pointer_to([where])}", new)
        names = list(old)
        names[names.index(where) : names.index(where)] = new
        expected = {name: {**old, **new}[name] for name in names}
    result = edited(text, edits)
    assert same(parse_json(result), with_value(document, keys, expected))
    assert comments_in(result) == comments_in(text)
    assert is_in(text.rstrip(), result)


@given(st.data())
def test_new_elements_go_where_they_are_meant_to(
    documents: st.SearchStrategy[Any], write_loosely: Loosely, data: st.DataObject
) -> None:
    document = data.draw(documents)
    text = write_loosely(document, data)
    keys, old = drawn_place(data, document, list)
    new = data.draw(st.lists(NEW, min_size=1, max_size=3))
    editor, pointer = JsonEditor("t.json", text), pointer_to(keys)
    index = data.draw(st.integers(-1, len(old) - 1))
    if index < 0:
        edits, expected = editor.insert_elements(pointer, new), [*old, *new]
    else:
        edits = editor.insert_behind(f"{pointer}/{index}", new)
        expected = [*old[: index + 1], *new, *old[index + 1 :]]
    result = edited(text, edits)
    assert same(parse_json(result), with_value(document, keys, expected))
    assert comments_in(result) == comments_in(text)
    assert is_in(text.rstrip(), result)


@given(st.data())
def test_what_is_removed_is_gone_and_nothing_else(
    documents: st.SearchStrategy[Any], write_loosely: Loosely, data: st.DataObject
) -> None:
    document = data.draw(documents)
    text = write_loosely(document, data)
    keys, old = drawn_place(data, document, dict, list)
    assume(old)
    key = data.draw(st.sampled_from(list(old) if isinstance(old, dict) else range(len(old))))
    editor, pointer = JsonEditor("t.json", text), pointer_to([*keys, key])
    extent = editor.extent(pointer)
    result = edited(text, [editor.remove(pointer)])
    expected = old.copy()
    del expected[key]
    assert same(parse_json(result), with_value(document, keys, expected))
    inside = comments_in(text[extent.start : extent.end])
    assert sorted([*comments_in(result), *inside]) == sorted(comments_in(text))
    items = items_of(text, editor.extent(parent_of(pointer)))
    lead = items.lead([each for each, _ in items.extents].index(extent.start))
    behind = next((each for each in items.commas if each >= extent.end), extent.end - 1) + 1
    assert is_in(result, text)
    assert result.startswith(text[: max(lead - 1, items.opening + 1)])
    assert result.endswith(text[behind:].lstrip())


@given(st.data())
def test_another_value_leaves_all_around_it_alone(
    documents: st.SearchStrategy[Any], write_loosely: Loosely, data: st.DataObject
) -> None:
    document = data.draw(documents)
    text = write_loosely(document, data)
    keys, _ = drawn_place(data, document, object)
    new = data.draw(NEW)
    editor, pointer = JsonEditor("t.json", text), pointer_to(keys)
    extent = editor.extent(pointer)
    result = edited(text, [editor.set_value(pointer, new)])
    assert same(parse_json(result), with_value(document, keys, new))
    assert result.startswith(text[: extent.value])
    assert result.endswith(text[extent.end :])


@given(st.data())
def test_only_the_parts_of_a_string_that_are_named_change(
    write_loosely: Loosely, data: st.DataObject
) -> None:
    old = data.draw(st.text(st.sampled_from("ab\"\\/\t\u00e9\u2028\ud800😀'"), min_size=1))
    text = write_loosely([{"a/~": old}], data)
    cuts = data.draw(st.lists(st.integers(0, len(old)), min_size=2, max_size=6, unique=True))
    pairs = zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)
    changes = [(start, end, data.draw(st.sampled_from(["", '"\\', "é\n"]))) for start, end in pairs]
    editor = JsonEditor("t.json", text)
    result = edited(text, [editor.replace_inside("/0/a~1~0", changes)])
    expected = old
    for start, end, new in reversed(changes):
        expected = expected[:start] + new + expected[end:]
    assert parse_json(result) == [{"a/~": expected}]
    extent = editor.extent("/0/a~1~0")
    assert result.startswith(text[: extent.value + 1])
    assert result.endswith(text[extent.end - 1 :])


def test_escapes_beside_the_changed_part_of_a_string_stay() -> None:
    text = r'{"a": "\u00e9\ud83d\ude00x\/y\u0041"}'
    result = edited(text, [JsonEditor("t", text).replace_inside("/a", [(2, 3, "x2"), (4, 5, "")])])
    assert result == r'{"a": "\u00e9\ud83d\ude00x2\/\u0041"}'


# Several edits of one list.


@given(st.data())
def test_all_that_happens_to_a_list_happens_together(
    write_loosely: Loosely, data: st.DataObject
) -> None:
    """Removing and adding in any combination: each keeps its place, and commas are right."""
    count = data.draw(st.integers(0, 4))
    names = [f"old {each}" for each in range(count)]
    is_object = data.draw(st.booleans())
    document = {"list": dict.fromkeys(names, 1) if is_object else names}
    text = write_loosely(document, data)
    editor = JsonEditor("t.json", text)
    edits: list[Edit] = []
    before: dict[int, list[str]] = {each: [] for each in range(count)}
    behind: dict[int, list[str]] = {each: [] for each in range(count)}
    inside: list[str] = []
    removed = data.draw(st.sets(st.integers(0, count - 1))) if count else set()
    for index in removed:
        key = names[index] if is_object else index
        edits.append(editor.remove(pointer_to(["list", key])))
    for number in range(data.draw(st.integers(0, 3))):
        new, index = f"new {number}", data.draw(st.integers(-2, count - 1))
        if is_object:
            if index >= 0:
                edits += editor.insert_before(pointer_to(["list", names[index]]), {new: 1})
                before[index].append(new)
            else:
                edits += editor.insert_members("/list", {new: 1}, last=index == -1)
                into = behind.get(count - 1) if index == -1 else before.get(0)
                (inside if into is None else into).append(new)
        elif index >= 0:
            edits += editor.insert_behind(f"/list/{index}", [new])
            behind[index].append(new)
        else:
            edits += editor.insert_elements("/list", [new])
            behind.get(count - 1, inside).append(new)
    expected = list(inside)
    for index, name in enumerate(names):
        own = [] if index in removed else [name]
        expected += [*before[index], *own, *behind[index]]
    result = edited(text, edits)
    assert list(parse_json(result)["list"]) == expected, (text, result)
    items = items_of(text, editor.extent("/list"))
    inside_removed = [each for i in removed for each in comments_in(text[slice(*items.extents[i])])]
    assert sorted([*comments_in(result), *inside_removed]) == sorted(comments_in(text))
    strict = re.sub(r",\s*([\]}])", r"\1", TOKEN.sub(lambda m: "" if m["comment"] else m[0], text))
    if len(strict) == len(text) and "\xa0" not in text:
        assert list(json.loads(result)["list"]) == expected, "no trailing comma where none was"


def test_the_same_value_is_not_removed_twice() -> None:
    editor = JsonEditor("t.json", '{"a": [1, 2]}')
    with pytest.raises(OverlapError, match=r"'t\.json' is to lose the same value twice"):
        edited(editor.text, [editor.remove("/a/1"), editor.remove("/a/1")])


def test_what_is_removed_is_not_changed_as_well() -> None:
    editor = JsonEditor("t.json", '{"a": {"b": 1, "c": 2}, "d": 3}')
    for other in (
        editor.set_value("/a/b", 2),
        editor.remove("/a/b"),
        editor.set_value("/a", 5),
        *editor.insert_members("/a", {"n": 1}),
    ):
        with pytest.raises(OverlapError):
            edited(editor.text, [editor.remove("/a"), other])


# The style: a document that is written in one style throughout is so afterwards.


@dataclass(frozen=True)
class Manner:
    """A way to write JSON. `unit`: None writes all on one line."""

    unit: str | None
    line_break: str = "\n"
    colon: str = ": "
    blank: str = " "
    padding: str = ""
    plain_lists_on_one_line: bool = True
    trailing: bool = False

    def write(self, value: Any, indent: str = "") -> str:
        if not isinstance(value, dict | list) or not value:
            return json.dumps(value, ensure_ascii=False)
        is_object = isinstance(value, dict)
        is_plain = not is_object and not any(isinstance(each, dict | list) for each in value)
        below = indent + (self.unit or "")
        pieces = (
            [f"{self.write(k)}{self.colon}{self.write(v, below)}" for k, v in value.items()]
            if is_object
            else [self.write(each, below) for each in value]
        )
        opening, closing = "{}" if is_object else "[]"
        if self.unit is None or (is_plain and self.plain_lists_on_one_line):
            padding = self.padding if is_object else ""
            return opening + padding + f",{self.blank}".join(pieces) + padding + closing
        comma = "," if self.trailing else ""
        inside = f",{self.line_break}{below}".join(pieces)
        return f"{opening}{self.line_break}{below}{inside}{comma}{self.line_break}{indent}{closing}"


MANNERS = st.builds(
    Manner,
    st.sampled_from([" ", "  ", "   ", "    ", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([": ", ":", " : "]),
    plain_lists_on_one_line=st.booleans(),
    trailing=st.booleans(),
) | st.builds(
    Manner,
    st.none(),
    st.just(""),
    st.sampled_from([": ", ":"]),
    st.sampled_from(["", " "]),
    st.sampled_from(["", " "]),
)
VALUES = st.recursive(
    st.sampled_from([1, True, None, "text", "", "{not, // a: bracket}"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "a/b", "c~", "é"]), inner, max_size=3)
    ),
    max_leaves=8,
)
SHOWS_STYLE = {"shows": {"object": {"x": 1, "y": 2}, "list": [1, 2]}}


@given(MANNERS, st.dictionaries(st.sampled_from(["p", "q", "r"]), VALUES), st.data())
def test_what_is_new_is_written_as_all_the_rest(
    manner: Manner, more: dict[str, Any], data: st.DataObject
) -> None:
    document = {**SHOWS_STYLE, **more}
    text = manner.write(document)
    editor = JsonEditor("t.json", text)
    keys, old = drawn_place(data, document, dict, list)
    # a comma behind the last one is kept, but nobody is given one anew
    pointer, new = pointer_to(keys), "plain" if manner.trailing else data.draw(VALUES)
    if isinstance(old, dict):
        last = data.draw(st.booleans())
        edits = editor.insert_members(pointer, {"new": new}, last=last)
        expected: Any = {**old, "new": new} if last else {"new": new, **old}
    else:
        # a list of plain values does not become one of others by what is added to it
        is_plain = not any(isinstance(each, dict | list) for each in old)
        if old and is_plain and manner.unit is not None:
            new = "plain"
        edits, expected = editor.insert_elements(pointer, [new]), [*old, new]
    result = edited(text, edits)
    is_long = max(map(len, re.split(r"[\r\n]", result))) > 100
    assume(manner.unit is None or not is_long)
    assume(old or not manner.trailing)
    assert result == manner.write(with_value(document, keys, expected))


@given(MANNERS, st.dictionaries(st.sampled_from(["p", "q", "r"]), VALUES), st.data())
def test_what_is_removed_leaves_no_trace(
    manner: Manner, more: dict[str, Any], data: st.DataObject
) -> None:
    document = {**SHOWS_STYLE, **more}
    text = manner.write(document)
    editor = JsonEditor("t.json", text)
    keys, old = drawn_place(data, document, dict, list)
    assume(old)
    all_keys = list(old) if isinstance(old, dict) else list(range(len(old)))
    gone = data.draw(st.sets(st.sampled_from(all_keys), min_size=1))
    result = edited(text, [editor.remove(pointer_to([*keys, each])) for each in gone])
    expected: Any = (
        {key: value for key, value in old.items() if key not in gone}
        if isinstance(old, dict)
        else [value for index, value in enumerate(old) if index not in gone]
    )
    was_plain = isinstance(old, list) and not any(isinstance(each, dict | list) for each in old)
    is_plain = isinstance(old, list) and not any(isinstance(e, dict | list) for e in expected)
    assume(was_plain is is_plain and (expected or not manner.trailing))
    assert result == manner.write(with_value(document, keys, expected))


@given(MANNERS, MANNERS, VALUES)
def test_what_is_moved_is_indented_anew(source: Manner, target: Manner, value: Any) -> None:
    moved = JsonEditor("s.json", source.write({"s": [{"deep": value}]})).written("/s/0/deep")
    text = target.write(SHOWS_STYLE)
    result = edited(text, JsonEditor("t", text).insert_members("/shows", {"new": moved}))
    assert same(parse_json(result)["shows"]["new"], value)
    if source == target:
        shows = {"new": value, **SHOWS_STYLE["shows"]}
        assert result == target.write({"shows": shows})


# What an expert would have written by hand. `|` in a comment names the case.


@dataclass(frozen=True)
class Example:
    name: str
    before: str
    edit: Callable[[JsonEditor], list[Edit]]
    after: str


EXAMPLES = [
    Example(
        "a list on one line without blanks",
        '{"list":[{"id":0}]}\n',
        lambda e: e.insert_elements("/list", [{"id": 1, "names": ["a", "b"]}]),
        '{"list":[{"id":0},{"id":1,"names":["a","b"]}]}\n',
    ),
    Example(
        "an empty list on one line without blanks",
        '{"list":[]}\n',
        lambda e: e.insert_elements("/list", [{"id": 1, "names": ["a", "b"]}]),
        '{"list":[{"id":1,"names":["a","b"]}]}\n',
    ),
    Example(
        "a list on one line with blanks",
        '{"list": [{"id": 0}]}\n',
        lambda e: e.insert_elements("/list", [{"id": 1, "names": ["a", "b"]}]),
        '{"list": [{"id": 0}, {"id": 1, "names": ["a", "b"]}]}\n',
    ),
    Example(
        "an empty list",
        '{\n\t"list": []\n}',
        lambda e: e.insert_elements("/list", [{"id": 1, "names": ["a", "b"]}]),
        '{\n\t"list": [\n\t\t{\n\t\t\t"id": 1,\n\t\t\t"names": ["a", "b"]\n\t\t}\n\t]\n}',
    ),
    Example(
        "members behind one",
        '{\n  "a": 1, // one\n  "c": 3\n}',
        lambda e: e.insert_behind("/a", {"b": 2}),
        '{\n  "a": 1, // one\n  "b": 2,\n  "c": 3\n}',
    ),
    Example(
        "a member in place of another one",
        '{\n  "a": { "x": 1 }, // one\n  "c": 3\n}',
        lambda e: [e.replace_member("/a", "b", {"y": True})],
        '{\n  "b": { "y": true }, // one\n  "c": 3\n}',
    ),
    Example(
        "the comma goes in front of the comment that is about the last member",
        '{\n  "a": 1, // one\n  "b": 2 // two\n}\n',
        lambda e: e.insert_members("", {"c": 3}, last=True),
        '{\n  "a": 1, // one\n  "b": 2, // two\n  "c": 3\n}\n',
    ),
    Example(
        "two insertions behind such a comment",
        '{\n  "a": 1 // one\n}\n',
        lambda e: [
            *e.insert_members("", {"b": 2}, last=True),
            *e.insert_members("", {"c": 3}, last=True),
        ],
        '{\n  "a": 1, // one\n  "b": 2,\n  "c": 3\n}\n',
    ),
    Example(
        "behind a comma with a comment behind it",
        "[\n  1, // one\n  2\n]",
        lambda e: e.insert_behind("/0", [1.5]),
        "[\n  1, // one\n  1.5,\n  2\n]",
    ),
    Example(
        "a comment in front of the next value stays there",
        "[1, /* two */ 2]",
        lambda e: e.insert_behind("/0", [1.5]),
        "[1, 1.5, /* two */ 2]",
    ),
    Example(
        "a comment at the end of a list on one line is not taken into it",
        '{\n  "a": [1, 2 // the last\n  ]\n}',
        lambda e: e.insert_elements("/a", [3]),
        '{\n  "a": [1, 2, 3 // the last\n  ]\n}',
    ),
    Example(
        "a trailing comma stays a trailing comma",
        '{\n\t"a": 1,\n\t"b": 2, // two\n}',
        lambda e: e.insert_members("", {"c": 3}, last=True),
        '{\n\t"a": 1,\n\t"b": 2, // two\n\t"c": 3,\n}',
    ),
    Example(
        "without the last one, in the same manner",
        '{\n\t"a": 1,\n\t"b": 2, // two\n}',
        lambda e: [e.remove("/b")],
        '{\n\t"a": 1,\n\t// two\n}',
    ),
    Example(
        "the comma of the one before goes too, from in front of its comment",
        '{\n  "a": 1, // one\n  "b": 2\n}',
        lambda e: [e.remove("/b")],
        '{\n  "a": 1 // one\n}',
    ),
    Example(
        "two neighbours at the end",
        "[\n  1,\n  2,\n  3\n]",
        lambda e: [e.remove("/1"), e.remove("/2")],
        "[\n  1\n]",
    ),
    Example(
        "all of them",
        '{\n  "a": {\n    "b": 1,\n    "c": 2\n  }\n}',
        lambda e: [e.remove("/a/b"), e.remove("/a/c")],
        '{\n  "a": {}\n}',
    ),
    Example(
        "all of them beside a comment",
        '{\n  "a": {\n    // about b\n    "b": 1\n  }\n}',
        lambda e: [e.remove("/a/b")],
        '{\n  "a": {\n    // about b\n  }\n}',
    ),
    Example(
        "another one in place of the only one",
        '{\n  "a": {\n    "b": 1 // keep\n  }\n}',
        lambda e: [e.remove("/a/b"), *e.insert_members("/a", {"n": 2}, last=True)],
        '{\n  "a": {\n    "n": 2 // keep\n  }\n}',
    ),
    Example(
        "another one in place of the last one",
        "[\n  1, 2\n]",
        lambda e: [*e.insert_elements("", [3]), e.remove("/1")],
        "[\n  1, 3\n]",
    ),
    Example(
        "on one line",
        "[1, 2, 3]",
        lambda e: [e.remove("/1")],
        "[1, 3]",
    ),
    Example(
        "a comment in front of it stays",
        "[1, /* two */ 2,\n  3]",
        lambda e: [e.remove("/1")],
        "[1, /* two */ \n  3]",
    ),
    Example("the first two", "[1, 2, 3]", lambda e: [e.remove("/0"), e.remove("/1")], "[3]"),
    Example("the last two", "[1, 2, 3]", lambda e: [e.remove("/2"), e.remove("/1")], "[1]"),
    Example(
        "the last on its line",
        "[1, 2,\n  3]",
        lambda e: [e.remove("/1")],
        "[1,\n  3]",
    ),
    Example("the first", "[ 1, 2 ]", lambda e: [e.remove("/0")], "[ 2 ]"),
    Example("the last", '{ "a": 1, "b": 2 }', lambda e: [e.remove("/b")], '{ "a": 1 }'),
    Example("the only one", "[ 1 ]", lambda e: [e.remove("/0")], "[]"),
    Example(
        "a closing bracket behind it",
        '{ "a": 1,\n  "b": 2 }',
        lambda e: [e.remove("/b")],
        '{ "a": 1 }',
    ),
    Example(
        "a comment between a value and its comma",
        '{\n  "a": 1 /* one */ ,\n  "b": 2\n}',
        lambda e: [e.remove("/a")],
        '{\n  /* one */ \n  "b": 2\n}',
    ),
    Example(
        "commas in front",
        '{ "a": 1\n, "b": 2\n, "c": 3\n}',
        lambda e: [e.remove("/b")],
        '{ "a": 1\n, "c": 3\n}',
    ),
    Example(
        "keys that are there twice go together, or the first one would count",
        '{\n  "a": 1,\n  "b": 2,\n  "\\u0061": 3\n}',
        lambda e: [e.remove("/a")],
        '{\n  "b": 2\n}',
    ),
    Example(
        "of equal keys the last one counts",
        '{"a": {"x": 1}, "a": {"y": 2}}',
        lambda e: e.insert_members("/a", {"n": 3}),
        '{"a": {"x": 1}, "a": {"n": 3, "y": 2}}',
    ),
    Example(
        "a comment above a member stays its own",
        '{\n  "a": 1, // one\n\n  // the outputs,\n  /* all of them */\n  "b": 2\n}',
        lambda e: e.insert_before("/b", {"n": 3}),
        '{\n  "a": 1, // one\n\n  "n": 3,\n  // the outputs,\n  /* all of them */\n  "b": 2\n}',
    ),
    Example(
        "a comment with a blank line below it is about more",
        '{\n  "a": 1,\n  // part two\n\n  "b": 2\n}',
        lambda e: e.insert_before("/b", {"n": 3}),
        '{\n  "a": 1,\n  // part two\n\n  "n": 3,\n  "b": 2\n}',
    ),
    Example(
        "a comment at the top is about all",
        '{\n  // the vault\n  "type": "v"\n}',
        lambda e: e.insert_members("", {"condition": True}),
        '{\n  // the vault\n  "condition": true,\n  "type": "v"\n}',
    ),
    Example(
        "an empty object with a comment in it",
        '{\n    "a": {\n        // nothing yet\n    }\n}',
        lambda e: e.insert_members("/a", {"n": [1]}),
        '{\n    "a": {\n        // nothing yet\n        "n": [1]\n    }\n}',
    ),
    Example(
        "an empty object with a comment in it, on one line",
        '{"a": {/* nothing yet */}}',
        lambda e: e.insert_members("/a", {"n": 1, "m": 2}),
        '{"a": {/* nothing yet */ "n": 1, "m": 2}}',
    ),
    Example(
        "a text with a comment at its end does not hide the bracket",
        '{"a": [1], "b": {}} // one line\n',
        lambda e: e.insert_members("/b", {"n": Written("2 // two", "")}),
        '{"a": [1], "b": {\n  "n": 2 // two\n}} // one line\n',
    ),
    Example(
        "an empty object twice",
        '{\n  "a": {}\n}',
        lambda e: [*e.insert_members("/a", {"n": 1}), *e.insert_members("/a", {"m": 2})],
        '{\n  "a": {\n    "n": 1,\n    "m": 2\n  }\n}',
    ),
    Example(
        "lists of plain values as this file writes them: below each other",
        '{\n  "dependsOn": [\n    "x"\n  ],\n  "more": []\n}',
        lambda e: [*e.insert_elements("/more", ["y"]), *e.insert_before("/more", {"n": ["z"]})],
        '{\n  "dependsOn": [\n    "x"\n  ],\n  "n": [\n    "z"\n  ],\n  "more": [\n    "y"\n  ]\n}',
    ),
    Example(
        "lists of plain values as this file writes them: on one line",
        '{\n  "dependsOn": ["x"],\n  "more": []\n}',
        lambda e: [*e.insert_elements("/more", ["y", "z"]), *e.insert_elements("/dependsOn", [1])],
        '{\n  "dependsOn": ["x", 1],\n  "more": ["y", "z"]\n}',
    ),
    Example(
        "values as those beside it",
        '{\n  "p": { "value": 1 },\n  "q": { "value": 2 }\n}',
        lambda e: e.insert_members("", {"n": {"value": False}}, last=True),
        '{\n  "p": { "value": 1 },\n  "q": { "value": 2 },\n  "n": { "value": false }\n}',
    ),
    Example(
        "but no long lines, if they can be short ones",
        '{\n  "p": { "value": 1 },\n  "q": { "type": "array", "value": [] }\n}',
        lambda e: [
            *e.insert_members("", {"n": {"value": "x" * 90}, "m": {"value": "x" * 90, "k": 1}}),
            *e.insert_elements("/q/value", [{"o": "x" * 90}, {"o": 2}]),
        ],
        '{\n  "n": { "value": "'
        + "x" * 90
        + '" },\n  "m": {\n    "value": "'
        + "x" * 90
        + '",\n    "k": 1\n  },\n  "p": { "value": 1 },\n  "q": { "type": "array", "value": [\n'
        '    {\n      "o": "' + "x" * 90 + '"\n    },\n    {\n      "o": 2\n    }\n  ] }\n}',
    ),
    Example(
        "brackets that follow each other",
        '{\n  "r": [{\n    "a": 1\n  }, {\n    "a": 2\n  }]\n}',
        lambda e: e.insert_elements("/r", [{"a": 3}]),
        '{\n  "r": [{\n    "a": 1\n  }, {\n    "a": 2\n  }, {\n    "a": 3\n  }]\n}',
    ),
    Example(
        "one of the brackets that follow each other",
        '{\n  "r": [{\n    "a": 1\n  }, {\n    "a": 2\n  }]\n}',
        lambda e: [e.remove("/r/0")],
        '{\n  "r": [{\n    "a": 2\n  }]\n}',
    ),
    Example(
        "an object on one line of many",
        '{\n  "sku": {"family": "A", "name": "standard"},\n  "b": {"c": 1}\n}',
        lambda e: e.insert_members("/sku", {"n": {"m": [{"k": 1}]}}),
        '{\n  "sku": {"n": {"m": [{"k": 1}]}, "family": "A", "name": "standard"},\n'
        '  "b": {"c": 1}\n}',
    ),
    Example(
        "the indentation is not that of a comment",
        '/*\n      by hand\n*/\n{\n  "a": {}\n}',
        lambda e: e.insert_members("/a", {"n": 1}),
        '/*\n      by hand\n*/\n{\n  "a": {\n    "n": 1\n  }\n}',
    ),
    Example(
        "the line end is not that of a header",
        '// header\r\n{\n  "a": {}\n}',
        lambda e: e.insert_members("/a", {"n": 1}),
        '// header\r\n{\n  "a": {\n    "n": 1\n  }\n}',
    ),
    Example(
        "one line with a line end is one line",
        '{"a":{"b":1},"c":{}}\n',
        lambda e: [
            *e.insert_members("/a", {"n": [1, {"m": 2}]}),
            *e.insert_members("/c", {"n": 1}),
        ],
        '{"a":{"n":[1,{"m":2}],"b":1},"c":{"n":1}}\n',
    ),
    Example(
        "no indentation at all",
        '{\n"a": {\n"b": 1\n},\n"c": {}\n}',
        lambda e: e.insert_members("/c", {"n": {"m": 1}}),
        '{\n"a": {\n"b": 1\n},\n"c": {\n"n": {\n"m": 1\n}\n}\n}',
    ),
    Example(
        "keys of any kind",
        '{"a/b": {"c~d": {"": {"e\\"f": 1}}}}',
        lambda e: e.insert_members("/a~1b/c~0d/", {'n"\\': 1}, last=True),
        '{"a/b": {"c~d": {"": {"e\\"f": 1, "n\\"\\\\": 1}}}}',
    ),
    Example(
        "blanks that only .NET takes for some",
        '{\n\u00a0 "a": 1\u00a0\n}',
        lambda e: e.insert_members("", {"n": 1}, last=True),
        '{\n\u00a0 "a": 1,\n"n": 1\u00a0\n}',
    ),
    Example(
        "comments of elements, where there are comments",
        '{\n  // why\n  "a": []\n}',
        lambda e: e.insert_elements("/a", [Commented({"o": 1}, "Ann\n*/ // x"), Commented(2, "B")]),
        '{\n  // why\n  "a": [\n    // Ann */ // x\n    {\n      "o": 1\n    },\n'
        "    // B\n    2\n  ]\n}",
    ),
    Example(
        "no comments of elements where there are none",
        '{\n  "a": []\n}',
        lambda e: e.insert_elements("/a", [Commented({"o": 1}, "Ann")]),
        '{\n  "a": [\n    {\n      "o": 1\n    }\n  ]\n}',
    ),
    Example(
        "a list with commented elements in place of an empty one",
        '{\n  // why\n  "a": { "value": [] }\n}',
        lambda e: [e.set_value("/a", {"value": [Commented({"o": 1}, "Ann")]})],
        '{\n  // why\n  "a": {\n    "value": [\n      // Ann\n      {\n        "o": 1\n      }\n'
        "    ]\n  }\n}",
    ),
    Example(
        "another document",
        '{\n  "a": {\n    "b": 1\n  }\n}\n',
        lambda e: [e.set_value("", {"x": {"y": 1}})],
        '{\n  "x": {\n    "y": 1\n  }\n}\n',
    ),
    Example(
        "a text that is moved keeps its comments, and the line ends inside of its strings",
        '{\n  "deep": {\n    "a": { // first\n      "b": "one\n    two"\n    }\n  },\n'
        '  "to": {}\n}',
        lambda e: [*e.insert_members("/to", {"a": e.written("/deep/a")}), e.remove("/deep")],
        '{\n  "to": {\n    "a": { // first\n      "b": "one\n    two"\n    }\n  }\n}',
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name.replace(" ", "-"))
def test_it_is_what_an_expert_would_have_written(example: Example) -> None:
    for line_break in ("\n", "\r\n", "\r"):
        before = example.before.replace("\n", line_break)
        if line_break != "\n" and "\r\n" in example.before:
            continue
        result = edited(before, example.edit(JsonEditor("t.json", before)))
        assert result == example.after.replace("\n", line_break)
        parse_json(result)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("t.json", "{}", False),
        ("t.json", '{"a": "// not one", "b": "/* nor this */"}', False),
        ("t.json", '{"a": "\\"// not one"}', False),
        ("t.json", '{"a": 1} // one', True),
        ("t.json", "{/**/}", True),
        ("T.JSONC", "{}", True),
    ],
)
def test_comments_are_written_where_there_are_some(path: str, text: str, expected: bool) -> None:
    assert JsonEditor(path, text).has_comments is expected


def test_a_value_can_be_had_and_moved() -> None:
    editor = JsonEditor("t.json", '{\n  "a": [1, // x\n    2]\n}')
    assert json_value(editor.text, editor.extent("/a")) == [1, 2]
    assert editor.written("/a") == Written("[1, // x\n    2]", "  ")


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [("/resources/0", "/resources"), ("/a", ""), ("/a~1b/c~0d", "/a~1b"), ("/a/", "/a")],
)
def test_the_parent_of_a_pointer(pointer: str, expected: str) -> None:
    assert parent_of(pointer) == expected
