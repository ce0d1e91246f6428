"""The house keeps its shape: small rooms, small files, nothing loose, every module under one name."""

import ast
import importlib.metadata
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("flows", "tasks", "schemas")
FILES, LINES = 20, 300
MODULES = sorted(path for top in CODE for path in (ROOT / top).rglob("*.py"))


def test_no_module_lies_loose_beside_the_rooms() -> None:
    assert [path.name for path in (ROOT / "tasks").glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("folder", sorted({path.parent for path in MODULES}), ids=lambda f: str(f.relative_to(ROOT)))
def test_a_package_can_be_taken_in_at_a_glance(folder: Path) -> None:
    assert len(list(folder.glob("*.py"))) <= FILES


def test_no_file_is_long() -> None:
    long = {str(path.relative_to(ROOT)): n for path in MODULES if (n := len(path.read_text().splitlines())) > LINES}
    assert long == {}


def test_every_import_of_ours_begins_with_termpost() -> None:
    """Another project's `flows` could be taken for ours otherwise, and a module be loaded under two names."""
    wrong = []
    for path in [*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            wrong += [f"{path.relative_to(ROOT)}: {name}" for name in names if name.split(".")[0] in CODE]
    assert wrong == []


def test_no_module_loads_under_two_names() -> None:
    """A whole command line is imported, from another folder; `flows` itself is nobody's name."""
    script = (
        "import sys, importlib, pkgutil, termpost.flows, termpost.tasks, termpost.schemas\n"
        "for top in (termpost.flows, termpost.tasks, termpost.schemas):\n"
        "    for module in pkgutil.walk_packages(top.__path__, top.__name__ + '.'):\n"
        "        importlib.import_module(module.name)\n"
        "from pathlib import Path\n"
        "files = {n: getattr(m, '__file__', None) or '' for n, m in sys.modules.items() if n != '__main__'}\n"
        "ours = [n for n, f in files.items() if Path(f).resolve().is_relative_to(sys.argv[1]) and '.venv' not in f]\n"
        "print(sorted(n for n in ours if not n.startswith('termpost.')), len(ours) > 300)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, ROOT], cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True"


def test_the_command_and_the_editable_install_lead_to_this_checkout() -> None:
    from termpost.flows import cli

    assert Path(cli.__file__).resolve() == ROOT / "flows" / "cli.py"
    (entry,) = importlib.metadata.entry_points(group="console_scripts", name="termpost")
    assert entry.value == "termpost.flows.cli:main"


def test_a_wheel_has_everything_in_one_package(tmp_path: Path) -> None:
    """Installed from it and not from the checkout, the command runs and finds what ships with it."""
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, tmp_path], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        packed.extractall(tmp_path / "site")
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"termpost"}
    for needed in ("templates/report.typ", "templates/fonts/OFL.txt", "schemas/settings/starter/termpost.toml",
                   "data_contracts/results.odcs.yaml", "tasks/summarise/sql/marks.sql"):  # fmt: skip
        assert f"termpost/{needed}" in names
    script = (
        "import sys; from termpost.flows.cli import main; print(sys.modules['termpost.flows.cli'].__file__); main()"
    )
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-c", script, "init", home], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(tmp_path / "site"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert str(tmp_path / "site" / "termpost") in done.stdout
    assert (home / "termpost.toml").is_file()


def test_the_entry_points_of_the_deployments_are_flows() -> None:
    """As a worker finds them: by the module's name, in any folder."""
    import yaml
    from prefect.flows import Flow, load_flow_from_entrypoint

    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    for deployment in deployments:
        found: object = load_flow_from_entrypoint(deployment["entrypoint"])
        assert isinstance(found, Flow)
        assert deployment["entrypoint"].startswith("termpost.flows.")
