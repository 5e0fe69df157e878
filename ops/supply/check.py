"""Where what we build with comes from, and whether a secret has got into the tree.

check.py locks|pins|secrets     one check, in the tree that is the working folder
"""
import json
import pathlib
import re
import subprocess
import sys

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


# Our own images, which deployments name by digest.
OURS = re.compile(r"^(\$|scratch$|build$|localhost/|registry\.example\.com/)")


def pins():
    """Every action is named by commit, and every image by digest."""
    wrong, count = [], 0
    for path in tracked(".github/workflows/*.yml", ".gitlab-ci.yml", "ops/**/*.yml", "ops/**/*.yaml", "ops/**/Dockerfile", "ops/**/*Dockerfile"):
        stages = set()
        for number, line in enumerate(pathlib.Path(path).read_text().split("\n"), 1):
            line = line.split(" #")[0].rstrip()
            action = re.match(r"\s*-?\s*uses:\s*(\S+)$", line)
            image = re.match(r"\s*-?\s*image:\s*[\"']?([^\s\"']+)[\"']?$", line) or re.match(r"FROM\s+(\S+)", line) \
                or re.match(r"ARG\s+\w+=(\S+/\S+)$", line) or (path == ".gitlab-ci.yml" and re.match(r"\s+name:\s*(\S+[:@]\S+)$", line))
            stage = re.match(r"FROM\s+\S+\s+AS\s+(\S+)", line)
            if action:
                count += 1
                if not re.search(r"@[0-9a-f]{40}$", action.group(1)):
                    wrong.append(f"{path}:{number}: {action.group(1)} is not named by its commit")
            if image and not OURS.match(image.group(1)) and image.group(1) not in stages:
                count += 1
                if not re.search(r"@sha256:[0-9a-f]{64}$", image.group(1)):
                    wrong.append(f"{path}:{number}: {image.group(1)} is not named by its digest")
            if stage:
                stages.add(stage.group(1))
    if not count:
        wrong.append("there is neither an action nor an image")
    return wrong, f"{count} actions and images are pinned"


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
    check = {"locks": locks, "pins": pins, "secrets": secrets}[sys.argv[1]]
    wrong, good = check()
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"supply: {good}")


main()
