"""Runs a command with a stand-in for the AWS provider, which knows the real schema and does nothing else.

    provider.py PACKAGE FOLDER COMMAND...

Terraform finds it by TF_REATTACH_PROVIDERS, which its documentation describes for debugging providers. It speaks the
plugin protocol, version 5, as far as `init`, `validate` and `test` with `mock_provider` ask for it. The messages are
so few that they are written by hand instead of by protoc.
"""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import grpc
import schema

NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def field(number, value):
    """One field of a protobuf message: a number, or bytes, or text."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value) if value else b""
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def encode_block(block):
    out = b""
    for name, attribute in sorted(block["attributes"].items()):
        out += field(2, field(1, name) + field(2, json.dumps(attribute["type"])) + b"".join(
            field(number, int(attribute.get(flag, False)))
            for number, flag in ((4, "required"), (5, "optional"), (6, "computed"))))
    for name, nested in sorted(block["blocks"].items()):
        single = nested["nesting"] in ("single", "map")
        out += field(3, field(1, name) + field(2, encode_block(nested["block"])) + field(3, NESTING[nested["nesting"]])
                     + field(4, 0 if single else nested["min"]) + field(5, 0 if single else nested["max"]))
    return out


def encode(blocks):
    """GetProviderSchema.Response."""
    out = b""
    for folder, block in blocks.items():
        encoded = field(2, encode_block(block))
        if folder == "provider":
            out += field(1, encoded)
            continue
        number, name = (3, folder.removeprefix("data-aws-")) if folder.startswith("data-aws-") else (2, folder)
        out += field(number, field(1, "aws_" + name.replace("-", "_")) + field(2, encoded))
    return out


def serve(response, socket):
    methods = {
        "GetSchema": lambda request, context: response,
        "PrepareProviderConfig": lambda request, context: request,  # the answer's first field is the request's
        "ValidateResourceTypeConfig": lambda request, context: b"",
        "ValidateDataSourceConfig": lambda request, context: b"",
        "Stop": lambda request, context: b"",
    }
    server = grpc.server(ThreadPoolExecutor(max_workers=4), options=[("grpc.max_send_message_length", 256 << 20)])
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(
        "tfplugin5.Provider", {name: grpc.unary_unary_rpc_method_handler(call) for name, call in methods.items()})])
    if not server.add_insecure_port(f"unix:{socket}"):
        sys.exit(f"stub: can't listen on {socket}")
    server.start()
    return server


def main():
    package, folder, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    blocks = schema.read(package, schema.used(folder))
    if "provider" not in blocks:
        sys.exit(f"stub: {package} is not the package of the AWS provider's bindings")
    with tempfile.TemporaryDirectory() as scratch:
        server = serve(encode(blocks), f"{scratch}/aws")
        attach = {"Protocol": "grpc", "ProtocolVersion": 5, "Pid": os.getpid(), "Test": True,
                  "Addr": {"Network": "unix", "String": f"{scratch}/aws"}}
        environment = os.environ | {"TF_REATTACH_PROVIDERS": json.dumps({"hashicorp/aws": attach})}
        code = subprocess.run(command, env=environment, check=False).returncode
        server.stop(None)
    sys.exit(code)


if __name__ == "__main__":
    main()
