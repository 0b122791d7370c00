"""Where contracts are rendered: in this process, in others, or on other machines."""

import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from errno import EIO
from functools import cache, partial
from multiprocessing import get_context

from engross.beside import CAN_FORK
from engross.cache import code_digest
from engross.input_files import digest_on_disk
from engross.tree.rendering import Outcome
from engross.tree.request import Request
from engross.tree.survey import Map

SCHEME = "dask://"


class ExecutorError(OSError):
    """Contracts cannot be rendered where they were to be; the message says why."""


def _error(option: str, message: str) -> ExecutorError:
    return ExecutorError(EIO, message, option)


@contextmanager
def in_processes(jobs: int) -> Iterator[Map]:
    """Render so many contracts at a time, in processes of this machine.

    Where a process can be forked safely, it is: loading all that generates takes longer
    than rendering a small contract.
    """
    with ProcessPoolExecutor(
        jobs,
        mp_context=get_context("fork" if CAN_FORK else "spawn"),
        initializer=signal.signal,  # an interrupt is for this process to handle
        initargs=(signal.SIGINT, signal.SIG_IGN),
    ) as pool:
        try:
            yield pool.map
        except BrokenProcessPool:
            message = "a process that rendered contracts was ended; try fewer"
            raise _error("--jobs", message) from None


@contextmanager
def on_dask(address: str) -> Iterator[Map]:
    """Render contracts on the workers of a Dask cluster.

    These read the project at the same path, so they share a file system with this machine.

    Args:
        address: Of the scheduler, such as `dask://host:8786`.

    Raises:
        ExecutorError: Dask is not installed, there is no cluster, or its workers would
            render something else.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError:
        message = f"{SCHEME} needs Dask; run: pip install 'engross[dask]'"
        raise _error("--executor", message) from None
    url = f"tcp://{address.removeprefix(SCHEME)}"
    try:
        client = Client(url, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise _error("--executor", f"no Dask scheduler at {address}: {error}") from None
    with client:
        # Results depend on files, so none that the cluster has of an earlier run will do.
        executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]
        yield partial(_on_workers, executor.map)


def _on_workers(
    run: Callable[..., Generator[Outcome, None, None]],
    render: Callable[[Request], Outcome],
    requests: Iterable[Request],
) -> Iterator[Outcome]:
    """Render on other machines, and see that they read what this one would read."""
    requests = [*requests]
    checked = partial(_with_same_code, code_digest(), render)
    with closing(run(checked, requests)) as outcomes:  # which cancels the others
        for request, outcome in zip(requests, outcomes, strict=True):
            inputs = {} if outcome.record is None else outcome.record.inputs
            for name, digest in inputs.items():
                if digest_on_disk(request.root, name) != digest:
                    message = f"{name} is another file on a worker than here"
                    raise _error("--executor", message)
            yield outcome


def _with_same_code(
    code: str, render: Callable[[Request], Outcome], request: Request
) -> Outcome:
    """Render on a worker whose engross, Python and libraries are those of the caller."""
    if _own_code() != code:
        message = "a worker has another version of engross, Python or a library than this machine"
        raise _error("--executor", message)
    return render(request)


@cache
def _own_code() -> str:
    return code_digest()
