"""`python -m core …`."""

import sys

from core.commands.streams import guard_streams


def run() -> int:
    """Run the command that was typed; see `core.cli.main`."""
    guard_streams()
    from core.cli import main  # loads much, which may open files: the streams come first

    try:
        return main()
    finally:
        sys.stdout.flush()  # here, where the loss of the reader can still be told by the exit code


if __name__ == "__main__":
    sys.exit(run())
