"""The index: every image decoded and described once, in parallel processes; what is known already is not read again."""

import multiprocessing
import os
import shutil
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from core.datasets.pixel_scale import is_deep
from core.datasets.sources.found import Layout
from core.errors import WorkbenchError
from core.files import replacing
from core.images.description import describe_many
from core.images.reading_settings import AS_USUAL, Reading

# What the index knows of every file. `reading` is the key of the `Reading` that deep values, or many bands, were
# described by; "" where there are none.
COLUMNS = {
    "path": "",
    "label": "",
    "given_split": "",
    "given_group": "",
    "width": 0,
    "height": 0,
    "mode": "",
    "format": "",
    "orientation": 1,
    "size_bytes": 0,
    "modified": 0,
    "pixel_hash": "",
    "perceptual_hash": np.uint64(0),
    "brightness": 0.0,
    "contrast": 0.0,
    "entropy": 0.0,
    "sharpness": 0.0,
    "problem": "",
    "grey": b"",
    "colours": b"",
    "sample_kind": "",
    "low": 0.0,
    "high": 0.0,
    "dark": 0.0,
    "bright": 0.0,
    "bits": 0,
    "bands": 0,
    "alpha": "",
    "pages": 1,
    "reading": "",
    "edition": 0,
}
FROM_LAYOUT = ["path", "label", "given_split", "given_group"]
STAMPS = ["size_bytes", "modified"]
LOOKS = ["brightness", "contrast", "entropy", "sharpness"]
# What earlier versions did not write: an old table is read as if it held these.
ADDED = ["sample_kind", "low", "high", "dark", "bright", "bits", "bands", "alpha", "pages", "reading", "edition"]
DESCRIBED = [name for name in COLUMNS if name not in FROM_LAYOUT]
# Since the second edition, deep values and many bands are described. Of these formats, the first one's are looked at
# again when images are read in.
EDITION, FORMATS_LOOKED_AT_AGAIN = 2, ("TIFF", "PNG")
IMAGES_AT_ONCE = 32
# A reader that is killed while it hands over its batch leaves nothing but silence.
SECONDS_FOR_A_BATCH = 300
# Processes take a second to start, which threads have finished by then.
FEW_IMAGES = 400
IMAGES_A_PART = 1000


class Index:
    """What is known of the images of a dataset, in a folder of parts that grows while they are read.

    A part is a table of described images, complete once it is there. When reading is stopped, or its process is killed,
    the next attempt begins with what the parts hold.

    Parameters
    ----------
    folder
        Where the parts are written.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def build(
        self,
        layout: Layout,
        known: pd.DataFrame | None = None,
        report: Callable[[int, int], None] | None = None,
        reading: Reading = AS_USUAL,
    ) -> pd.DataFrame:
        """Describe every image of a layout, reading only those that are new or changed.

        A file counts as unchanged while its path, length and time of change are.

        Parameters
        ----------
        layout
            The images that there are.
        known
            The table of an earlier index.
        report
            Called with the number of images described and the number in all; may raise to stop.
        reading
            How deep values and many bands are read, of those images that are read.

        Returns
        -------
        pandas.DataFrame
            A row an image with the `COLUMNS`, in the order of the layout: those with a label, those without, and those
            that it left out. `problem` says why an image can't be used, else it is "".

        Raises
        ------
        WorkbenchError
            If the folder with the images disappears, or a process that reads them is killed.
        """
        found = _found(layout)
        tables = ([] if known is None else [known]) + list(self._parts())
        before = pd.concat([_empty(), *tables], ignore_index=True)[["path", *DESCRIBED]]
        before = before.drop_duplicates(["path", "size_bytes", "modified"], keep="last")
        # A problem is looked at again: permission may have been given, a disk may be back.
        before = before[before["problem"] == ""]
        earlier, before = before[_is_of_the_first_edition(before)], before[~_is_of_the_first_edition(before)]
        # Not a left join: the gaps would turn whole numbers into floating-point ones, which can't hold a hash.
        unchanged = found.merge(before, on=["path", "size_bytes", "modified"])
        new = found[~found["path"].isin(unchanged["path"])]
        report = report or (lambda done, total: None)
        report(len(unchanged), len(found))
        described = _known_as_before(self._describe(layout.root, new, report, len(found), reading), earlier)
        table = pd.concat([unchanged, described], ignore_index=True)[list(COLUMNS)]
        if len(table):
            table = table.set_index("path").loc[found["path"]].reset_index()
        left_out = [COLUMNS | {"path": path, "problem": reason} for path, reason in layout.left_out]
        return _typed(pd.concat([table, pd.DataFrame(left_out, columns=list(COLUMNS))], ignore_index=True))

    def clear(self) -> None:
        """Forget the parts: a complete table has taken their place."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _describe(
        self, root: Path, new: pd.DataFrame, report: Callable[[int, int], None], total: int, reading: Reading
    ) -> pd.DataFrame:
        rows, done = [], total - len(new)
        parts = [_empty()]
        try:
            for batch in _described(root, new, reading):
                rows += batch
                done += len(batch)
                report(done, total)
                if len(rows) >= IMAGES_A_PART:
                    parts.append(self._write_part(rows))
                    rows = []
            _check_root(root)
        except BaseException:
            if rows:
                self._write_part(rows)
            raise
        parts.append(_typed(pd.DataFrame(rows, columns=list(COLUMNS))))
        return pd.concat(parts, ignore_index=True)

    def _write_part(self, rows: list[dict]) -> pd.DataFrame:
        part = _typed(pd.DataFrame(rows, columns=list(COLUMNS)))
        with replacing(self.folder / f"{len(self._part_paths()):05d}.parquet") as temporary:
            part.to_parquet(temporary, index=False)
        return part

    def _part_paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.parquet")) if self.folder.is_dir() else []

    def _parts(self) -> Iterator[pd.DataFrame]:
        for path in self._part_paths():
            try:
                yield pd.read_parquet(path, columns=list(COLUMNS))
            except (OSError, ValueError):  # damaged from outside: its images are read again
                continue


def is_current(layout: Layout, known: pd.DataFrame, reading: Reading = AS_USUAL) -> bool:
    """Whether a table tells all there is to know: no image has come, gone or changed, and none had a problem."""
    found = _found(layout)
    if layout.left_out or (known["problem"] != "").any() or not found.equals(known[list(found)]):
        return False
    return not (_is_of_the_first_edition(known) | is_read_otherwise(known, reading)).any()


def is_read_otherwise(table: pd.DataFrame, reading: Reading) -> pd.Series:
    """Which images have deep values, or many bands, that were described by another reading than this."""
    return (table["sample_kind"] != "") & (table["reading"] != reading.key)


def described_again(
    root: Path, table: pd.DataFrame, reading: Reading, report: Callable[[int, int], None] | None = None
) -> pd.DataFrame:
    """The table with all that hangs on how deep values and many bands are read, of the images where that is new.

    An image stays the same by its `pixel_hash`, and one that can't be read any more stays as it was.

    Parameters
    ----------
    report
        Called with the number of images described and the number in all; may raise to stop.
    """
    rows = table[is_read_otherwise(table, reading)]
    if rows.empty:
        return table.copy()
    found = dict(zip(rows["path"], rows[[*FROM_LAYOUT, *STAMPS, "pixel_hash"]].to_dict("records"), strict=True))
    facts: dict[str, dict] = {}
    for batch in _described(root, rows[FROM_LAYOUT + STAMPS], reading):
        facts |= {fact["path"]: fact | found[fact["path"]] for fact in batch}
        if report is not None:
            report(len(facts), len(rows))
    gone = [path for path, fact in facts.items() if fact["problem"]]
    again = pd.DataFrame([facts[path] for path in rows["path"]], columns=list(COLUMNS), index=rows.index)
    again = _typed(again).reindex(columns=[name for name in table if name in COLUMNS])
    table = table.copy()
    table.loc[rows.index[~rows["path"].isin(gone)], list(again)] = again[~rows["path"].isin(gone)]
    table.loc[rows.index, "reading"] = reading.key
    return table


def _is_of_the_first_edition(table: pd.DataFrame) -> pd.Series:
    """Which images an earlier version described, that did not look at depth, bands and pages as there may be here."""
    return (table["edition"] < EDITION) & table["format"].isin(FORMATS_LOOKED_AT_AGAIN)


def _known_as_before(described: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """With the `pixel_hash` by which an earlier version knew the same files: edits, labels and split hang on it.

    But features of plain images are kept by it too, so that one of these that looks otherwise by now is another image.
    """
    if earlier.empty:
        return described
    known = earlier.set_index(["path", *STAMPS])[["pixel_hash", *LOOKS]]
    known = known.reindex(pd.MultiIndex.from_frame(described[["path", *STAMPS]])).set_axis(described.index)
    looks_the_same = (known[LOOKS] == described[LOOKS]).all(axis=1)
    is_known = known["pixel_hash"].notna() & (described["problem"] == "") & (looks_the_same | is_deep(described))
    return described.assign(pixel_hash=described["pixel_hash"].where(~is_known, known["pixel_hash"]))


def changes(layout: Layout, known: pd.DataFrame) -> tuple[int, int, int]:
    """How many files are new, gone, and changed since they were indexed, without opening any of them."""
    found = _found(layout)
    # What the layout left out has neither a label nor an edition: nobody looked into it.
    before = known.loc[(known["label"] != "") | (known["edition"] > 0), ["path", "size_bytes", "modified"]]
    both = found.merge(before, on="path", suffixes=("", "_before"))
    changed = (both["size_bytes"] != both["size_bytes_before"]) | (both["modified"] != both["modified_before"])
    return len(found) - len(both), len(before) - len(both), int(changed.sum())


def _found(layout: Layout) -> pd.DataFrame:
    """The images of a layout with the length and time of change of their files, both -1 where they are gone."""
    images = [*layout.images, *layout.unlabelled]
    columns = {
        "path": [image.path for image in images],
        "label": [image.label for image in images],
        "given_split": [image.split for image in images],
        "given_group": [image.group for image in images],
    }
    found = stamps(layout.root, columns["path"])
    return pd.DataFrame(columns, dtype="str").assign(size_bytes=found[:, 0], modified=found[:, 1])


def stamps(root: Path, paths: Iterable[str]) -> np.ndarray:
    """Length in bytes and time of change of files, both -1 where there is none: (n, 2) array of int."""
    folder = os.fspath(root)
    return np.array([_stamp(os.path.join(folder, path)) for path in paths], dtype=np.int64).reshape(-1, 2)


def _stamp(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return -1, -1
    return status.st_size, status.st_mtime_ns


def _described(root: Path, new: pd.DataFrame, reading: Reading) -> Iterator[list[dict]]:
    """Batches of complete rows, in no particular order."""
    import joblib  # a fifth of a second, which only those pay who read images in

    records = {record["path"]: record for record in new.to_dict("records")}
    paths = list(records)
    pool = joblib.Parallel(
        n_jobs=joblib.cpu_count(),
        backend="threading" if len(paths) <= FEW_IMAGES else "loky",
        batch_size=1,
        return_as="generator_unordered",
        timeout=SECONDS_FOR_A_BATCH,
    )
    batches = (paths[start : start + IMAGES_AT_ONCE] for start in range(0, len(paths), IMAGES_AT_ONCE))
    results = pool(joblib.delayed(describe_many)(os.fspath(root), batch, reading) for batch in batches)
    try:
        for batch in results:
            # The stamp from before reading stays: a file that is changed meanwhile is found changed the next time.
            yield [_row(facts, records[facts["path"]], reading) for facts in batch]
    except (joblib.externals.loky.process_executor.TerminatedWorkerError, multiprocessing.TimeoutError) as error:
        raise WorkbenchError(
            "A process that was reading images was killed, most likely because memory ran out. What has been read is "
            "kept: close other programs, and go on."
        ) from error
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # joblib's advice on what was stopped halfway is of no use to people
            results.close()


def _row(facts: dict, found: dict, reading: Reading) -> dict:
    row = COLUMNS | facts | found | {"edition": EDITION}
    return row | {"reading": reading.key} if row["sample_kind"] else row


def _check_root(root: Path) -> None:
    if not root.is_dir():
        raise WorkbenchError(
            f"The folder {root} disappeared while its images were being read. Is its disk still connected? "
            "What has been read is kept: bring it back, and go on."
        )


@cache
def _empty() -> pd.DataFrame:
    """A table of no images, to begin others with: nobody writes into it."""
    return _typed(pd.DataFrame([], columns=list(COLUMNS)))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """The same types whatever the rows: an empty table or one without a good image has them too."""
    types = {name: {str: "str", bytes: "object"}.get(type(value), type(value)) for name, value in COLUMNS.items()}
    return table.astype(types)
