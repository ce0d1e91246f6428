"""Errors name the line, or the variable, that a person must fix."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.toml_lines import lines_of
from termpost.schemas.settings.toml_source import Source, build, read_source, with_environment

TEXT = """\
# a = "[[not a table]]"
title = '''
[not.a.header]
x = 1
'''
"quoted key" = "a # no comment" # a comment
list = [ # one
  "a]",
  { x = 1, y.z = [2,
    3] },
]
[store]
url = "s3://\\"["
[a . "b.c"]
d.e = 1

[[cycle]]
id = "one"
[[cycle]]
id = '''two''' # then
[cycle.more]
key = 2021-12-17T08:00:00
"""


def test_every_key_has_its_line() -> None:
    lines = lines_of(TEXT)
    expected = {
        ("title",): 2, ("quoted key",): 6, ("list",): 7, ("list", 0): 8, ("list", 1): 9, ("list", 1, "x"): 9,
        ("list", 1, "y", "z"): 9, ("list", 1, "y", "z", 1): 10, ("store",): 12, ("store", "url"): 13,
        ("a", "b.c"): 14, ("a", "b.c", "d", "e"): 15, ("cycle", 0): 17, ("cycle", 0, "id"): 18, ("cycle", 1): 19,
        ("cycle", 1, "id"): 20, ("cycle", 1, "more", "key"): 22,
    }  # fmt: skip
    assert {place: lines.get(place) for place in expected} == expected


def places(value: object, place: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {place}.union(*(places(v, (*place, k)) for k, v in inner))


def literal(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{k}" = {literal(v)}' for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[ # c ]\n" + ",\n".join(literal(v) for v in value) + "\n]"
    return f'"{value}"' if isinstance(value, str) else str(value)


KEYS = st.text("ab.[]{}#=' ", min_size=1, max_size=4)
VALUES = st.recursive(
    st.integers() | st.text("ab[]{}#=,' ", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_the_scan_finds_the_places_that_tomllib_finds(data: dict[str, object]) -> None:
    text = "".join(f'"{k}" = {literal(v)}\n' for k, v in data.items())
    assert lines_of(text).keys() == places(tomllib.loads(text))


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    host: str = ""
    port: int = 0


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = ""
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    chosen: dict[str, Inner] = {}


def source(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "model.toml"
    path.write_text(text)
    return read_source(path)


def error(tmp_path: Path, text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        build(Model, source(tmp_path, text))
    return caught.value


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_one(tmp_path: Path) -> None:
    found = error(tmp_path, 'name = "x"\n\n[inner]\nhost = "h"\nprot = 1\n')
    assert (found.code, found.where) == ("unknown-key", "model.toml line 5 [inner] prot")
    assert found.remedy == 'did you mean "port"?'


def test_an_unknown_key_near_nothing_lists_what_is_known(tmp_path: Path) -> None:
    assert error(tmp_path, "[[many]]\n[[many]]\nzzz = 1").remedy == "known here: host, port"


def test_an_unknown_key_below_a_chosen_one_is_found(tmp_path: Path) -> None:
    found = error(tmp_path, "[chosen.Home-work]\nhots = 1")
    assert (found.where, found.remedy) == ("model.toml line 2 [chosen.Home-work] hots", 'did you mean "host"?')


def test_the_first_fault_of_the_file_is_told(tmp_path: Path) -> None:
    assert error(tmp_path, "[inner]\nport = 'x'\n[extra]\n").where == "model.toml line 2 [inner] port"


def test_a_fault_in_the_second_of_several_tables_names_its_line(tmp_path: Path) -> None:
    assert error(tmp_path, "[[many]]\nport = 1\n[[many]]\nport = 'x'\n").where == "model.toml line 4 [many] port"


def test_no_wrong_value_is_quoted(tmp_path: Path) -> None:
    assert "geheim" not in str(error(tmp_path, "[inner]\nport = 'geheim'"))


def test_text_that_is_not_toml_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        source(tmp_path, 'name = "x"\nhost = \n')
    assert (caught.value.code, caught.value.where) == ("not-toml", "model.toml line 2")


def test_a_key_that_stands_there_twice_is_said_to(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        source(tmp_path, 'name = "x"\nname = "y"\n')
    assert (caught.value.code, caught.value.where) == ("given-twice", "model.toml line 2")
    assert caught.value.remedy == "keep one of the two"


def test_a_missing_file_points_to_init(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_source(tmp_path / "termpost.toml")
    assert caught.value.code == "missing-file"
    assert "termpost init" in caught.value.remedy


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(InputError) as caught:
        read_source(tmp_path / "m.toml")
    assert caught.value.code == "not-utf-8"


def test_a_byte_order_mark_and_windows_line_ends_are_tolerated(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_bytes(b'\xef\xbb\xbfname = "x"\r\n[inner]\r\nport = 1\r\n')
    found = read_source(tmp_path / "m.toml")
    assert build(Model, found).name == "x"
    assert found.lines[("inner", "port")] == 3


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("TERMPOST_NAME__X", "1", None),
        ("TERMPOST_INNER__PORT", "7", {"inner": {"host": "h", "port": 7}}),
        ("TERMPOST_INNER__HOST", "plain text", {"inner": {"host": "plain text"}}),
        ("TERMPOST_INNER__HOST", '"quoted"', {"inner": {"host": "quoted"}}),
        ("TERMPOST_INNER__HOST", "89.50", {"inner": {"host": "89.50"}}),
        ("TERMPOST_INNER__HOST", "1\ninjected = 2", {"inner": {"host": "1\ninjected = 2"}}),
        ("TERMPOST_CHOSEN__Home__PORT", "7", {"inner": {"host": "h"}, "chosen": {"Home": {"port": 7}}}),
        ("TERMPOST_HOME", "/x", {"inner": {"host": "h"}}),
        ("OTHER__X", "1", {"inner": {"host": "h"}}),
        ("TERMPOST_OTHERFILE__X", "1", {"inner": {"host": "h"}}),
    ],
)
def test_variables_lie_over_the_file(tmp_path: Path, variable: str, value: str, expected: dict[str, object]) -> None:
    under = source(tmp_path, '[inner]\nhost = "h"\n')
    if expected is None:
        with pytest.raises(InputError) as caught:
            with_environment(under, Model, {variable: value})
        assert variable in caught.value.where
        return
    over = with_environment(under, Model, {variable: value}, foreign=("otherfile",))
    assert over.data == expected


def test_a_wrong_value_from_the_environment_names_the_variable(tmp_path: Path) -> None:
    under = source(tmp_path, "[inner]\nport = 1\n")
    with pytest.raises(InputError) as caught:
        build(Model, with_environment(under, Model, {"TERMPOST_INNER__PORT": "x"}))
    assert caught.value.where == "environment variable TERMPOST_INNER__PORT"
