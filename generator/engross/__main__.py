"""`engross`, and `python -m engross`."""

import gc
import sys
from typing import NoReturn

from engross.cli import main


def run() -> NoReturn:
    """Run the command, and end the process with its exit status."""
    status = main()
    gc.freeze()  # looking for garbage at the end of a process would only take time
    sys.exit(status)


if __name__ == "__main__":
    run()
