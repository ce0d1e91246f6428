"""What holds for every channel, and that nobody but its own package knows which one it is."""

import ast
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from termpost.schemas.base.channel_name import BRINGS_CODE, CHANNELS, ChannelName
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry, EntryKind
from termpost.schemas.settings.channels import ChannelSettings
from termpost.tasks.channels.channel import Channel, FileChannel, MessageChannel
from termpost.tasks.channels.registry import channel_of, every_channel, file_channels, message_channels
from termpost.tasks.rights.contact_methods import Reachability

ROOT = Path(__file__).parents[3]
PACKAGES = ROOT / "tasks" / "channels"
NAMED_IN = ROOT / "schemas" / "base" / "channel_name.py"
EVERYBODY = [Reachability(*flags) for flags in product((True, False), repeat=3)]


def test_every_name_has_a_package_and_every_package_a_name() -> None:
    assert {path.parent.name for path in PACKAGES.glob("*/channel.py")} == set(ChannelName)
    assert [channel.name for channel in every_channel()] == list(ChannelName)
    with pytest.raises(ValueError, match="fax"):
        channel_of("fax")


def test_some_channel_brings_the_code_by_post() -> None:
    assert channel_of(BRINGS_CODE).by_post


@pytest.mark.parametrize("channel", every_channel(), ids=lambda channel: channel.name)
def test_only_the_post_is_open_to_whom_only_post_may_reach(channel: Channel) -> None:
    for reach in EVERYBODY:
        if channel.is_open(reach):
            assert channel.by_post or not reach.post_only
            assert not channel.carries_reports or reach.has_address or reach.has_email
        assert channel.name in CHANNELS or not channel.is_open(reach)


@pytest.mark.parametrize("channel", [*file_channels(), *message_channels()], ids=lambda channel: channel.name)
@pytest.mark.parametrize(("kind", "left"), [("sent", False), ("delivered", False), ("opened", False)])
def test_what_arrived_is_never_left_to_do(channel: Channel, kind: EntryKind, left: bool) -> None:
    state = CycleState.fold("c", [Entry(kind=kind, cycle="c", delivery="d", channel=channel.name)])
    assert channel.is_left(state, "d") is left
    assert channel.is_left(CycleState("c"), "d")


def test_what_a_channel_of_files_says_of_itself_tells_it_from_the_others() -> None:
    assert len({channel.file for channel in file_channels()}) == len(file_channels())
    assert len({channel.counted_as for channel in file_channels()}) == len(file_channels())
    assert not any(channel.file.endswith(".json") for channel in file_channels())  # those are the plans
    assert all(channel.carries_reports for channel in file_channels())
    assert not any(channel.carries_reports for channel in message_channels())
    assert not any(
        isinstance(channel, FileChannel) and isinstance(channel, MessageChannel) for channel in every_channel()
    )


@cache
def modules() -> list[tuple[str, ast.Module]]:
    paths = [path for room in ("flows", "tasks", "schemas") for path in sorted((ROOT / room).rglob("*.py"))]
    return [(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def names_in(tree: ast.Module) -> set[str]:
    """Channels that a module calls by name: `ChannelName.X`, or a word beside something that is called a channel."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ChannelName":
            found.add(node.attr.lower())
        if isinstance(node, ast.Compare | ast.keyword):
            words = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
            named = {name.value for name in ChannelName if name in words}
            found |= named if named and "channel" in ast.unparse(node) else set()
    return found


def test_a_channel_is_named_in_its_own_package_and_in_one_enum() -> None:
    for path, tree in modules():
        own = path.split("/")[2] if path.startswith("tasks/channels/") else ""
        assert path == NAMED_IN.relative_to(ROOT).as_posix() or names_in(tree) <= {own}, path


# nothing of what made a file, but how an access code is typed (`tidy`) and how a name is printed (`visible`)
OPENING = {
    "schemas.base.errors", "schemas.documents.receipt", "tasks.documents.verify.stamps", "tasks.documents.pdf_text",
    "tasks.documents.verify.attached", "tasks.documents.verify.letter_lines",
    "tasks.documents.wording", "tasks.secrets.access_codes",
}  # fmt: skip


def test_what_opens_a_file_again_shares_nothing_with_what_made_it() -> None:
    """Law 13: a fault that both had would be seen by neither."""
    reopening = [path for path, _ in modules() if path.endswith("/reopen.py") or "/verify/" in path]
    assert len(reopening) == 8
    for path, tree in modules():
        if path in reopening:
            imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            ours = {name.removeprefix("termpost.") for name in imported if name.startswith("termpost.")}
            assert ours <= OPENING, path


def test_a_setting_of_a_channel_has_the_channels_name() -> None:
    assert set(ChannelSettings.model_fields) - {"order"} <= set(ChannelName)


def test_no_channel_imports_another() -> None:
    for path, tree in modules():
        if not path.startswith("tasks/channels/") or path.count("/") < 3:
            continue
        own = path.split("/")[2]
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        others = {name for name in ChannelName if name != own}
        assert not {name for name in others if any(f"tasks.channels.{name}." in f"{one}." for one in imported)}, path
