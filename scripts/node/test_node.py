#!/usr/bin/env python3
"""When another program takes a port before the node does, the node starts on other ports: test_node.py [0.61|0.46]
Without a node: terrad is refused below 3.6."""
import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import node

# The node's program, which is offered these ports one set after the other.
PROGRAM = """
import json, sys, node
offers = json.loads(sys.argv.pop(1))
node.free_ports = lambda _: offers.pop(0)
node.main()
"""


def main():
    old = {"3.4.3\n": "3.4.3", "v3.5.0": "v3.5.0", "note\n2.10.0-rc1\n": "2.10.0-rc1"}
    new = ["3.6.0", "v3.10.1", "4.0.0", "v4.0.0-rc.1", "HEAD-06483ff6", ""]
    assert {said: node.too_old(said) for said in [*old, *new]} == {**old, **dict.fromkeys(new)}
    gen = sys.argv[1] if len(sys.argv) > 1 else "0.61"
    with tempfile.TemporaryDirectory() as home, socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        taken, other = node.free_ports(4), node.free_ports(4)
        taken[0] = somebody.getsockname()[1]
        with subprocess.Popen([sys.executable, "-c", PROGRAM, json.dumps([taken, other]), "up", "--gen", gen,
                               "--home", f"{home}/chain", "--until-eof"], cwd=Path(__file__).parent, text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            line = process.stdout.readline()
            process.stdin.close()
        assert line and json.loads(line)["rpc"] == f"http://127.0.0.1:{other[0]}", line
    print(f"ok: a port was taken, and {gen} started on other ports")


if __name__ == "__main__":
    main()
