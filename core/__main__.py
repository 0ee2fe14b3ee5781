"""`python -m core …`."""

import sys

from core.commands.output import FAILED
from core.commands.streams import guard_streams


def run() -> int:
    """Run the command that was typed; see `core.cli.main`."""
    guard_streams()
    try:
        from core.cli import main  # loads much, which may open files: the streams come first

        return main()
    except KeyboardInterrupt:  # while it was loading
        print("Stopped.", file=sys.stderr)
        return FAILED
    finally:
        sys.stdout.flush()  # here, where the loss of the reader can still be told by the exit code


if __name__ == "__main__":
    sys.exit(run())
