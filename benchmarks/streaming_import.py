"""How much memory the import of large files of pictures takes, beside the bound of 1 GB.

Run with ``python benchmarks/streaming_import.py --images 100000``: a WebDataset tar, a Parquet file as Hugging Face's
`datasets` writes it, and one that lies in a single row group, 2 GB each. Without the option they have 2,000 images.
"""

import argparse
import io
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.datasets.creation import create_from_path  # noqa: E402
from core.datasets.store import Dataset  # noqa: E402
from core.workspace import Workspace  # noqa: E402

SIDE, CLASSES = 192, 10
MOST_MEMORY = 10**9
ROWS_IN_A_GROUP = 100  # what `datasets` writes where there are pictures


def pictures(count: int) -> Iterator[tuple[bytes, int]]:
    """JPEG files of about 20 kB of which no two look alike, and their classes."""
    random = np.random.default_rng(0)
    for number in range(count):
        coarse = Image.fromarray(random.integers(0, 256, (6, 6, 3), dtype=np.uint8)).resize((SIDE, SIDE))
        noise = random.integers(0, 80, (SIDE, SIDE, 3), dtype=np.uint8)
        written = io.BytesIO()
        Image.fromarray(np.asarray(coarse) // 2 + noise).save(written, "JPEG", quality=88)
        yield written.getvalue(), number % CLASSES


def make_tar(folder: Path, count: int) -> Path:
    path = folder / "train-000000.tar"
    with tarfile.open(path, "w") as tar:
        for number, (content, label) in enumerate(pictures(count)):
            for part, written in (("jpg", content), ("cls", str(label).encode())):
                member = tarfile.TarInfo(f"{number:08}.{part}")
                member.size = len(written)
                tar.addfile(member, io.BytesIO(written))
    return path


def make_parquet(folder: Path, count: int, rows_in_a_group: int = ROWS_IN_A_GROUP) -> Path:
    path = folder / "train-00000-of-00001.parquet"
    cell = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    schema = pa.schema([("image", cell), ("label", pa.int64())])
    with pq.ParquetWriter(path, schema) as writer:
        cells, labels = [], []
        for number, (content, label) in enumerate(pictures(count), start=1):
            cells.append({"bytes": content, "path": None})
            labels.append(label)
            if len(cells) == rows_in_a_group or number == count:
                writer.write_table(pa.table({"image": pa.array(cells, cell), "label": labels}, schema))
                cells, labels = [], []
    return path


def make_parquet_of_one_row_group(folder: Path, count: int) -> Path:
    return make_parquet(folder, count, count)


def import_and_watch(dataset: Dataset) -> tuple[float, int]:
    """Import in a process of its own, as the pages do; seconds, and the most memory that it and its children took."""
    started, most = time.perf_counter(), 0
    process = psutil.Popen([sys.executable, "-m", "core.datasets.importing", str(dataset.folder)], cwd=PROJECT)
    while process.poll() is None:
        most = max(most, _memory(process))
        time.sleep(0.1)
    if process.returncode:
        raise SystemExit("the import failed")
    return time.perf_counter() - started, most


def _memory(process: psutil.Process) -> int:
    """Bytes, of which those that several processes share count once."""
    total = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            total += one.memory_full_info().pss
    except psutil.Error:
        return total
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=2_000)
    count = parser.parse_args().images
    is_within = True
    for name, make in (
        ("WebDataset tar", make_tar),
        ("Parquet", make_parquet),
        ("Parquet of one row group", make_parquet_of_one_row_group),
    ):
        with tempfile.TemporaryDirectory() as folder:
            # Made in a process of its own, so that nothing of it counts.
            source = _made(make, Path(folder), count)
            dataset = create_from_path(Workspace.at(Path(folder, "home")), source, name="large")
            seconds, most = import_and_watch(dataset)
            read = len(Dataset(dataset.folder).content.table)
            print(
                f"{name}: {source.stat().st_size / 1e9:.2f} GB, {read:,} of {count:,} images in {seconds:.0f} s, "
                f"{most / 1e6:,.0f} MB at most ({'within' if most <= MOST_MEMORY else 'OVER'} 1 GB)",
                flush=True,
            )
            is_within = is_within and most <= MOST_MEMORY and read == count
    return 0 if is_within else 1


def _made(make, folder: Path, count: int) -> Path:
    code = (
        f"import sys; from pathlib import Path; sys.path.insert(0, {str(PROJECT / 'benchmarks')!r}); "
        "import streaming_import as s; "
        f"print(s.{make.__name__}(Path({str(folder)!r}), {count}))"
    )
    return Path(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip())


if __name__ == "__main__":
    sys.exit(main())
