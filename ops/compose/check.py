"""What the compose file promises: hardened services, pinned images, ports of this machine alone, files that are there.

check.py MODEL.json     the model as compose-go reads compose.yaml
check.py broken MODEL.json     breaks it in memory, one way at a time, and must see each
"""
import copy
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Written by whoever runs it (docs/run/compose.md).
OWN = {"secrets"}
# What ops/image/event puts into both images.
EVENT = {"/event/deployment.json", "/event/tables.json", "/event/catalogue.csv"}


def targets():
    """Every address that Prometheus is told to ask."""
    for path in sorted((HERE / "targets").glob("*.yml")):
        for name, port in re.findall(r'"([a-z-]+):(\d+)"', path.read_text()):
            yield path.name, name, port


def check(model, variables):
    wrong, services = [], model["services"]
    for name, service in services.items():
        for key, value in (("read_only", True), ("cap_drop", ["ALL"]), ("security_opt", ["no-new-privileges:true"]), ("restart", "unless-stopped")):
            if service.get(key) != value:
                wrong.append(f"{name}: {key} is {service.get(key)}")
        if service.get("user", "0").split(":")[0] in ("0", "root"):
            wrong.append(f"{name}: it runs as root")
        for key in ("mem_limit", *(["healthcheck"] if name != "hatch" else [])):
            if not service.get(key):
                wrong.append(f"{name}: it has no {key}")
        if service.get("privileged") or service.get("cap_add") or service.get("network_mode"):
            wrong.append(f"{name}: it gets more than its own network")
        if not re.search(r"@sha256:[0-9a-f]{64}$|^\$\{[A-Z]+_IMAGE(:[-?].*)?\}$", service["image"]):
            wrong.append(f"{name}: its image {service['image']} has no digest")
        for port in service.get("ports", []):
            if port.get("host_ip") != "127.0.0.1":
                wrong.append(f"{name}: port {port['published']} is open to everyone")
        if service.get("ports") and set(service["networks"]) <= {"monitoring"}:
            wrong.append(f"{name}: its port is in an internal network alone, so nobody reaches it")
        for volume in service.get("volumes", []):
            if volume["type"] != "bind":
                continue
            if not volume.get("read_only"):
                wrong.append(f"{name}: it can write to {volume['source']}")
            path = pathlib.Path(volume["source"])
            if path.is_relative_to(HERE) and path.relative_to(HERE).parts[0] in OWN:
                continue
            if not path.exists():
                wrong.append(f"{name}: {path} is not there")
    indexer = services["indexer"]
    if indexer["healthcheck"]["test"] != ["CMD", "/meteor-indexer", "healthcheck"]:
        wrong.append(f"indexer: its health check is {indexer['healthcheck']['test']}")
    if [indexer["environment"].get(name) for name in ("METEOR_TABLES", "METEOR_CATALOGUE")] != ["/event/tables.json", "/event/catalogue.csv"]:
        wrong.append("indexer: it doesn't serve the event's tables and catalogue")
    for name in ("indexer", "hatch"):
        if strange := set(re.findall(r"/event/[^\s\"]*", json.dumps([services[name].get("environment"), services[name].get("command")]))) - EVENT:
            wrong.append(f"{name}: its image has no {sorted(strange)}")
        if any(volume["target"].startswith("/event") for volume in services[name].get("volumes", [])):
            wrong.append(f"{name}: a volume hides the event that is in its image")
    if indexer.get("secrets") or services["hatch"].get("profiles") != ["hatch"]:
        wrong.append("the worker or its secrets are with the public server")
    if not model["networks"]["monitoring"].get("internal"):
        wrong.append("the network of admin ports is open")
    for file, name, port in targets():
        if name not in services or "monitoring" not in services[name]["networks"]:
            wrong.append(f"targets/{file}: Prometheus does not reach {name}:{port}")
    asked = {path.name for path in (HERE / "../prometheus/targets").glob("*.yml")}
    if asked != (mine := {path.name for path in (HERE / "targets").glob("*.yml")}):
        wrong.append(f"targets: {sorted(asked ^ mine)} are not in both ops/prometheus and ops/compose")
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", json.dumps(model)))
    if needed - variables:
        wrong.append(f"env.example lacks {sorted(needed - variables)}")
    return wrong


BREAKS = [
    (lambda m: m["services"]["indexer"].update(read_only=False), "indexer: read_only"),
    (lambda m: m["services"]["grafana"].update(image="grafana/grafana:12.1.1"), "has no digest"),
    (lambda m: m["services"]["indexer"]["ports"][0].update(host_ip="0.0.0.0"), "is open to everyone"),
    (lambda m: m["services"]["hatch"].pop("profiles"), "the worker or its secrets"),
    (lambda m: m["services"]["prometheus"]["networks"].pop("monitoring"), "Prometheus does not reach prometheus"),
    (lambda m: m["services"]["prometheus"]["volumes"][1].update(source="/nowhere/rules"), "/nowhere/rules is not there"),
    (lambda m: m["services"]["indexer"].pop("user"), "it runs as root"),
    (lambda m: m["services"]["indexer"]["environment"].pop("METEOR_CATALOGUE"), "it doesn't serve the event's"),
    (lambda m: m["services"]["hatch"]["command"].append("--tables=/event/table.json"), "its image has no ['/event/table.json']"),
    (lambda m: m["services"]["hatch"]["volumes"].append({"type": "volume", "source": "event", "target": "/event"}), "hides the event"),
]


def main():
    model = json.load(open(sys.argv[-1]))
    variables = set(re.findall(r"^([A-Z_]+)=", (HERE / "env.example").read_text(), re.M))
    if sys.argv[1] == "broken":
        for break_it, expected in BREAKS:
            broken = copy.deepcopy(model)
            break_it(broken)
            if not any(expected in line for line in check(broken, variables)):
                sys.exit(f"check.py does not see: {expected}")
        print(f"compose: {len(BREAKS)} ways of breaking it are seen")
        return
    if wrong := check(model, variables):
        sys.exit("\n".join(wrong))
    print(f"compose: {len(model['services'])} services are hardened, pinned and connected")


main()
