#!/usr/bin/env python3
"""What promtool does not check: each alert says what it must, has a case that fires and one that doesn't, uses metrics that
exist, and has a runbook; and each runbook has an alert and its four headings. Whether `meteor` knows its commands is tested
in cli/tests/emergency.rs.

    check.py FOLDER   FOLDER has scrapes of everything that is watched (NAME.prom)
"""
import re
import sys
from pathlib import Path

import expressions
import yaml

HERE = Path(__file__).resolve().parent
RUNBOOKS = HERE.parent.parent / "docs" / "runbooks"
SEVERITIES = {"page", "ticket", "heartbeat"}
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
# Fires always; that is its job.
NEVER_SILENT = {"Watchdog"}
# In docs/runbooks, and about a procedure instead of an alert: small letters; and the list of all pages.
PROCEDURE = re.compile(r"[a-z]|README$")


def rules():
    for file in sorted((HERE / "rules").glob("*.yml")):
        for group in yaml.safe_load(file.read_text())["groups"]:
            yield from group["rules"]


def faults_of_rules(alerts, recorded, metrics):
    for rule in recorded:
        for fault in expressions.faults(rule["expr"], metrics, {rule["record"] for rule in recorded}):
            yield f"{rule['record']}: {fault}"
    for alert in alerts:
        name, notes = alert["alert"], alert.get("annotations", {})
        if alert.get("labels", {}).get("severity") not in SEVERITIES:
            yield f"{name}: severity must be one of {', '.join(sorted(SEVERITIES))}"
        for note in ("summary", "description"):
            if not notes.get(note):
                yield f"{name}: has no {note}"
        if notes.get("summary", "").endswith("."):
            yield f"{name}: the summary is a headline: no full stop"
        if not notes.get("description", ".").endswith("."):
            yield f"{name}: the description is a sentence: it ends in a full stop"
        if notes.get("runbook_url") != f"{{{{ $externalLabels.runbooks }}}}/{name}.md":
            yield f"{name}: runbook_url must be its page below externalLabels.runbooks"
        for fault in expressions.faults(alert["expr"], metrics, {rule["record"] for rule in recorded}):
            yield f"{name}: {fault}"


def cases():
    """The alerts that some test sees fire, and those that some test sees silent."""
    fires, silent = set(), set()
    for file in (HERE / "tests").glob("*.yml"):
        for test in yaml.safe_load(file.read_text())["tests"]:
            for asked in test.get("promql_expr_test", []):
                for name in re.findall(r'alertname="(\w+)", alertstate="firing"', asked["expr"]):
                    (fires if asked.get("exp_samples") else silent).add(name)
            for asked in test.get("alert_rule_test", []):
                (fires if asked.get("exp_alerts") else silent).add(asked["alertname"])
    return fires, silent


def faults_of_tests(names):
    fires, silent = cases()
    for name in sorted(names - fires):
        yield f"{name}: no test sees it fire"
    for name in sorted(names - silent - NEVER_SILENT):
        yield f"{name}: no test sees it silent"
    for name in sorted((fires | silent) - names):
        yield f"{name}: is tested, and is no alert"


def faults_of_runbooks(names):
    pages = {page.stem: page for page in RUNBOOKS.glob("*.md") if not PROCEDURE.match(page.stem)}
    for name in sorted(names - set(pages)):
        yield f"docs/runbooks/{name}.md: is missing"
    for name in sorted(set(pages) - names):
        yield f"docs/runbooks/{name}.md: there is no such alert"
    for name, page in sorted(pages.items()):
        text = page.read_text()
        if not text.startswith(f"# {name}\n"):
            yield f"docs/runbooks/{name}.md: its first line must be # {name}"
        if re.findall(r"^## (.*)$", text, re.M) != HEADINGS:
            yield f"docs/runbooks/{name}.md: its headings must be {', '.join(HEADINGS)}"
        if "```sh\n" not in text.partition("## Diagnosis")[2].partition("## Mitigation")[0]:
            yield f"docs/runbooks/{name}.md: its diagnosis has no command"


def main(folder):
    every = list(rules())
    alerts = [rule for rule in every if "alert" in rule]
    names = [alert["alert"] for alert in alerts]
    faults = [f"{name}: is there twice" for name in sorted({name for name in names if names.count(name) > 1})]
    recorded = [rule for rule in every if "record" in rule]
    faults += faults_of_rules(alerts, recorded, expressions.scraped(folder))
    faults += faults_of_tests(set(names))
    faults += faults_of_runbooks(set(names))
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        raise SystemExit(1)
    print(f"{len(names)} alerts: each has its cases, its metrics and its runbook")


main(*sys.argv[1:])
