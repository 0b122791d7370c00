"""Contracts are rendered in several processes, or on a cluster, with the same result."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.scaling import wide_document
from tests.cli.conftest import Ran, Run
from tests.cli.test_warnings import CONTRACT as ODD
from tests.conftest import ROOT, SHOP

CLUSTER = """\
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""

PATCHED = """\
import os
import sys
import engross.{module}


def end_process(*_, **__):
    os._exit(1)


engross.{module}.{name} = {value}
if __name__ == "__main__":
    from engross.cli import main
    sys.exit(main())
"""


@pytest.fixture
def contracts(project: Path) -> Path:
    """Return a project with three contracts, one of them invalid."""
    (project / "specs" / "broken.yaml").write_text("openapi: [\n")
    (project / "specs" / "odd.yaml").write_text(ODD)
    return project


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a Dask cluster of two processes."""
    script = tmp_path_factory.mktemp("cluster") / "cluster.py"
    script.write_text(CLUSTER)
    with subprocess.Popen(
        [sys.executable, script],
        cwd=script.parent,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().replace("tcp://", "dask://")
        process.communicate()


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "generator")}


def engross(project: Path, *arguments: str, script: Path | None = None) -> Ran:
    """Run the command in a process of its own, since it starts others."""
    ran = subprocess.run(
        [sys.executable, *([script] if script else ["-m", "engross"]), *arguments],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def patched(project: Path, module: str, name: str, value: str) -> Path:
    """Return a script that runs the command with another value in one of its modules."""
    script = project / "patched.py"
    script.write_text(PATCHED.format(module=module, name=name, value=value))
    return script


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def results(project: Path, *arguments: str) -> tuple[list[Ran], dict[str, bytes]]:
    """Return what is printed and written where nothing has been generated."""
    generated = project / "generated"
    shutil.rmtree(generated, ignore_errors=True)
    commands = ("generate", "check", "check --format json")
    ran = [
        engross(project, *command.split(), "--no-cached", *arguments)
        for command in commands
    ]
    return ran, files(generated)


def test_jobs_change_neither_output_nor_packages(contracts: Path) -> None:
    alone = results(contracts)
    assert [ran.status for ran in alone[0]] == [1, 1, 1]
    assert {path.split("/")[0] for path in alone[1]} == {"odd", "shop"}
    assert results(contracts, "--jobs", "2") == alone


def test_cluster_changes_neither_output_nor_packages(
    contracts: Path, cluster: str
) -> None:
    assert results(contracts, "--executor", cluster) == results(contracts)


def test_process_that_is_killed_is_reported(contracts: Path) -> None:
    script = patched(
        contracts,
        "tree.rendering",
        "outcome",
        "end_process",
    )
    ran = engross(contracts, "check", "--no-cached", "--jobs", "2", script=script)
    assert ran == Ran(
        1,
        "",
        "engross: --jobs: a process that rendered contracts was ended; try fewer\n",
    )


def test_cluster_with_another_version_of_engross_is_refused(
    contracts: Path, cluster: str
) -> None:
    script = patched(contracts, "executors", "code_digest", "lambda: 'newer'")
    ran = engross(contracts, "check", "--executor", cluster, script=script)
    assert ran.status == 1
    assert ran.out == ""
    assert "a worker has another version of engross" in ran.err


def test_cluster_that_reads_other_files_is_refused(
    contracts: Path, cluster: str
) -> None:
    script = patched(contracts, "executors", "digest_on_disk", "lambda *_: 'other'")
    ran = engross(contracts, "generate", "--executor", cluster, script=script)
    assert ran.status == 1
    assert "specs/odd.yaml is another file on a worker than here" in ran.err
    assert not (contracts / "generated").exists()


def test_scheduler_that_is_not_there_is_reported(
    contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    ran = engross(contracts, "check", "--executor", "dask://127.0.0.1:9")
    assert ran.status == 1
    assert "engross: --executor: no Dask scheduler at dask://127.0.0.1:9" in ran.err


def test_missing_dask_is_explained(
    contracts: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = run("check", "--no-cached", "--executor", "dask://127.0.0.1:8786")
    assert ran.status == 1
    assert ran.err == (
        "engross: --executor: dask:// needs Dask; run: pip install 'engross[dask]'\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--jobs", "0"], "'0' is not a number of jobs"),
        (["--jobs", "two"], "'two' is not a number of jobs"),
        (["--executor", "tcp://a:1"], "'tcp://a:1' is not an address like dask://"),
        (["--executor", "dask://a:1", "--jobs", "2"], "not allowed with argument"),
    ],
)
def test_wrong_option_is_a_usage_error(
    project: Path, run: Run, arguments: list[str], message: str
) -> None:
    ran = run("check", *arguments)
    assert ran.status == 2
    assert message in ran.err


def test_executor_is_for_the_contracts_of_a_project(project: Path, run: Run) -> None:
    (project / "one.yaml").write_text(SHOP)
    ran = run("generate", "one.yaml", "--executor", "dask://127.0.0.1:9")
    assert ran.status == 2
    assert ran.err == "engross: --executor is for the contracts of a project\n"


@pytest.mark.parametrize("of_project", [True, False])
def test_second_process_changes_neither_output_nor_package(
    tmp_path: Path, of_project: bool
) -> None:
    document = wide_document(40)
    document["components"]["schemas"]["Thing0"]["example"] = {"thing0_id": 5}
    done: list[tuple[Ran, dict[str, bytes]]] = []
    for jobs in (("--jobs", "1"), ("--jobs", "2"), ()):
        home = tmp_path / "".join(jobs)
        place = home / "specs" if of_project else home
        place.mkdir(parents=True, exist_ok=True)
        (place / "wide.json").write_text(json.dumps(document))
        (home / "pyproject.toml").write_text("[tool.engross]\n" if of_project else "")
        which = () if of_project else ("wide.json", "--output", "out")
        ran = engross(home, "generate", *which, "--no-cached", *jobs)
        folder = home / ("generated" if of_project else "out")
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        done.append((ran, files))

    (alone, its_files), *others = done
    assert alone.status == 0
    assert "example-mismatch" in alone.out + alone.err
    assert len(its_files) > 100
    assert others == [(alone, its_files)] * 2
