#!/usr/bin/env python3
"""Builds the S3 server that tests run against, versitygw, once: scripts/s3/s3.py prints the path of the program.

It is kept in ~/.cache/meteor. Go is that of PATH, or is fetched with pip, as for the nodes (scripts/node/node.py).
"""
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "node"))
import node  # noqa: E402

PACKAGE = "github.com/versity/versitygw/cmd/versitygw"


def program():
    pins = hashlib.sha256((HERE / "go.mod").read_bytes() + (HERE / "go.sum").read_bytes()).hexdigest()[:16]
    place = node.CACHE / "s3" / pins
    if not (place / "versitygw").exists():
        tool = node.go()
        node.say(f"s3: building versitygw into {place}: once, about a minute")
        fresh = place.with_name(f"{place.name}.{os.getpid()}")
        fresh.mkdir(parents=True)
        env = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false -mod=readonly"}
        command = [tool, "build", "-ldflags", "-w -s", "-o", str(fresh / "versitygw"), PACKAGE]
        if subprocess.run(command, env=env, cwd=HERE, stdout=sys.stderr, check=False).returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise SystemExit("s3: building versitygw failed (see above); it needs Go's module proxy or a filled cache")
        try:
            fresh.rename(place)  # in one step: nobody sees half a build
        except OSError:
            shutil.rmtree(fresh)  # somebody else was faster
    return place / "versitygw"


if __name__ == "__main__":
    print(program())
