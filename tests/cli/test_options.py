"""How option values are read, and when output is coloured."""

import io
from pathlib import Path

import click
import pytest

from armguard.cli import options
from armguard.cli.streams import wants_color
from armguard.reporters import FORMATS

CONTEXT = click.Context(click.Command("check"))
OPTION = click.Option(["--option"])


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_each_parameters_option_is_one_set_of_layers() -> None:
    values = ("a.json", "b.json, c.json")
    assert options.read_parameter_sets(CONTEXT, OPTION, values) == (
        ("a.json",),
        ("b.json", "c.json"),
    )


@pytest.mark.parametrize("value", ["", ",", "a.json,", "a.json,,b.json"])
def test_a_layer_without_a_name_is_refused(value: str) -> None:
    with pytest.raises(click.BadParameter, match="names no file before or after a comma"):
        options.read_parameter_sets(CONTEXT, OPTION, (value,))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("@prod.json", "'@prod.json' names a file as 'prod.json', without the @"),
        ("a.json,@b.json", "'@b.json' names a file as 'b.json', without the @"),
        ("sku=a=b", "'sku=...' is a value and no file; write it as --set sku=VALUE"),
        ("list=[1,2]", "'list=...' is a value and no file; write it as --set list=VALUE"),
        ("list=@l.json", "'list=...' is a value and no file; write it as --set list=VALUE"),
        (
            '{"a": {"value": 1}}',
            "JSON is no name of a file; write it to one, or each value as --set NAME=VALUE",
        ),
    ],
)
def test_what_azure_takes_for_parameters_says_what_to_write(value: str, message: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        options.read_parameter_sets(CONTEXT, OPTION, (value,))
    assert caught.value.message == message


def test_a_file_may_have_the_name_of_an_assignment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a=b.json", "@c.json"):
        (tmp_path / name).write_text("{}", "utf-8")
        assert options.read_parameter_sets(CONTEXT, OPTION, (name,)) == ((name,),)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("sku=basic", ("sku", "basic")),
        ("sku=", ("sku", "")),
        ("query=a=b", ("query", "a=b")),
        ("text= a ", ("text", " a ")),
    ],
)
def test_assignment(value: str, expected: tuple[str, str]) -> None:
    assert options.read_assignments(CONTEXT, OPTION, (value,)) == (expected,)


@pytest.mark.parametrize("value", ["sku", "=basic", " =basic", ""])
def test_an_assignment_needs_a_name_and_an_equals_sign(value: str) -> None:
    with pytest.raises(click.BadParameter, match="must be written as NAME=VALUE"):
        options.read_assignments(CONTEXT, OPTION, (value,))


def test_names_are_separated_by_commas_or_repeated() -> None:
    assert options.read_names(CONTEXT, OPTION, ("a, b", "c,")) == ("a", "b", "c")


def test_outputs() -> None:
    values = ("json=a.json", "text=b=c.txt")
    assert options.read_outputs(CONTEXT, OPTION, values) == (
        ("json", "a.json"),
        ("text", "b=c.txt"),
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("json",), "'json' must be written as FORMAT=FILE, as in json=report.json"),
        (("json=",), "'json=' must be written as FORMAT=FILE, as in json=report.json"),
        (("xml=a",), f"'xml' is no format; allowed are {', '.join(FORMATS)}"),
        (("json=a", "text=a"), "'a' is named twice; give each format its own file"),
    ],
)
def test_a_wrong_output_is_refused(values: tuple[str, ...], message: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        options.read_outputs(CONTEXT, OPTION, values)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_color(choice: str, environment: dict[str, str], terminal: bool, expected: bool) -> None:
    stream = _Terminal() if terminal else io.StringIO()
    assert wants_color(choice, environment, stream) is expected


def test_a_closed_stream_is_not_coloured() -> None:
    assert wants_color("auto", {}, None) is False
