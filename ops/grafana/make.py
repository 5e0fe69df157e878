#!/usr/bin/env python3
"""Makes ops/grafana/dashboards/*.json from the tables below: `make.py` writes them, `make.py check` compares.

A panel is (title, unit, what it says in a sentence, [(expression, legend), ...], look); a row is a title and its panels. Panels
with one expression without a legend show one big number. A look is one of those below, or what stands there when there is
nothing to show. Other thresholds are where alerts fire, so they are not repeated here.
"""
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "dashboards"
# Big numbers that say by their colour whether all is well: red from 1 on, or red below 1.
RED_FROM_1 = [("green", None), ("red", 1)]
RED_BELOW_1 = [("red", None), ("green", 1)]

EVENT = [
    ("Can the public use it?", [
        ("Replicas that serve", "none", "How many replicas are ready.", [("sum(indexer_ready)", "")], RED_BELOW_1),
        ("Age of what is shown", "s", "Time since the freshest replica applied a block.", [("min(indexer_last_advance_seconds)", "")]),
        ("Alerts that page", "none", "Alerts that wake somebody now.",
         [('count(ALERTS{alertstate="firing", severity="page"}) or vector(0)', "")], RED_FROM_1),
        ("Answers that failed", "percentunit", "Part of the answers of five minutes that said that we failed.",
         [("sum(rate(http_server_errors_total[5m])) / sum(rate(http_request_duration_seconds_count[5m]))", "")]),
    ]),
    ("The event", [
        ("Contributions", "short", "All contributions so far.", [("max(indexer_contributions)", "")]),
        ("Wallets", "short", "Wallets that have contributed.", [("max(indexer_wallets)", "")]),
        ("Meteors minted", "short", "Meteors ever minted.", [("max(indexer_meteors)", "")]),
        ("Meteors being cracked", "short", "Meteors in custody that wait to be revealed.", [("max(indexer_cracking)", "")]),
        ("Contributions a minute", "short", "As the first replica sees them.", [("max(rate(indexer_contributions[2m])) * 60", "contributions")]),
        ("Eggs and dust", "short", "What was revealed.", [("max(indexer_eggs)", "eggs"), ("max(indexer_dust)", "dust")]),
    ]),
    ("Requests", [
        ("Requests a second", "reqps", "By class of answer.", [("sum by (class) (rate(http_request_duration_seconds_count[1m]))", "{{class}}")]),
        ("Time of 99 of 100 answers", "s", "By class; other waits for nodes.",
         # A class that nobody asks for has no number, and a graph of nothing but that has no axis.
         [("histogram_quantile(0.99, sum by (class, le) (rate(http_request_duration_seconds_bucket[2m]))) >= 0", "{{class}}")], "no requests"),
        ("Failed answers a second", "reqps", "Status 500 and above, by replica.", [("rate(http_server_errors_total[1m])", "{{instance}}")]),
        ("Live connections", "short", "Open streams of live updates, by replica.", [("http_live_connections", "{{instance}}")]),
    ]),
]
INDEXER = [
    ("Following the chain", [
        ("Height served", "none", "By replica, and the best that a node has told.",
         [("indexer_applied_height", "{{instance}}"), ("max(indexer_tip_height)", "best node")]),
        ("Blocks behind", "none", "How far each replica is behind the best node.", [("indexer_tip_height - indexer_applied_height", "{{instance}}")]),
        ("Since the last block", "s", "Time since a block was applied, by replica.", [("indexer_last_advance_seconds", "{{instance}}")]),
        ("Age of blocks when served", "s", "Of nine blocks in ten, at the tip.",
         [("histogram_quantile(0.9, sum by (instance, le) (rate(indexer_block_lag_seconds_bucket[5m]))) >= 0", "{{instance}}")], "no blocks"),
        ("State of replicas", "bool_yes_no", "Ready, halted, can't follow, or the chain stands.",
         [("indexer_ready", "ready {{instance}}"), ("indexer_halted", "halted {{instance}}"),
          ("indexer_cant_follow", "can't follow {{instance}}"), ("indexer_chain_stands", "chain stands {{instance}}")]),
        ("Blocks and events a second", "ops", "What the fold applies.",
         [("sum(rate(indexer_blocks_total[1m]))", "blocks"), ("sum(rate(indexer_events_total[1m]))", "events")]),
    ]),
    ("Is it right?", [
        ("Audits that found a difference", "short", "In an hour.", [("increase(indexer_audit_mismatch_total[1h])", "{{instance}}")]),
        ("Audits", "short", "In ten minutes, finished and given up.",
         [("increase(indexer_audits_total[10m])", "finished {{instance}}"), ("increase(indexer_audits_failed_total[10m])", "given up {{instance}}")]),
        ("Alarms and doubts", "short", "In an hour: what can't be true, blocks asked for again, contradictions.",
         [("increase(indexer_alarms_total[1h])", "alarms {{instance}}"), ("increase(indexer_doubted_total[1h])", "doubted {{instance}}"),
          ("increase(indexer_contradictions_total[1h])", "contradictions {{instance}}")]),
        ("One node's word", "s", "How long what is served has been told by one node alone.", [("indexer_one_node_seconds", "{{instance}}")]),
    ]),
    ("Nodes", [
        ("Score", "none", "100 is healthy; each trouble halves it.", [("rpc_node_score", "{{node}} at {{instance}}")]),
        ("Latency", "s", "The usual time until a node's answer begins.", [("rpc_node_latency_seconds", "{{node}} at {{instance}}")]),
        ("Requests a second", "reqps", "By outcome.", [("sum by (node, outcome) (rate(rpc_requests_total[1m]))", "{{node}} {{outcome}}")]),
        ("Troubles", "short", "What is held against a node now.", [("rpc_node_troubles > 0", "{{node}} {{reason}}")], "none"),
        ("Tip", "none", "The tip that each node told last.", [("max by (node) (rpc_node_tip_height)", "{{node}}")]),
        ("Left alone for", "s", "How long a node is not asked.", [("rpc_node_waiting_seconds", "{{node}} at {{instance}}")]),
    ]),
    ("Store", [
        ("Age of the newest snapshot", "none", "In blocks; one is due every 100.",
         [("max(indexer_applied_height) - max(store_snapshot_height)", "blocks")]),
        ("Blocks that wait", "short", "To be stored, and those that no node has.",
         [("store_waiting_blocks", "waiting {{instance}}"), ("store_missing_blocks", "missing {{instance}}")]),
        ("Troubles of the store", "short", "In an hour.",
         [("increase(store_failed_total[1h])", "failed {{instance}}"), ("increase(store_damaged_total[1h])", "damaged {{instance}}"),
          ("increase(store_diverged_total[1h])", "diverged {{instance}}"), ("increase(store_rejected_total[1h])", "rejected {{instance}}")]),
    ]),
    ("Hosts", [
        ("Processors in use", "percentunit", "By host.", [('1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[2m]))', "{{instance}}")]),
        ("Memory available", "percentunit", "By host.", [("node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", "{{instance}}")]),
        ("Disk left", "percentunit", "By file system.",
         [('node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs"} / node_filesystem_size_bytes', "{{instance}} {{mountpoint}}")]),
    ]),
]
SITE = [
    ("The site, from outside", [
        ("What is wrong", "none", "Checks that are wrong now.", [("sum(watch_wrong)", "")], RED_FROM_1),
        ("Age of what is shown", "s", "As a visitor sees it.", [("max(watch_shown_age_seconds)", "")]),
        ("Certificate", "s", "Time until it ends.", [("min(watch_certificate_expiry_timestamp_seconds) - time()", "")], "none: not HTTPS"),
        ("Contributing paused", "bool_yes_no", "Whether the contract is paused.", [("max(watch_paused)", "")], RED_FROM_1),
        ("Time to answer", "s", "Until the page or an image has come whole.", [("watch_answer_seconds", "{{what}}")]),
        ("Checks that are wrong or unknown", "bool_yes_no", "Only those, by name.",
         [("watch_wrong > 0", "wrong: {{check}}"), ("watch_unknown > 0", "unknown: {{check}}")], "none"),
    ]),
]
MONEY = [
    ("Accounts and deadlines", [
        ("Balances", "none", "For fees, as a multiple of what is needed: below 1 an account can't pay. Above 10 it stays at 10.",
         [("clamp_max(watch_balance / watch_balance_needed, 10)", "{{role}}")]),
        ("Late", "s", "How long ago something could have been done that is not done.", [("watch_late_seconds", "{{task}}")]),
        ("Left", "s", "Time until the nearest deadline of what is not done.", [("watch_left_seconds", "{{task}}")], "nothing is due"),
        ("Missed deadlines", "none", "Showers not minted in time, or whose key came too late.", [("max(watch_missed_deadlines)", "")], RED_FROM_1),
    ]),
    ("Transactions through us", [
        ("Taken, refused, unknown", "short", "Transactions that wallets gave us, in ten minutes.",
         [("sum(increase(relay_taken_total[10m]))", "taken"), ("sum(increase(relay_refused_total[10m]))", "refused"),
          ("sum(increase(relay_unknown_total[10m]))", "unknown")]),
        ("Requests passed on now", "short", "Of 64 at most, by replica.", [("relay_requests_now", "{{instance}}")]),
    ]),
    ("The worker", [
        ("Worker", "bool_yes_no", "Whether its rounds end well.", [("min(hatch_ready)", "")], RED_BELOW_1),
        ("Since the last good round", "s", "By worker.", [("max(hatch_last_round_seconds)", "")]),
        ("Until the first can be taken back", "s", "Of what waits in custody.", [("min(hatch_first_reclaim_timestamp_seconds) - time()", "")], "nothing waits"),
        ("Revealed", "short", "Meteors revealed in ten minutes.", [("sum(increase(hatch_revealed_total[10m]))", "revealed")]),
        ("Waiting", "short", "Meteors in custody that can't be revealed, by reason.", [("sum by (reason) (hatch_waiting)", "{{reason}}")]),
        ("Rounds", "short", "Looks at what is in custody, in ten minutes.",
         [("sum(increase(hatch_rounds_total[10m]))", "ended well"), ("sum(increase(hatch_rounds_failed_total[10m]))", "failed")]),
    ]),
]
BOARDS = [
    ("event", "Meteor Shower: the event", "Whether the public can use it, and how the event goes.", EVENT + SITE),
    ("indexer", "Meteor Shower: indexer and nodes", "Whether replicas follow the chain, agree with it, and can keep what they read.", INDEXER),
    ("money", "Meteor Shower: money and worker", "What moves coins and meteors: accounts, deadlines, relayed transactions, the worker.", MONEY),
]
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24


def panel(number, x, y, width, title, unit, says, queries, look=None):
    single = len(queries) == 1 and not queries[0][1]
    targets = [
        {"refId": chr(65 + place), "datasource": SOURCE, "expr": expr, "legendFormat": legend or "__auto", "instant": single, "range": not single}
        for place, (expr, legend) in enumerate(queries)
    ]
    options = (
        {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "value" if isinstance(look, list) else "none", "graphMode": "none", "textMode": "value"}
        if single
        else {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}, "tooltip": {"mode": "multi", "sort": "desc"}}
    )
    defaults = {"unit": unit, "custom": {} if single else {"lineWidth": 1, "fillOpacity": 5, "showPoints": "never"}}
    if unit == "percentunit" and not single:
        defaults |= {"min": 0, "max": 1}
    if isinstance(look, str):
        defaults["noValue"] = look
    elif look:
        defaults |= {"color": {"mode": "thresholds"},
                     "thresholds": {"mode": "absolute", "steps": [{"color": color, "value": value} for color, value in look]}}
    return {
        "id": number, "type": "stat" if single else "timeseries", "title": title, "description": says, "datasource": SOURCE,
        "gridPos": {"x": x, "y": y, "w": width, "h": 4 if single else 8},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options, "targets": targets,
    }


def panels(rows):
    made, y = [], 0
    for title, row in rows:
        made.append({"id": len(made) + 1, "type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}})
        y += 1
        # Big numbers first, four in a line; then graphs, two or three in a line.
        for single in (True, False):
            chosen = [p for p in row if (len(p[3]) == 1 and not p[3][0][1]) == single]
            each = 4 if single else 3 if len(chosen) % 3 == 0 else 2
            for start in range(0, len(chosen), each):
                line = chosen[start:start + each]
                for place, one in enumerate(line):
                    width = WIDTH // len(line)
                    made.append(panel(len(made) + 1, place * width, y, width, *one))
                y += 4 if single else 8
    return made


def board(uid, title, says, rows):
    return {
        "uid": f"meteor-{uid}", "title": title, "description": says, "tags": ["meteor-shower"], "schemaVersion": 38, "version": 1,
        "editable": False, "graphTooltip": 1, "refresh": "10s", "time": {"from": "now-1h", "to": "now"}, "timezone": "utc",
        "templating": {"list": [{"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "current": {}, "hide": 0}]},
        "links": [{"type": "dashboards", "tags": ["meteor-shower"], "title": "Dashboards", "asDropdown": False, "keepTime": True}],
        "annotations": {"list": [{
            "name": "Alerts that page", "datasource": SOURCE, "enable": True, "iconColor": "red",
            "expr": 'ALERTS{alertstate="firing", severity="page"}', "titleFormat": "{{alertname}}",
        }]},
        "panels": panels(rows),
    }


def main(check):
    stale = []
    for uid, title, says, rows in BOARDS:
        text = json.dumps(board(uid, title, says, rows), indent=1, ensure_ascii=False) + "\n"
        file = FOLDER / f"{uid}.json"
        if not check:
            FOLDER.mkdir(exist_ok=True)
            file.write_text(text)
        elif not file.exists() or file.read_text() != text:
            stale.append(file.name)
    if check:
        stale += sorted({file.name for file in FOLDER.glob("*.json")} - {f"{uid}.json" for uid, *_ in BOARDS})
    if stale:
        raise SystemExit(f"{', '.join(stale)}: not what ops/grafana/make.py makes; run it")


main(sys.argv[1:] == ["check"])
