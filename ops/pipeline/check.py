"""What a schema can't say of the two pipelines: the order of stages, what runs where, and the gate before prod.

check.py           checks .gitlab-ci.yml, .github/workflows/ci.yml and .ci/run
check.py broken    breaks them in memory, one way at a time, and must see each
"""
import re
import sys

import yaml

STAGES = ["frontend", "binary", "image", "deploy"]
# Where a pipeline runs: what GitLab and GitHub know of it, and the jobs that it must have, by their common names.
PLACES = {
    "a merge request": (("merge_request_event", "pull_request"), "feature", {"frontend", "binary"}),
    "a push to the default branch": (("push", "push"), "main", {"frontend", "binary", "image", "dev"}),
    "a push to prod": (("push", "push"), "prod",
                       {"frontend", "binary", "image", "canary", "first-approval", "second-approval", "prod"}),
    "the weekly schedule": (("schedule", "schedule"), "main", {"advisories"}),
    "a schedule on prod": (("schedule", "schedule"), "prod", {"advisories"}),
}
GITLAB_NAMES = {"page": "frontend", "server": "binary", "images": "image"}
SHIPPING = {"image", "dev", "canary", "first-approval", "second-approval", "prod"}
# The settings of docs/releases.md that a job reads. GitLab gives every job all of them by itself.
SETTINGS = {"image": {"METEOR_DEPLOYMENT"}, "canary": {"PROD_SITE", "METEOR_NODE", "METEOR_CONTRACT", "METEOR_START_HEIGHT"},
            "dev": {"TF_VARS", "TF_BACKEND", "AWS_ROLE_ARN"}, "prod": {"TF_VARS", "TF_BACKEND", "AWS_ROLE_ARN"}}
LAST_LOOK = ".cache/meteor/advisories"
COMMANDS = {"frontend": "bash .ci/run frontend", "binary": "bash .ci/run binary", "advisories": "ops/supply/advisories"}


def holds(expression, values):
    """Whether a condition of either pipeline holds: comparisons, `&&` and `||`."""
    names = sorted(values, key=len, reverse=True)
    for name in names:
        expression = expression.replace(name, repr(values[name]))
    expression = expression.replace("&&", " and ").replace("||", " or ")
    if re.search(r"\$|github\.", expression):
        raise SystemExit(f"check.py can't read the condition: {expression}")
    return eval(expression, {"__builtins__": {}})  # of our own files, and nothing but literals is left


def commands(lines):
    """The commands of this tree that a job runs. Of what each pipeline names in its own way only the place counts."""
    found = []
    for line in "\n".join(lines).split("\n"):
        for part in re.split(r"&&|\||;|>", line):
            words = part.split()
            words = words[1:] if words[:1] == ["bash"] else words
            if words and words[0].startswith(("ops/", ".ci/", "scripts/")):
                found.append(" ".join(words[:1] + ["$" if "$" in word else word.rpartition("/")[2] for word in words[1:]]))
    return found


def extended(jobs, name):
    """A job of GitLab's, with what it extends."""
    job = jobs[name]
    merged = {}
    for base in [job["extends"]] if isinstance(job.get("extends"), str) else job.get("extends", []):
        merged |= extended(jobs, base)
    return merged | {key: value for key, value in job.items() if key != "extends"}


def by_rules(rules, values):
    """The first rule that holds; None if the job doesn't run."""
    for rule in rules:
        if holds(rule.get("if", "True"), values):
            return None if rule.get("when") == "never" else rule
    return None


def gitlab(text):
    """What is wrong with GitLab's pipeline."""
    pipeline, wrong = yaml.safe_load(text), []
    if pipeline.get("stages") != STAGES:
        wrong.append(f"GitLab: the stages are {pipeline.get('stages')}")
    keywords = {"stages", "workflow", "default", "variables"}
    raw = {name: job for name, job in pipeline.items() if name not in keywords}
    jobs = {name: extended(raw, name) for name in raw if not name.startswith(".")}
    common = {name: GITLAB_NAMES.get(name, name) for name in jobs}
    for place, ((source, _), branch, expected) in PLACES.items():
        values = {"$CI_PIPELINE_SOURCE": source, "$CI_COMMIT_BRANCH": None if source == "merge_request_event" else branch,
                  "$CI_DEFAULT_BRANCH": "main"}
        made = by_rules(pipeline["workflow"]["rules"], values) is not None
        runs = {common[name] for name, job in jobs.items() if made and by_rules(job["rules"], values) is not None}
        if runs != expected:
            wrong.append(f"GitLab: {place} runs {sorted(runs)}, not {sorted(expected)}")
    values = {"$CI_PIPELINE_SOURCE": "push", "$CI_COMMIT_BRANCH": "feature", "$CI_DEFAULT_BRANCH": "main"}
    for name, job in jobs.items():
        if common[name] in SHIPPING and by_rules(job["rules"], values) is not None:
            wrong.append(f"GitLab: {name} runs on any branch")
    on_prod = {"$CI_PIPELINE_SOURCE": "push", "$CI_COMMIT_BRANCH": "prod", "$CI_DEFAULT_BRANCH": "main"}
    stages = {"page": "frontend", "server": "binary", "images": "image"}
    for name, job in jobs.items():
        stage = stages.get(name, "binary" if name == "advisories" else "deploy")
        if job.get("stage") != stage:
            wrong.append(f"GitLab: {name} is in the stage {job.get('stage')}, not {stage}")
        if "when" in job or "allow_failure" in job:
            wrong.append(f"GitLab: {name} has `when` or `allow_failure` beside its rules")
        wanted = COMMANDS.get(common[name])
        if wanted and wanted not in job["script"]:
            wrong.append(f"GitLab: {name} does not run {wanted}")
    if "needs" in jobs["images"]:
        wrong.append("GitLab: images does not wait for all stages before it")
    if "ops/supply/advisories" not in jobs["images"]["script"]:
        wrong.append("GitLab: images are made without a look at the advisories")
    for name in ("images", "advisories"):
        if not any(cache["paths"] == [LAST_LOOK] and cache["key"] == "advisories" for cache in jobs[name]["cache"]):
            wrong.append(f"GitLab: {name} does not keep the last look at the advisories")
    for name, job in jobs.items():
        for setting in SETTINGS.get(common[name], set()) & (set(job.get("variables", {})) | set(pipeline["variables"])):
            wrong.append(f"GitLab: {name} overrides the setting {setting}")
    for name in ("first-approval", "second-approval"):
        rule = by_rules(jobs[name]["rules"], on_prod) or {}
        if rule.get("when") != "manual" or rule.get("allow_failure") is not False:
            wrong.append(f"GitLab: {name} does not wait for a person")
        if jobs[name].get("needs") != ["canary"]:
            wrong.append(f"GitLab: {name} can be given before the canary has passed")
    prod = jobs["prod"]
    if set(prod.get("needs", [])) != {"images", "canary", "first-approval", "second-approval"}:
        wrong.append(f"GitLab: prod needs {prod.get('needs')}")
    if not prod["script"][0].startswith("ops/pipeline/two-people "):
        wrong.append("GitLab: prod does not ask whether two people approved, before anything else")
    for name, environment in (("dev", "dev"), ("prod", "prod")):
        if jobs[name].get("environment") != environment or f"ops/pipeline/deploy {environment} " not in jobs[name]["script"][-1]:
            wrong.append(f"GitLab: {name} does not deploy to {environment}")
    return wrong


def github(text):
    """What is wrong with GitHub's pipeline."""
    workflow, wrong = yaml.safe_load(text), []
    jobs, triggers = workflow["jobs"], workflow[True]  # YAML reads `on` as a truth value
    if triggers["push"]["branches"] != ["main", "master", "prod"]:
        wrong.append(f"GitHub: it runs on pushes to {triggers['push']['branches']}")
    if workflow.get("permissions") != {"contents": "read"}:
        wrong.append(f"GitHub: every job may {workflow.get('permissions')}")
    needs = {name: [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", []) for name, job in jobs.items()}

    def runs(name, values):
        return holds(jobs[name].get("if", "True"), values) and all(runs(other, values) for other in needs[name])

    def values_of(event, branch):
        return {"github.event.repository.default_branch": "main", "github.event_name": event, "github.ref_name": branch}

    for place, ((_, event), branch, expected) in PLACES.items():
        found = {name for name in jobs if runs(name, values_of(event, branch))}
        if found != expected:
            wrong.append(f"GitHub: {place} runs {sorted(found)}, not {sorted(expected)}")
    for name in SHIPPING:
        if runs(name, values_of("push", "feature")) or runs(name, values_of("pull_request", "prod")):
            wrong.append(f"GitHub: {name} runs on any branch")
    lines = {name: [step.get("run", "") for step in job["steps"]] for name, job in jobs.items()}
    for name, command in COMMANDS.items():
        if command not in lines[name]:
            wrong.append(f"GitHub: {name} does not run {command}")
    if "ops/supply/advisories" not in lines["image"]:
        wrong.append("GitHub: images are made without a look at the advisories")
    for name in ("image", "advisories"):
        steps = [step for step in jobs[name]["steps"] if step.get("with", {}).get("path") == LAST_LOOK]
        looks = [step for step in jobs[name]["steps"] if step.get("run") == "ops/supply/advisories"]
        if len(steps) != 1 or steps[0]["with"].get("restore-keys") != "advisories-" or any(step["env"]["METEOR_CACHE"] != ".cache/meteor" for step in looks):
            wrong.append(f"GitHub: {name} does not keep the last look at the advisories")
    for name, job in jobs.items():
        given = {value for part in [job, *job["steps"]] for value in part.get("env", {}).values() if str(value).startswith("${{ vars.")}
        wanted = {"${{ vars.%s }}" % setting for setting in SETTINGS.get(name, set())}
        if given != wanted:
            wrong.append(f"GitHub: {name} is given {sorted(given)}, not {sorted(wanted)}")
    for name, expected in (("image", {"frontend", "binary"}), ("canary", {"image"}), ("first-approval", {"canary"}),
                           ("second-approval", {"canary"}), ("prod", {"image", "canary", "first-approval", "second-approval"})):
        if set(needs[name]) != expected:
            wrong.append(f"GitHub: {name} needs {needs[name]}")
    for name, environment in (("dev", "dev"), ("first-approval", "prod-first-approval"),
                              ("second-approval", "prod-second-approval"), ("prod", "prod")):
        if jobs[name].get("environment") != environment:
            wrong.append(f"GitHub: {name} is in the environment {jobs[name].get('environment')}, not {environment}")
    gate = [n for n, line in enumerate(lines["prod"]) if "ops/pipeline/two-people " in line]
    deploy = [n for n, line in enumerate(lines["prod"]) if line.startswith("ops/pipeline/deploy prod ")]
    if not gate or not deploy or gate[0] > deploy[0]:
        wrong.append("GitHub: prod does not ask whether two people approved, before it deploys")
    if jobs["binary"].get("container", {}).get("options") != "--privileged":
        wrong.append("GitHub: binary can't mount, as make ops-test does")
    for name, job in jobs.items():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@") and step.get("with", {}).get("persist-credentials") is not False:
                wrong.append(f"GitHub: {name} leaves its token where what it builds can read it")
        if job.get("continue-on-error") or any(step.get("continue-on-error") for step in job["steps"]):
            wrong.append(f"GitHub: {name} goes on after an error")
    return wrong


def differences(texts):
    """Where the two pipelines differ in what they run, and settings that no one reads about."""
    gitlab_jobs, wrong = yaml.safe_load(texts[".gitlab-ci.yml"]), []
    github_jobs = yaml.safe_load(texts[".github/workflows/ci.yml"])["jobs"]
    for name, job in github_jobs.items():
        other = next(theirs for theirs in gitlab_jobs if GITLAB_NAMES.get(theirs, theirs) == name)
        mine, theirs = commands(step.get("run", "") for step in job["steps"]), commands(extended(gitlab_jobs, other)["script"])
        if mine != theirs:
            wrong.append(f"{name}: GitHub runs {mine}, GitLab {theirs}")
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", "\n".join(re.findall(r"^\|.*", texts["docs/releases.md"], re.M))))
    if missing := set().union(*SETTINGS.values()) - told:
        wrong.append(f"docs/releases.md does not name {sorted(missing)}")
    return wrong


def script(text):
    """What is wrong with .ci/run: each of its steps must be in one of the two parts."""
    inside, outside = None, []
    for line in text.split("\n"):
        if line.startswith("if in_part "):
            inside = line
        elif line == "fi":
            inside = None
        elif re.match(r"\s*(step|beside) ", line) and not inside and line != 'step "done"':
            outside.append(line)
    wrong = [f".ci/run: no stage runs this: {line}" for line in outside]
    if not re.search(r"^    make ops-test$", text, re.M):
        wrong.append(".ci/run: it does not run all of make ops-test")
    return wrong


FILES = {".gitlab-ci.yml": gitlab, ".github/workflows/ci.yml": github, ".ci/run": script}
BREAKS = [
    (".gitlab-ci.yml", "stages: [frontend, binary, image, deploy]", "stages: [binary, frontend, image, deploy]", "the stages are"),
    (".gitlab-ci.yml", "      allow_failure: false\n", "", "first-approval does not wait for a person"),
    (".gitlab-ci.yml", "      when: manual\n", "      when: on_success\n", "first-approval does not wait for a person"),
    (".gitlab-ci.yml", "  needs: [images, canary, first-approval, second-approval]", "  needs: [images]", "prod needs"),
    (".gitlab-ci.yml", "    - ops/pipeline/two-people approvals/first-approval approvals/second-approval\n", "", "two people"),
    (".gitlab-ci.yml", '    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n    - if: $CI_COMMIT_BRANCH == "prod"\n\n.to_prod',
     '    - if: $CI_COMMIT_BRANCH != "x"\n\n.to_prod', "images runs on any branch"),
    (".gitlab-ci.yml", "    - bash .ci/run frontend", "    - scripts/page", "page does not run"),
    (".github/workflows/ci.yml", "needs: [frontend, binary]", "needs: [frontend]", "image needs"),
    (".github/workflows/ci.yml", "if: github.event_name == 'push' && (github.ref_name == github.event.repository.default_branch || github.ref_name == 'prod')",
     "if: github.event_name != 'schedule'", "runs on any branch"),
    (".github/workflows/ci.yml", "          ops/pipeline/two-people first-approval second-approval\n", "", "two people"),
    (".github/workflows/ci.yml", "    environment: prod-second-approval\n", "", "second-approval is in the environment"),
    (".github/workflows/ci.yml", "        env:\n          METEOR_DEPLOYMENT: ${{ vars.METEOR_DEPLOYMENT }}\n", "", "image is given []"),
    (".github/workflows/ci.yml", "          METEOR_CONTRACT: ${{ vars.METEOR_CONTRACT }}\n", "", "canary is given"),
    (".github/workflows/ci.yml", "          restore-keys: advisories-\n", "", "does not keep the last look"),
    (".github/workflows/ci.yml", '"$GITHUB_SHA"', '"$GITHUB_SHA" --more', "image: GitHub runs"),
    (".github/workflows/ci.yml", "          persist-credentials: false", "          persist-credentials: true", "leaves its token"),
    (".gitlab-ci.yml", "    - ops/image/publish", "    - ops/image/build x\n    - ops/image/publish", "image: GitHub runs"),
    (".gitlab-ci.yml", "    STORAGE_DRIVER: vfs\n", "    STORAGE_DRIVER: vfs\n    METEOR_DEPLOYMENT: deployment.json\n", "overrides the setting METEOR_DEPLOYMENT"),
    (".gitlab-ci.yml", "paths: [.cache/meteor/advisories]", "paths: [.cache/advisories]", "does not keep the last look"),
    ("docs/releases.md", "| `METEOR_DEPLOYMENT` |", "| |", "docs/releases.md does not name"),
    (".github/workflows/ci.yml", "      options: --privileged", "      options: --init", "binary can't mount"),
    (".ci/run", "    make ops-test\n", "    make ops-test ARGS=supply\n", "does not run all of make ops-test"),
    (".ci/run", "if in_part frontend; then\n    step \"the page in a real", "step x\nif in_part frontend; then\n    step \"the page in a real", "no stage runs this"),
]


def all_wrong(texts):
    return [line for path, check in FILES.items() for line in check(texts[path])] + differences(texts)


def main():
    texts = {path: open(path).read() for path in (*FILES, "docs/releases.md")}
    if sys.argv[1:] == ["broken"]:
        for path, good, bad, expected in BREAKS:
            if good not in texts[path]:
                raise SystemExit(f"check.py: {path} has no longer: {good}")
            wrong = all_wrong(texts | {path: texts[path].replace(good, bad, 1)})
            if not any(expected in line for line in wrong):
                raise SystemExit(f"check.py: it does not see that {path} has {bad!r} in place of {good!r}: {wrong}")
        print(f"pipelines: {len(BREAKS)} ways of breaking them are seen")
        return
    if wrong := all_wrong(texts):
        raise SystemExit("\n".join(wrong))
    print("pipelines: stages, branches and the gate before prod are as they should be")


main()
