"""The process that trains a run: `python -m core.training.worker RUN`, where RUN is the run's folder.

It is two processes. The one that is started stays small: it waits for a slot, starts the other one, passes on a stop,
and writes down how it ended, so that a cause of death is known even after the server that started it is gone. The other
one has Keras loaded and trains.
"""

import argparse
import sys
from pathlib import Path

from core.jobs.process import set_up_process
from core.jobs.written_settings import is_run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.training.worker", description=__doc__)
    parser.add_argument("run", type=Path, help="the folder of the run")
    parser.add_argument("--train", action="store_true", help="train in this process, unsupervised")
    arguments = parser.parse_args()
    if not is_run(arguments.run):
        parser.error(f"{arguments.run} is not the folder of a run: it holds no run.json")
    if not arguments.train:
        from core.jobs.supervisor import supervise
        from core.runs.execution import halve_batch_size

        return supervise(arguments.run, halve_batch_size)
    set_up_process()
    from core.training.trainer import train

    return train(arguments.run)


if __name__ == "__main__":
    sys.exit(main())
