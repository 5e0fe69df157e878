"""What the manifests promise: hardened pods, probes, selectors that meet, and a network that is shut.

check.py                checks ops/kubernetes/*.yaml
check.py broken         breaks them in memory, one way at a time, and must see each
check.py environment    prints the indexer's settings, as NAME=VALUE
check.py arguments      prints the worker's arguments, one a line
"""
import copy
import pathlib
import re
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
# The servers' own: how long the indexer gives what is under way after the drain.
CUT_SECONDS = 10
# What ops/image/event puts into both images.
EVENT = {"/event/deployment.json", "/event/tables.json", "/event/catalogue.csv"}


def load():
    return [one for path in sorted(HERE.glob("*.yaml")) for one in yaml.safe_load_all(path.read_text())]


def of(objects, kind):
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


def pods(objects):
    """Labels and pod spec of everything that runs."""
    return {one["metadata"]["name"]: (one["spec"]["template"]["metadata"]["labels"], one["spec"]["template"]["spec"])
            for kind in ("StatefulSet", "Deployment") for one in of(objects, kind).values()}


def check(objects):
    wrong, running = [], pods(objects)

    def expect(name, what, found, wanted):
        if found != wanted:
            wrong.append(f"{name}: {what} is {found}, not {wanted}")

    for one in objects:
        if one["kind"] != "Namespace":
            expect(one["metadata"]["name"], "namespace", one["metadata"].get("namespace"), "meteor-shower")
    for name, (_, spec) in running.items():
        context = spec.get("securityContext", {})
        expect(name, "runAsNonRoot", context.get("runAsNonRoot"), True)
        expect(name, "runAsUser", context.get("runAsUser"), 65532)
        expect(name, "seccompProfile", context.get("seccompProfile"), {"type": "RuntimeDefault"})
        expect(name, "automountServiceAccountToken", spec.get("automountServiceAccountToken"), False)
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            expect(name, key, spec.get(key), None)
        for container in spec["containers"] + spec.get("initContainers", []):
            inner = container.get("securityContext", {})
            expect(name, "readOnlyRootFilesystem", inner.get("readOnlyRootFilesystem"), True)
            expect(name, "allowPrivilegeEscalation", inner.get("allowPrivilegeEscalation"), False)
            expect(name, "capabilities", inner.get("capabilities"), {"drop": ["ALL"]})
            expect(name, "a digest in its image", bool(re.search(r"@sha256:[0-9a-f]{64}$", container["image"])), True)
            expect(name, "a limit of memory", "memory" in container["resources"].get("limits", {}), True)
            # At the limit of a CPU a server stands still for parts of a second.
            expect(name, "a limit of CPU", "cpu" in container["resources"].get("limits", {}), False)
            named = {port["name"] for port in container["ports"]}
            for probe in ("livenessProbe", "readinessProbe"):
                expect(name, f"port of {probe}", container.get(probe, {}).get("httpGet", {}).get("port"), "admin")
            expect(name, "admin among its ports", "admin" in named, True)
            # Whoever is behind must not be killed for it.
            expect(name, "path of livenessProbe", container["livenessProbe"]["httpGet"]["path"] in ("/livez", "/healthz"), True)
            expect(name, "path of readinessProbe", container["readinessProbe"]["httpGet"]["path"], "/readyz")
    indexer = running["indexer"][1]
    drain = int(indexer["containers"][0]["args"][0].partition("--drain-seconds=")[2] or 5)
    if indexer["terminationGracePeriodSeconds"] < drain + CUT_SECONDS + 5:
        wrong.append(f"indexer: it is killed after {indexer['terminationGracePeriodSeconds']} s, in the middle of its {drain + CUT_SECONDS} s of stopping")
    if of(objects, "StatefulSet")["indexer"]["spec"]["replicas"] < 5:
        wrong.append("indexer: fewer than 5 replicas")
    if any("secret" in volume for volume in indexer.get("volumes", [])) or "secret" in str(indexer).lower():
        wrong.append("indexer: the public server has a secret")
    settings = of(objects, "ConfigMap")["indexer"]["data"]
    if [settings.get(name) for name in ("METEOR_TABLES", "METEOR_CATALOGUE")] != ["/event/tables.json", "/event/catalogue.csv"]:
        wrong.append("indexer: it doesn't serve the event's tables and catalogue")
    for name, said in (("indexer", settings.values()), ("hatch", running["hatch"][1]["containers"][0]["args"])):
        if strange := set(re.findall(r"/event/\S*", " ".join(said))) - EVENT:
            wrong.append(f"{name}: its image has no {sorted(strange)}")
        if any(mount["mountPath"].startswith("/event") for mount in running[name][1]["containers"][0]["volumeMounts"]):
            wrong.append(f"{name}: a volume hides the event that is in its image")
    worker = of(objects, "Deployment")["hatch"]["spec"]
    expect("hatch", "replicas", worker["replicas"], 1)
    expect("hatch", "strategy", worker["strategy"], {"type": "Recreate"})

    def meets(selector):
        return [name for name, (labels, _) in running.items() if selector.items() <= labels.items()]

    for name, service in of(objects, "Service").items():
        met = meets(service["spec"]["selector"])
        ports = {port["name"] for other in met for container in running[other][1]["containers"] for port in container["ports"]}
        if not met or not {port["targetPort"] for port in service["spec"]["ports"]} <= ports:
            wrong.append(f"service {name}: it meets no pod with such a port")
        if any(port["targetPort"] == "admin" for port in service["spec"]["ports"]):
            wrong.append(f"service {name}: it opens the admin port")
    expect("the budgets for disruptions", "what they meet",
           [meets(one["spec"]["selector"]["matchLabels"]) for one in of(objects, "PodDisruptionBudget").values()], [["indexer"]])
    policies = of(objects, "NetworkPolicy")
    if not any(one["spec"]["podSelector"] == {} and set(one["spec"]["policyTypes"]) == {"Ingress", "Egress"}
               and "ingress" not in one["spec"] and "egress" not in one["spec"] for one in policies.values()):
        wrong.append("network: no policy shuts everything first")
    for name, policy in policies.items():
        if not meets(policy["spec"]["podSelector"].get("matchLabels", {})):
            wrong.append(f"network policy {name}: it meets no pod")
        for rule in policy["spec"].get("ingress", []):
            if not rule.get("from") or not rule.get("ports"):
                wrong.append(f"network policy {name}: it lets in everyone, or to every port")
    return wrong


def container(objects, name):
    return pods(objects)[name][1]["containers"][0]


BREAKS = [
    (lambda o: container(o, "indexer")["securityContext"].update(readOnlyRootFilesystem=False), "indexer: readOnlyRootFilesystem"),
    (lambda o: pods(o)["indexer"][1]["securityContext"].pop("runAsNonRoot"), "indexer: runAsNonRoot"),
    (lambda o: container(o, "indexer")["livenessProbe"]["httpGet"].update(path="/readyz"), "indexer: path of livenessProbe"),
    (lambda o: pods(o)["indexer"][1].update(terminationGracePeriodSeconds=15), "in the middle of"),
    (lambda o: container(o, "indexer").update(image="registry.example.com/meteor/indexer:latest"), "a digest in its image"),
    (lambda o: of(o, "StatefulSet")["indexer"]["spec"].update(replicas=2), "fewer than 5"),
    (lambda o: of(o, "Deployment")["hatch"]["spec"].update(replicas=2), "hatch: replicas"),
    (lambda o: of(o, "ConfigMap")["indexer"]["data"].pop("METEOR_TABLES"), "it doesn't serve the event's"),
    (lambda o: container(o, "hatch")["args"].append("--tables=/event/table.json"), "its image has no ['/event/table.json']"),
    (lambda o: container(o, "hatch")["volumeMounts"].append({"name": "event", "mountPath": "/event"}), "hides the event"),
    (lambda o: of(o, "Service")["indexer"]["spec"]["ports"][0].update(targetPort="admin"), "it opens the admin port"),
    (lambda o: of(o, "Service")["indexer"]["spec"]["selector"].update({"app.kubernetes.io/name": "index"}), "it meets no pod"),
    (lambda o: of(o, "PodDisruptionBudget")["indexer"]["spec"]["selector"]["matchLabels"].update({"app.kubernetes.io/name": "x"}), "budgets"),
    (lambda o: o.remove(of(o, "NetworkPolicy")["nobody"]), "no policy shuts everything"),
    (lambda o: of(o, "NetworkPolicy")["metrics"]["spec"]["ingress"][0].pop("from"), "it lets in everyone"),
]


def main():
    objects, what = load(), sys.argv[1:]
    if what == ["environment"]:
        print("\n".join(f"{name}={value}" for name, value in of(objects, "ConfigMap")["indexer"]["data"].items()))
    elif what == ["arguments"]:
        print("\n".join(container(objects, "hatch")["args"]))
    elif what == ["broken"]:
        for break_it, expected in BREAKS:
            broken = copy.deepcopy(objects)
            break_it(broken)
            if not any(expected in line for line in check(broken)):
                sys.exit(f"check.py does not see: {expected}: {check(broken)}")
        print(f"kubernetes: {len(BREAKS)} ways of breaking the manifests are seen")
    elif wrong := check(objects):
        sys.exit("\n".join(wrong))
    else:
        print(f"kubernetes: {len(objects)} objects are hardened, probed and connected")


main()
