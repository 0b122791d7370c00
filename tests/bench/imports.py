"""Import, from a bare interpreter to a ready client."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .bench import Bench, show_progress
from .figures import Series, Table, Target
from .peers import CLIENTELE, OPENAPI_GENERATOR, OPENAPI_PYTHON_CLIENT
from .processes import Run, RunFailedError, alternate, succeed

LIBRARIES = "import msgspec, pyreqwest"
READY = "engross, ready client"
TOUCHED = "engross, ready client and .invoices"

SUBJECTS = {
    LIBRARIES: "import msgspec, pyreqwest",
    "engross, import alone": "import irembopay",
    READY: "from irembopay import IremboPay; IremboPay(secret_key='x')",
    TOUCHED: "from irembopay import IremboPay; IremboPay(secret_key='x').invoices",
    OPENAPI_PYTHON_CLIENT: (
        "from opc_client import AuthenticatedClient; "
        "AuthenticatedClient(base_url='http://localhost', token='x')"
    ),
    f"{OPENAPI_PYTHON_CLIENT}, with the call": (
        "from opc_client import AuthenticatedClient; "
        "AuthenticatedClient(base_url='http://localhost', token='x'); "
        "from opc_client.api.invoices import create_invoice"
    ),
    OPENAPI_GENERATOR: (
        "import ogc_client; "
        "ogc_client.ApiClient(ogc_client.Configuration(api_key={'secretKey': 'x'}))"
    ),
    f"{OPENAPI_GENERATOR}, with the call": (
        "import ogc_client; "
        "ogc_client.InvoicesApi(ogc_client.ApiClient("
        "ogc_client.Configuration(api_key={'secretKey': 'x'})))"
    ),
    CLIENTELE: "import clientele_client.client",
}
TARGETS = (
    Target(READY, (LIBRARIES,), 1.5),
    Target(TOUCHED, (LIBRARIES,), 1.5),
    Target(READY, (OPENAPI_PYTHON_CLIENT,), 0.5),
    Target(READY, (OPENAPI_GENERATOR,), 0.5),
    Target(TOUCHED, (f"{OPENAPI_PYTHON_CLIENT}, with the call",), 0.5),
    Target(TOUCHED, (f"{OPENAPI_GENERATOR}, with the call",), 0.5),
)
TIMED = """\
from time import perf_counter, process_time
wall, cpu = perf_counter(), process_time()
{statements}
print(perf_counter() - wall, process_time() - cpu)
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """Duration of the statements, and of the process that ran them."""

    seconds: float
    cpu: float
    process: Run


def measured(bench: Bench) -> list[Table]:
    """Measure the statements alone, and the whole processes that run them."""
    problems: list[str] = []
    subjects: dict[str, Callable[[], Imported]] = {}
    for name, statements in {"bare interpreter": "pass", **SUBJECTS}.items():
        subject = partial(_imported, bench, statements)
        try:
            subject()
        except RunFailedError as error:
            problems.append(f"{name} does not work: {error}")
        else:
            subjects[name] = subject
    results = alternate(
        subjects,
        bench.scaled(21, 5),
        progress=lambda step: show_progress(f"Import: {step}"),
    )
    inside = [
        Series(
            name,
            tuple(one.seconds * 1e3 for one in runs),
            tuple(one.cpu * 1e3 for one in runs),
        )
        for name, runs in results.items()
        if name in SUBJECTS
    ]
    outside = [
        Series(
            name,
            tuple(one.process.seconds * 1e3 for one in runs),
            tuple(one.process.cpu * 1e3 for one in runs),
        )
        for name, runs in results.items()
    ]
    return [
        Table("Import, statements", "ms", inside, LIBRARIES, TARGETS, problems),
        Table("Import, whole processes", "ms", outside, LIBRARIES),
    ]


def _imported(bench: Bench, statements: str) -> Imported:
    done = succeed(
        *(bench.peers.python, "-c", TIMED.format(statements=statements)),
        cwd=bench.project.root,
        environment={"PYTHONPATH": str(bench.project.site)},
    )
    seconds, cpu = done.output.split()
    return Imported(float(seconds), float(cpu), done)
