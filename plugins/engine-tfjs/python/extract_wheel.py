"""Extracts from a TensorFlow wheel what building @tensorflow/tfjs-node-gpu needs, checked against the wheel's RECORD.

    extract_wheel.py WHEEL BINDING_SOURCES OUTPUT

OUTPUT/lib gets the two libraries, OUTPUT/include those headers that the sources in BINDING_SOURCES include, directly or
through one another. Prints one JSON object a line: {"done", "total"} in bytes; at the end {"version"} or {"error", ...}.
"""

import base64
import csv
import errno
import hashlib
import io
import json
import os
import re
import sys
import zipfile

LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)
BLOCK_BYTES = 1 << 22


def tell(**values):
    print(json.dumps(values), flush=True)


class Problem(Exception):
    def __init__(self, error, **details):
        super().__init__(error)
        self.details = dict(details, error=error)


def read_record(wheel):
    """Path -> SHA-256, and the version of the package."""
    name = next((name for name in wheel.namelist() if re.fullmatch(r"[^/]+\.dist-info/RECORD", name)), None)
    if name is None:
        raise Problem("damaged", detail="it has no RECORD")
    rows = csv.reader(io.StringIO(wheel.read(name).decode("utf-8")))
    hashes = {row[0]: row[1].partition("sha256=")[2] for row in rows if len(row) > 1 and row[1].startswith("sha256=")}
    return hashes, name.split("/")[0][: -len(".dist-info")].split("-")[1]


def headers(wheel, sources):
    """Paths of all headers that the sources need and the wheel has."""
    known = set(wheel.namelist())
    found = set()
    waiting = []
    for name in sorted(os.listdir(sources)):
        with open(os.path.join(sources, name), encoding="utf-8") as file:
            waiting += INCLUDE.findall(file.read())
    while waiting:
        path = "tensorflow/include/" + waiting.pop()
        if path in known and path not in found:
            found.add(path)
            waiting += INCLUDE.findall(wheel.read(path).decode("utf-8", "replace"))
    return sorted(found)


def extract(wheel, path, target, expected, advance):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    digest = hashlib.sha256()
    with wheel.open(path) as source, open(target, "wb") as output:
        while block := source.read(BLOCK_BYTES):
            digest.update(block)
            output.write(block)
            advance(len(block))
    actual = base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
    if actual != expected:
        raise Problem("checksum", file=path, expected=expected, actual=actual)


def run(wheel_path, sources, output):
    with zipfile.ZipFile(wheel_path) as wheel:
        hashes, version = read_record(wheel)
        known = set(wheel.namelist())
        for library in LIBRARIES:
            if "tensorflow/" + library not in known:
                raise Problem("no-library", file=library, version=version)
        files = {"tensorflow/" + name: os.path.join(output, "lib", name) for name in LIBRARIES}
        for path in headers(wheel, sources):
            files[path] = os.path.join(output, "include", path[len("tensorflow/include/") :])
        total = sum(wheel.getinfo(path).file_size for path in files)
        done = 0

        def advance(count):
            nonlocal done
            done += count
            tell(done=done, total=total)

        for path, target in files.items():
            extract(wheel, path, target, hashes.get(path, "none"), advance)
        tell(version=version)


try:
    run(*sys.argv[1:])
except Problem as problem:
    tell(**problem.details)
    sys.exit(1)
except (zipfile.BadZipFile, EOFError) as cause:
    tell(error="damaged", detail=str(cause))
    sys.exit(1)
except OSError as cause:
    if cause.errno != errno.ENOSPC:
        raise
    tell(error="disk-full")
    sys.exit(1)
