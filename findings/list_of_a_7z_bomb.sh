#!/bin/sh
# Opening a 7z archive with py7zr, before a file of it is taken out. 2026-11-30.
#
# The guess: py7zr bounds what an archive from anyone can cost: `max_extract_size` limits what is unpacked, the list of
# files may be 256 MB at most, and what an archive claims of it can be looked at before anything is extracted.
#
# What happens: the list of files is itself packed, by whatever method the archive names, and is unpacked in the
# constructor, before a caller can look at anything. The bound is on the size that the list claims, and is not passed on
# to the decoder where the method is Zstandard or Deflate: an archive of 32 kB that claims a list of 1,000 bytes takes
# 3 GB of memory in `SevenZipFile(path)`, whatever `max_extract_size` says.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=${PYTHON:-python3}
"$python" -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check py7zr==1.1.4
cd "$folder"
"$folder/env/bin/python" - <<'PYTHON'
import resource
import struct
import zlib

import py7zr
from backports import zstd


def number(value):
    return b"\xff" + struct.pack("<Q", value)


compressor = zstd.ZstdCompressor(level=3)
packed = b"".join(compressor.compress(bytes(2**20)) for _ in range(1000)) + compressor.flush()
head = b"\x17\x06" + number(0) + number(1) + b"\x09" + number(len(packed)) + b"\0"  # a packed list, one stream of it
head += b"\x07\x0b" + number(1) + b"\0" + number(1)  # in one folder of one coder: Zstandard, with its five settings
head += b"\x24\x04\xf7\x11\x01" + number(5) + bytes([1, 0, 3, 0, 0]) + b"\x0c" + number(1000) + b"\0\0"
start = struct.pack("<QQI", len(packed), len(head), zlib.crc32(head))
with open("list.7z", "wb") as file:
    file.write(b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + packed + head)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
try:
    py7zr.SevenZipFile("list.7z", max_extract_size=10**6)
except TypeError as error:
    print(f"py7zr {py7zr.__version__}: {error}")
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
print(f"an archive of {len(packed) + len(head) + 32:,} bytes: from {before:,} MB to {after:,} MB of memory")
assert after > before + 1500, "the list is bounded now"
print("as found: the list of files is unpacked without a bound")
PYTHON
