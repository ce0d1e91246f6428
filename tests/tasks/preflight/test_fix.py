"""`doctor --fix` closes what is open to others, and touches nothing else."""

import stat
from pathlib import Path

from termpost.tasks.preflight.fix import fix_home

from tests.tasks.gradebook import new_home


def test_store_and_keys_are_closed_to_others_and_links_left_alone(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    home.store.put("reports/x/a.pdf", b"1")
    outside = tmp_path / "outside"
    outside.write_text("not ours")
    outside.chmod(0o644)
    file, key = Path(home.store.raw.url("reports/x/a.pdf")), home.path / "secrets" / "log.key"
    (file.parent / "link").symlink_to(outside)
    file.chmod(0o644)
    key.chmod(0o640)
    assert dict(fix_home(home)) == {"modes": "1 file or folder closed to others",
                                    "keys": "1 file or folder closed to others"}  # fmt: skip
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, key, outside)] == [0o600, 0o600, 0o644]
    assert [step for step, _ in fix_home(home)] == ["folder"]
