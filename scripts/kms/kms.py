#!/usr/bin/env python3
"""A key service to test with, moto's, which checks every signature and permission as AWS does (with botocore, AWS's own
code).

    kms.py            fetches it with pip into ~/.cache/meteor, once, and prints the folder
    kms.py serve      serves it until its standard input ends. Prints one line of JSON when it is ready: its address, and
                      the credentials of a user who may use KMS and nothing else
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REGION = "eu-central-1"


def folder():
    cache = Path(os.environ.get("METEOR_CACHE") or Path.home() / ".cache" / "meteor")
    pins = hashlib.sha256((HERE / "requirements.txt").read_bytes()).hexdigest()[:16]
    place = cache / "kms" / f"{pins}-{sys.version_info.major}.{sys.version_info.minor}"
    if not place.exists():
        print(f"kms: fetching moto with pip into {place}, once", file=sys.stderr, flush=True)
        fresh = place.with_name(f"{place.name}.{os.getpid()}")
        fresh.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action",
                   "ignore", "--no-deps", "--only-binary", ":all:", "--target", str(fresh), "-r",
                   str(HERE / "requirements.txt")]
        if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise SystemExit("kms: pip could not fetch moto (see above)")
        try:
            fresh.rename(place)  # in one step: nobody sees half of it
        except OSError:
            shutil.rmtree(fresh)  # somebody else was faster
    return place


def serve():
    sys.path.insert(0, str(folder()))
    # So many calls are free: those that make the user.
    os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "3"
    import boto3
    from moto.kms.models import KmsBackend
    from moto.server import ThreadedMotoServer

    # AWS knows a key by its ARN, too; here only its other calls do.
    generate = KmsBackend.generate_mac
    KmsBackend.generate_mac = lambda self, key_id, **rest: generate(self, key_id=key_id.split("/")[-1], **rest)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    iam = boto3.client("iam", endpoint_url=url, region_name=REGION, aws_access_key_id="none", aws_secret_access_key="none")
    iam.create_user(UserName="event")
    key = iam.create_access_key(UserName="event")["AccessKey"]
    allowed = {"Effect": "Allow", "Action": ["kms:CreateKey", "kms:GenerateMac"], "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [allowed]}
    iam.put_user_policy(UserName="event", PolicyName="event", PolicyDocument=json.dumps(policy))
    print(json.dumps({"url": url, "id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}), flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        print(folder())
