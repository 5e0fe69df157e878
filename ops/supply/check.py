"""Where what we build with comes from, and whether a secret has got into the tree.

check.py locks|pins|owners|secrets     one check, in the tree that is the working folder
"""
import json
import pathlib
import re
import subprocess
import sys

import yaml

KNOWN = pathlib.Path("ops/supply/known-secrets.json")
PLUGIN = "ops/supply/secret_words.py"


def tracked(*patterns):
    """The tree's files, also new ones that are not ignored."""
    said = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
                          stdout=subprocess.PIPE, check=True, text=True).stdout
    return sorted(path for path in set(said.split("\0")) if path and pathlib.Path(path).is_file())


def locks():
    """Every npm package has a hash, and none has an address of its own."""
    wrong, count = [], 0
    paths = tracked("*package-lock.json")
    for path in paths:
        lock = json.loads(pathlib.Path(path).read_text())
        if lock.get("lockfileVersion") != 3:
            wrong.append(f"{path}: lockfileVersion is {lock.get('lockfileVersion')}")
        for name, package in lock["packages"].items():
            if not name:
                continue
            count += 1
            if not re.fullmatch(r"(sha512-[A-Za-z0-9+/]{86}==\s?)+", package.get("integrity", "")):
                wrong.append(f"{path}: {name} has no SHA-512")
            # The registry is whatever npm is set to. With an address in the lock file it would be asked instead.
            if "resolved" in package or package.get("link"):
                wrong.append(f"{path}: {name} comes from {package.get('resolved', 'a link')}")
    for path in tracked("*package.json"):
        if not pathlib.Path(path).with_name("package-lock.json").is_file():
            wrong.append(f"{path}: there is no lock file beside it")
    for path in tracked("*Cargo.lock"):
        for block in pathlib.Path(path).read_text().split("[[package]]")[1:]:
            name = re.search(r'name = "(.*)"', block).group(1)
            source = re.search(r'source = "(.*)"', block)
            if source:
                count += 1
                if source.group(1) != "registry+https://github.com/rust-lang/crates.io-index":
                    wrong.append(f"{path}: {name} comes from {source.group(1)}")
                if not re.search(r'checksum = "[0-9a-f]{64}"', block):
                    wrong.append(f"{path}: {name} has no checksum")
    if not paths or not count:
        wrong.append("there is no lock file")
    return wrong, f"{count} packages have hashes and come from their registry"


# What moves money, and what decides what production runs.
OWNED = ("/contracts/", "/packages/", "/operator/", "/ops/", "/.ci/", "/.github/", "/.gitlab-ci.yml", "/scripts/", "/CODEOWNERS")
# Our own images, which deployments name by digest.
OURS = re.compile(r"^(\$|scratch$|build$|localhost/|registry\.example\.com/)")


def named(node, key=""):
    """What a file of YAML says of actions and images: kind, name and line."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from named(value, name.value)
            # GitLab's longer form, and that of a GitHub job's container.
            if name.value in ("image", "container") and isinstance(value, yaml.MappingNode):
                for inner, said in value.value:
                    if inner.value == "name":
                        yield "image", said.value, said.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from named(value)
    elif key == "uses" or key in ("image", "container"):
        yield "action" if key == "uses" else "image", node.value, node.start_mark.line + 1


def built_from(text):
    """The images that a Dockerfile begins with, and their lines."""
    stages = set()
    for number, line in enumerate(text.split("\n"), 1):
        found = re.match(r"FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", line, re.I) or re.match(r"ARG\s+\w+=(\S+/\S+)()$", line) \
            or re.match(r"COPY\s+--from=(\S+)()", line)
        if found and found.group(1) not in stages:
            yield "image", found.group(1), number
        if found and found.group(2):
            stages.add(found.group(2))


def pins():
    """Every action is named by commit, and every image by digest."""
    wrong, count = [], 0
    for path in tracked(".github/*.yml", ".github/*.yaml", ".gitlab-ci.yml", "ops/*.yml", "ops/*.yaml", "ops/*Dockerfile"):
        text = pathlib.Path(path).read_text()
        found = built_from(text) if path.endswith("Dockerfile") else (one for node in yaml.compose_all(text, yaml.SafeLoader) for one in named(node))
        for kind, name, line in found:
            if kind == "image" and OURS.match(name):
                continue
            count += 1
            if kind == "action" and not re.search(r"@[0-9a-f]{40}$", name):
                wrong.append(f"{path}:{line}: {name} is not named by its commit")
            if kind == "image" and not re.search(r"@sha256:[0-9a-f]{64}$", name):
                wrong.append(f"{path}:{line}: {name} is not named by its digest")
    if not count:
        wrong.append("there is neither an action nor an image")
    return wrong, f"{count} actions and images are pinned"


def owners():
    """Every path of CODEOWNERS is there, so that a folder that was renamed doesn't lose its owners."""
    wrong, paths = [], []
    for number, line in enumerate(pathlib.Path("CODEOWNERS").read_text().split("\n"), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        path = words[0]
        paths.append(path)
        if len(words) == 1:
            wrong.append(f"CODEOWNERS:{number}: {path} has no owner")
        if path != "*" and not pathlib.Path(path.lstrip("/")).exists():
            wrong.append(f"CODEOWNERS:{number}: there is no {path}")
    wrong += [f"CODEOWNERS: nobody owns {path}" for path in ("*", *OWNED) if path not in paths]
    return wrong, f"{len(paths)} paths have owners"


def secrets():
    """Nothing that looks like a secret, but for what is known to be none, with the reason."""
    # Hashes and addresses are everywhere here, so what only looks random says nothing; nor does the word "secret".
    said = subprocess.run(["detect-secrets", "scan", "--disable-plugin", "Base64HighEntropyString", "--disable-plugin",
                           "HexHighEntropyString", "--disable-plugin", "KeywordDetector", "-p", PLUGIN, "--exclude-files", r"(\.lock|package-lock\.json|\.wasm|\.webp|\.png)$|^schema/",
                           *([] if pathlib.Path(".git").exists() else ["--all-files"])],
                          stdout=subprocess.PIPE, check=True, text=True).stdout
    found = {(path, one["type"], one["hashed_secret"]): one["line_number"] for path, ones in json.loads(said)["results"].items() for one in ones}
    known = {(one["file"], one["type"], one["hash"]): one["why"] for one in json.loads(KNOWN.read_text())}
    wrong = [f"{path}:{found[path, kind, value]}: {kind}. If it is none, add it to {KNOWN} with the reason: hash {value}"
             for path, kind, value in sorted(found.keys() - known.keys())]
    wrong += [f"{KNOWN}: {path} has no longer what is listed: {value}" for path, _, value in sorted(known.keys() - found.keys())]
    wrong += [f"{KNOWN}: {path} has no reason" for (path, _, _), why in known.items() if len(why) < 10]
    return wrong, f"no secret; {len(known)} that only look like one"


def main():
    check = {"locks": locks, "pins": pins, "owners": owners, "secrets": secrets}[sys.argv[1]]
    wrong, good = check()
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"supply: {good}")


main()
