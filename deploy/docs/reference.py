"""The reference pages, written from the code itself: commands, settings, kinds of log entries, views, events.

Each function gives a page as Markdown and the names of what it has no words for; a test fails on any of these.
"""

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from termpost.flows.cli import termpost
from termpost.schemas.log.entry import KINDS, REPEATABLE
from termpost.schemas.log.review.evidence import sections_of
from termpost.schemas.log.review.kind_meanings import KIND_MEANINGS
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.days.days_off import Closure
from termpost.schemas.settings.days.opening_hours import HalfDay
from termpost.schemas.settings.grading import ClassRules, GradingPolicy
from termpost.schemas.settings.settings import Settings
from termpost.tasks.analysis.view_catalog import questions, views

ROOT = Path(__file__).parents[2]
STARTERS = ROOT / "schemas" / "settings" / "starter"
WRITTEN = "<!-- Written from the code by deploy/docs/reference.py at each build. -->\n"
SCALARS = (Closure, HalfDay)  # written as one text
SHARED = ("home_path", "as_json", "as_of", "debug")  # options of every command


class Page(NamedTuple):
    """A page, and what on it has no words."""

    text: str
    undocumented: tuple[str, ...]


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


# commands


def commands_page() -> Page:
    """Every command with its options, arguments and example, as `--help` has them."""
    parts = [WRITTEN, "# Commands\n", COMMANDS_HEAD]
    missing: list[str] = []
    for name, command in _commands(termpost, "termpost"):
        help_text = inspect.cleandoc(command.help or "")
        if not help_text:
            missing.append(name)
        parts += [f"\n## `{name}`\n", _help(help_text)]
        rows = []
        for parameter in command.params:
            if parameter.name in SHARED:
                continue
            said = getattr(parameter, "help", None) or ""
            if isinstance(parameter, click.Option) and not said and not parameter.hidden:
                missing.append(f"{name} {parameter.opts[0]}")
            rows.append(f"| {_shown(parameter)} | {'yes' if parameter.required else ''} | {_cell(said)} |")
        if rows:
            parts += ["\n| argument or option | required | what it does |\n|---|---|---|\n", "\n".join(rows), "\n"]
    return Page("".join(parts), tuple(missing))


COMMANDS_HEAD = """
Every command takes, after its name, `--home DIR` (or `TERMPOST_HOME`, default `.`), `--json` (JSON instead of a
table), `--as-of DATE` (today for every rule) and `--debug` (a traceback; it may quote the data). It ends with 0 on
success, 1 when the answer is no, 2 on wrong use.
"""


def _commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for one in group.list_commands(context):
        command = group.get_command(context, one)
        if command is None or command.hidden:
            continue
        yield f"{name} {one}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{name} {one}")


def _help(text: str) -> str:
    """click's own mark for lines that stay as they are becomes a block."""
    parts = []
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("\b"):
            parts.append("```\n" + paragraph.removeprefix("\b").strip("\n") + "\n```\n")
        else:
            parts.append(paragraph.replace("<", "&lt;") + "\n")
    return "\n".join(parts)


def _shown(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        return f"`{parameter.make_metavar(click.Context(termpost))}`"
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    if getattr(parameter, "is_flag", False):
        return names
    kind = parameter.type
    value = parameter.metavar or (" \\| ".join(map(str, kind.choices)) if isinstance(kind, click.Choice) else "")
    return f"{names} `{value}`" if value else names


# settings


def settings_page() -> Page:
    """Every key of the three settings files with type, default and what it does."""
    parts, missing = [WRITTEN, "# Settings\n", SETTINGS_HEAD], list[str]()
    for file, model in (("termpost.toml", Settings), ("calendar.toml", Calendar), ("grading.toml", GradingPolicy)):
        parts.append(f"\n## {file}\n")
        starter = _starter_words(file)
        for place, section, rows in _sections(model, ""):
            if not rows and not place:
                continue
            title = f"`{place}`" if place else "At the top"
            parts.append(f"\n### {title}\n\n{_cell(inspect.getdoc(section) or '')}\n")
            table = []
            for key, kind, default, words in rows:
                said = starter.get((_plain(place), key)) or words or starter.get(("", key), "")
                if not said:
                    missing.append(f"{file} {place} {key}".replace("  ", " "))
                table.append(f"| `{key}` | {_cell(kind)} | {_cell(default)} | {_cell(said)} |")
            if table:
                parts += ["\n| key | type | default | what it does |\n|---|---|---|---|\n", "\n".join(table), "\n"]
    return Page("".join(parts), tuple(missing))


SETTINGS_HEAD = """
Three files in a home. A variable `TERMPOST_<SECTION>__<KEY>` (of the others `TERMPOST_CALENDAR__<KEY>`,
`TERMPOST_GRADING__<KEY>`) wins over the file, but for what weakens a control: there it is refused. An unknown key is
an error with its line. The files that `termpost init` writes have the same keys with examples. How long records are
kept stands in `retention.toml` ([how long records are kept](../retention.md)).
"""


def _plain(place: str) -> str:
    return place.strip("[]")


def _sections(model: type[BaseModel], place: str) -> Iterator[tuple[str, type[BaseModel], list[tuple[str, ...]]]]:
    """A section with its keys; those below it after it."""
    words, rows, below = _comments(model), list[tuple[str, ...]](), list[tuple[str, type[BaseModel]]]()
    for name, field in model.model_fields.items():
        key = field.alias or name
        inner = _model_in(field.annotation)
        if inner is not None and inner[0] is ClassRules:
            rows.append((key, f'[{key}."ID"]', "–", "any key of this file, for one class"))
            continue
        if inner is not None and inner[0] is not model:
            below.append((_place(place, key, inner[1]), inner[0]))
            continue
        rows.append((key, _type_name(field), _default(field), words.get(name, "")))
    yield place, model, rows
    for where, section in below:
        yield from _sections(section, where)


def _place(place: str, key: str, form: str) -> str:
    path = ".".join(part for part in (_plain(place), key) if part)
    return {"one": f"[{path}]", "many": f"[[{path}]]", "named": f'[{path}."NAME"]'}[form]


def _model_in(annotation: Any) -> tuple[type[BaseModel], str] | None:
    """The model that a field holds: one, many (an array of tables), or named ones."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return None if annotation in SCALARS else (annotation, "one")
    origin = getattr(annotation, "__origin__", None)
    for one in get_args(annotation):
        found = _model_in(one)
        if found:
            form = "many" if origin in (tuple, list) else "named" if origin in (dict, Mapping) else found[1]
            return found[0], form if found[1] == "one" else found[1]
    return None


def _type_name(field: FieldInfo) -> str:
    text = str(getattr(field.annotation, "__name__", None) or field.annotation)
    if get_args(field.annotation):
        text = str(field.annotation)
    text = re.sub(r"Annotated\[(\w+)[^\]]*\]", r"\1", re.sub(r"[a-z_]+\.(?:[a-z_]+\.)*(?=[A-Z])", "", text))
    for old, new in WRITTEN_AS.items():
        text = text.replace(old, new)
    text = re.sub(r"^tuple\[(.+) …\]$", r"list of \1", re.sub(r"^Optional\[(.+)\]$", r"\1", text))
    if text.startswith("Literal["):
        text = " or ".join(f'"{one}"' for one in get_args(field.annotation))
    return text if len(text) <= TYPE_SHOWN else "see the starter file"


TYPE_SHOWN = 60  # characters
WRITTEN_AS = {
    "typing.": "", "decimal.": "", "datetime.": "", "NoneType": "none", " | None": "", "str": "text",
    "bool": "true or false", "int": "whole number", "Closure": "day or days", "HalfDay": "day and hour",
    ", ...": " …",
}  # fmt: skip


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None or value in ("", (), {}, []):
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value)


@cache
def _comments(model: type[BaseModel]) -> dict[str, str]:
    """Field → the comment that stands after or above it, of the model and those it builds on."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if not (inspect.isclass(one) and issubclass(one, BaseModel)) or one.__module__.startswith("pydantic"):
            continue
        source = inspect.cleandoc("\n" + inspect.getsource(one))
        comments: dict[int, tuple[bool, str]] = {}
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                alone = not token.line[: token.start[1]].strip()
                text = token.string.lstrip("# ").removeprefix("fmt: skip").partition(" # fmt:")[0]
                comments[token.start[0]] = (alone, text)
        (tree,) = ast.parse(source).body
        for node in tree.body if isinstance(tree, ast.ClassDef) else ():
            if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)):
                continue
            after = [comments[n][1] for n in range(node.lineno, (node.end_lineno or node.lineno) + 1) if n in comments]
            above: list[str] = []
            line = node.lineno - 1
            while line in comments and comments[line][0]:
                above.insert(0, comments[line][1])
                line -= 1
            said = " ".join(text for text in (*above, *after) if text and not text.startswith(("type:", "noqa")))
            if said:
                found[node.target.id] = said
    return found


KEY_LINE = re.compile(r'^(?:# ?)?([A-Za-z_"<>.-]+)\s*=\s*(?:[^#"\']|"[^"]*"|\'[^\']*\')*(?:#\s*(.+))?$')
SECTION_LINE = re.compile(r"^(?:# ?)?\[\[?([^\]]+)\]\]?\s*(?:#\s*(.*))?$")


def _starter_words(file: str) -> dict[tuple[str, str], str]:
    """(section, key) → what the starter file says beside it, with the lines that go on; of an inline table all keys."""
    found: dict[tuple[str, str], str] = {}
    section, last = "", None
    lead = ""
    for line in (STARTERS / file).read_text().splitlines():
        if head := SECTION_LINE.match(line):
            section, last, lead = head[1].strip(), None, ""
        elif key := KEY_LINE.match(line):
            last = (section, key[1])
            found[last] = key[2] or lead
            for inner in re.findall(r"[{,]\s*(\w+)\s*=", line):
                found.setdefault((f"{section}.{key[1]}" if section else key[1], inner), found[last])
            lead = ""
        elif last and re.match(r"^\s{4,}#", line):
            found[last] += " " + line.strip("# ")
        elif line.startswith("# "):
            lead, last = f"{lead} {line.strip('# ')}".strip(), None
        else:
            last, lead = None, ""
    return {place: text for place, text in found.items() if text}


# the log, views, events


def log_kinds_page() -> Page:
    """Every kind of entry: what it says, whether it is a fact or an act, the section of the procedure it shows."""
    rows, missing = [], []
    for kind in KINDS:
        said = KIND_MEANINGS.get(kind, "")  # type: ignore[call-overload]
        if not said:
            missing.append(kind)
        sections = ", ".join(dict.fromkeys(sections_of(kind)))  # type: ignore[arg-type]
        rows.append(f"| `{kind}` | {'act' if kind in REPEATABLE else 'fact'} | {sections} | {_cell(said)} |")
    head = (
        "A **fact** is written once, so that a rerun adds nothing; an **act** of a person, or what the world outside"
        " reports, each time. The section is the one of [the procedure](../procedure.md) that it shows to be kept."
        " What the keys of an entry mean is on [the log's page](../log.md).\n"
    )
    table = "\n| kind | is a | shows | what it says |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    return Page(f"{WRITTEN}# Kinds of log entries\n\n{head}{table}", tuple(missing))


def views_page() -> Page:
    """Every view for analysts with its columns, and every named question."""
    parts, missing = [WRITTEN, "# Analyst views\n", VIEWS_HEAD], list[str]()
    named = [(f"`{one.name}`", one.name, one.meaning, one.columns) for one in views()]
    named += [(f"Question `{name}`", name, one.meaning, one.columns) for name, one in questions().items()]
    for title, name, meaning, columns in named:
        missing += [name] * (not meaning) + [f"{name}.{column}" for column, said in columns if not said]
        rows = "\n".join(f"| `{column}` | {_cell(said)} |" for column, said in columns)
        parts.append(f"\n## {title}\n\n{meaning}\n\n| column | is |\n|---|---|\n{rows}\n")
    return Page("".join(parts), tuple(missing))


VIEWS_HEAD = """
`termpost sql "FROM school_cycle" --home HOME`, or `--question NAME`; the same lie as Parquet under `analyst/` in the
store. People stand there under a reference of the analysts' own. Who may read what, and what is hidden:
[history](../history.md).
"""


def events_page() -> Page:
    """Every event that flows emit, for automations: name, payload, and when (the first words of who emits it)."""
    rows, missing = [], []
    for path in sorted((ROOT / "flows").rglob("*.py")):
        tree = ast.parse(path.read_text())
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if not (isinstance(call.func, ast.Name) and call.func.id == "emit_event"):
                    continue
                name = ast.unparse(call.args[0]).strip("'\"") if call.args else "?"
                payload = next((one.value for one in call.keywords if one.arg == "payload"), None)
                keys = [ast.literal_eval(key) for key in payload.keys if key] if isinstance(payload, ast.Dict) else []
                said = (ast.get_docstring(function) or "").partition("\n\n")[0]
                if not said or not isinstance(call.args[0], ast.Constant):
                    missing.append(name)
                shown = ", ".join(f"`{key}`" for key in keys)
                rows.append(f"| `{name}` | {_cell(said)} | {shown} | `{path.relative_to(ROOT)}` |")
    head = (
        "What a Prefect automation can go by; no name, mark or address is in any of them."
        " Who is told, and how: [operations](../operations.md#who-is-told).\n"
    )
    table = "\n| event | when | payload | from |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    return Page(f"{WRITTEN}# Events\n\n{head}{table}", tuple(missing))


def errors_page() -> Page:
    """Every closed code of an error with its sentence and its remedy, by the code."""
    found: dict[str, tuple[str, str]] = {}
    for top in ("flows", "tasks", "schemas"):
        for path in sorted((ROOT / top).rglob("*.py")):
            for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
                name = call.func.id if isinstance(call.func, ast.Name) else ""
                arguments = [*call.args, *(one.value for one in call.keywords)]
                if name not in ERRORS or len(arguments) < len(PARTS) or not isinstance(call.args[0], ast.Constant):
                    continue
                found.setdefault(str(call.args[0].value), (_words(arguments[1]), _words(arguments[3])))
    rows = [f"| `{code}` | {_cell(what)} | {_cell(remedy)} |" for code, (what, remedy) in sorted(found.items())]
    missing = [code for code, (what, remedy) in found.items() if not (what and remedy)]
    head = (
        "An error is one line: what is wrong, where, and what to do about it. Its code stands in the log."
        " `…` is filled in by what happened. What to do first when a run is red:"
        " [operations](../operations.md#what-to-do-when-a-run-is-red). The codes of the check stand in"
        " [contracts](../contracts.md).\n"
    )
    table = "\n| code | says | what to do |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    return Page(f"{WRITTEN}# Errors\n\n{head}{table}", tuple(missing))


ERRORS = ("InputError", "Refused")
PARTS = ("code", "what", "where", "remedy")


def _words(node: ast.expr) -> str:
    """The text of an argument; what only a run knows is an ellipsis."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    if isinstance(node, ast.IfExp):
        return f"{_words(node.body)} / {_words(node.orelse)}"
    return "…"


PAGES = {
    "commands.md": commands_page, "settings.md": settings_page, "log-kinds.md": log_kinds_page,
    "views.md": views_page, "events.md": events_page, "errors.md": errors_page,
}  # fmt: skip
