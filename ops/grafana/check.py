#!/usr/bin/env python3
"""What a dashboard must be: ids once, a datasource that can be chosen, a unit and a sentence on each panel, expressions that
parse and name only what a live scrape has.

    check.py FOLDER   FOLDER has scrapes of everything that is watched (NAME.prom)
"""
import json
import sys
from pathlib import Path

import expressions

HERE = Path(__file__).resolve().parent
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def faults(file, metrics):
    board = json.loads(file.read_text())
    named = [variable["name"] for variable in board["templating"]["list"] if variable["type"] == "datasource"]
    if named != ["datasource"]:
        yield "no datasource can be chosen"
    ids = [panel["id"] for panel in board["panels"]]
    if len(ids) != len(set(ids)):
        yield "two panels have one id"
    taken = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        if cells & taken or place["x"] + place["w"] > 24:
            yield f"{panel['title']}: lies over another panel or beyond the edge"
        taken |= cells
        if panel["type"] == "row":
            continue
        if not panel["fieldConfig"]["defaults"].get("unit"):
            yield f"{panel['title']}: has no unit"
        if not panel.get("description", "").endswith("."):
            yield f"{panel['title']}: has no sentence that says what it shows"
        for target in panel["targets"]:
            if target["datasource"] != SOURCE or panel["datasource"] != SOURCE:
                yield f"{panel['title']}: does not ask the chosen datasource"
            for fault in expressions.faults(target["expr"], metrics):
                yield f"{panel['title']}: {fault}"
    for note in board["annotations"]["list"]:
        for fault in expressions.faults(note["expr"], metrics):
            yield f"annotation {note['name']}: {fault}"


def main(folder):
    metrics, wrong, uids, asked = expressions.scraped(folder), [], [], 0
    for file in sorted((HERE / "dashboards").glob("*.json")):
        wrong += [f"{file.name}: {fault}" for fault in faults(file, metrics)]
        board = json.loads(file.read_text())
        uids.append(board["uid"])
        asked += sum(len(panel.get("targets", [])) for panel in board["panels"])
    if not uids:
        wrong.append("there is no dashboard")
    if len(uids) != len(set(uids)):
        wrong.append("two dashboards have one uid")
    if wrong:
        raise SystemExit("\n".join(wrong))
    print(f"{len(uids)} dashboards: all {asked} expressions parse, and a live scrape has every metric they name")


main(*sys.argv[1:])
