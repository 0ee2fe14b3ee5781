#!/bin/sh
# Datasets in streams that were cut off: a tar (WebDataset), an Arrow stream (`datasets`, save_to_disk). 2026-11-30.
#
# The guess: a download that broke off, or a block that was damaged, makes the reader raise an error.
#
# What happens: Python's tarfile takes a header that is cut off or damaged, unless it is the first, for the end of the
# archive, and gives the images before it without a word; pyarrow takes the end of the file, at any end of a batch, for
# the end of the stream. Both formats do mark their end (two blocks of zeros; FF FF FF FF 00 00 00 00), which a reader
# has to look for by itself.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=${PYTHON:-python3}
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder/packages" pyarrow==26.0.1
cd "$folder"
PYTHONPATH="$folder/packages" "$python" - <<'PYTHON'
import io
import platform
import tarfile

import pyarrow as pa

print(f"Python {platform.python_version()}, pyarrow {pa.__version__}")
written = io.BytesIO()
with tarfile.open(fileobj=written, mode="w") as tar:
    for number in range(4):
        member = tarfile.TarInfo(f"{number:04}.jpg")
        member.size = 600  # a header of 512 bytes and two blocks of 512
        tar.addfile(member, io.BytesIO(bytes(600)))
whole = written.getvalue()
damaged = bytearray(whole)
damaged[2 * 1536 + 10] ^= 0xFF


def members(content):
    return sum(1 for _ in tarfile.open(fileobj=io.BytesIO(content), mode="r|"))


counts = [members(whole), members(whole[: 2 * 1536 + 100]), members(damaged)]
print(f"tar of 4 files: {counts[0]}; cut off within a header: {counts[1]}; third header damaged: {counts[2]}")
assert counts == [4, 2, 2]

stream, schema = io.BytesIO(), pa.schema([("label", pa.int64())])
with pa.ipc.new_stream(stream, schema) as writer:
    ends = []
    for number in range(3):
        writer.write_batch(pa.record_batch([[number]], schema=schema))
        ends.append(stream.tell())
rows = [pa.ipc.open_stream(stream.getvalue()[:end]).read_all().num_rows for end in ends]
print(f"Arrow stream of 3 batches, cut off after the first, second and third: {rows} rows, no error")
assert rows == [1, 2, 3], "cut-off streams are told now"
print("as found: what is cut off looks whole")
PYTHON
