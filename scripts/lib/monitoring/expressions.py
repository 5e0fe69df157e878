"""What PromQL expressions name, and what scrapes have: shared by the checks of rules and dashboards."""
import re
from pathlib import Path

import promql_parser

# Labels that Prometheus adds to what it scrapes.
ADDED = {"job", "instance", "__name__"}
# Series that Prometheus makes itself.
MADE = {"up": {"job", "instance"}, "ALERTS": {"alertname", "alertstate", "severity"}, "scrape_duration_seconds": set()}


def selectors(expression):
    """Each metric that the expression names, with the labels by which it picks series. Raises ValueError."""
    found = []

    def walk(node):
        if type(node).__name__ == "VectorSelector":
            found.append((node.name, {matcher.name for matcher in node.matchers.matchers}))
        for part in ("lhs", "rhs", "expr", "param", "args", "vector_selector"):
            for child in listed(getattr(node, part, None)):
                walk(child)

    def listed(value):
        return value if isinstance(value, list) else [] if value is None else [value]

    walk(promql_parser.parse(expression))
    return found


def scraped(folder):
    """The metrics of all scrapes in a folder, with the labels of their series."""
    metrics = {name: set(labels) for name, labels in MADE.items()}
    files = sorted(Path(folder).glob("*.prom"))
    if not files:
        raise SystemExit(f"no scrape is in {folder}")
    for file in files:
        for line in file.read_text().splitlines():
            if line.startswith("# TYPE "):
                name, kind = line.split()[2:4]
                for ending in ("_bucket", "_sum", "_count") if kind in ("histogram", "summary") else ("",):
                    metrics.setdefault(name + ending, set())
            elif sample := re.match(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ", line):
                labels = re.findall(r'(\w+)="', sample[2] or "")
                if clash := ADDED & set(labels):
                    raise SystemExit(f"{file.name}: {sample[1]} has a label {clash.pop()}, which Prometheus would rename")
                metrics.setdefault(sample[1], set()).update(labels)
    return metrics


def faults(expression, metrics, recorded=()):
    """What is wrong with an expression, in words: it does not parse, or names what no scrape has."""
    try:
        named = selectors(expression)
    except ValueError as error:
        return [f"does not parse: {error}: {expression}"]
    wrong = []
    for name, labels in named:
        if name in recorded:
            continue
        if name not in metrics:
            wrong.append(f"names {name}, which nothing that was scraped has")
        # A metric without series now says nothing about its labels.
        elif metrics[name] and (unknown := labels - metrics[name] - ADDED):
            wrong.append(f"picks {name} by {', '.join(sorted(unknown))}, which its series don't have")
    return wrong
