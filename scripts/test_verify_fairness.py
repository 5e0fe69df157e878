#!/usr/bin/env python3
"""Tests of verify_fairness.py: the vectors, the example event, any changed bit, hostile evidence, the API.

    python3 scripts/test_verify_fairness.py
"""

import base64
import contextlib
import fractions
import hashlib
import http.server
import io
import json
import os
import random
import re
import shutil
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import verify_fairness as vf  # noqa: E402

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs", "fairness")
EXAMPLE, VECTORS = os.path.join(DOCS, "example"), os.path.join(DOCS, "vectors.json")
NINE = ["contributions", "ranking", "odds", "beacon-round", "beacon", "key", "tables", "draw", "reveals"]


def call(*arguments):
    """Exit code, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = vf.main([str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()


def answer(*arguments):
    code, out, _ = call(*arguments, "--json")
    return code, json.loads(out)


class Changed:
    """A copy of the example in which something is changed."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp()
        shutil.rmtree(self.folder)
        shutil.copytree(EXAMPLE, self.folder)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, *name.split("/"))

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())

    def json(self, name, change):
        value = json.loads(self.read(name))
        replaced = change(value)
        self.write(name, json.dumps(value if replaced is None else replaced))

    def facts(self, change, shower=1):
        self.json("fairness.json", lambda event: change(event["showers"][shower - 1]))


def flip(hexadecimal, bit):
    data = bytearray.fromhex(hexadecimal)
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    return data.hex()


class Vectors(unittest.TestCase):
    def test_all_come_out(self):
        self.assertEqual(call("--vectors", VECTORS), (0, "all test vectors come out\n", ""))

    def test_every_changed_result_is_noticed(self):
        with open(VECTORS, "rb") as file:
            text = file.read().decode()
        for before, after in [
            ('"verifies": true', '"verifies": false'),
            ('"unissued": 0', '"unissued": 1'),
            ('"kind": "egg"', '"kind": "dust"'),
            ('"percent": "100.00"', '"percent": "99.99"'),
            ('"network": "quicknet"', '"network": "test"'),
            ('"network": null', '"network": "test"'),
            ('"piece": 2', '"piece": 1'),
            ('"root": null', '"root": "' + "00" * 32 + '"'),
        ]:
            self.assertIn(before, text)
            self.assertNotEqual(vf.check_vectors(text.replace(before, after, 1).encode()), [])
        results = re.findall('"(?:commitment|root|leaf|bytes|start|hash)": "([0-9a-f]{64,})"', text)
        results.append(json.loads(text)["keys"]["seed"])
        self.assertGreater(len(results), 20)
        for result in results[:: max(1, len(results) // 12)]:
            changed = text.replace(result, "0" * len(result), 1)
            self.assertNotEqual(vf.check_vectors(changed.encode(), signatures=False), [], result)

    def test_a_file_of_another_form_is_not_read(self):
        for text in ["", "{}", "[]", '{"id": 1}']:
            with self.assertRaises(vf.Unreadable):
                vf.check_vectors(text.encode())


class Example(unittest.TestCase):
    def test_is_green(self):
        code, said = answer(EXAMPLE)
        self.assertEqual((code, said["ok"], said["first_failure"]), (0, True, None))
        outcomes = {
            report["shower"]: [step["name"] for step in report["steps"] if step["outcome"] == vf.NOT_CHECKED]
            for report in said["showers"]
        }
        # The same as packages/rules/tests/fairness/example.rs expects of the other verifier.
        self.assertEqual(
            outcomes,
            {
                1: [],
                2: [],
                3: ["beacon", "reveals"],
                4: ["odds", "beacon-round", "beacon", "key", "draw", "reveals"],
                5: ["key", "draw"],
                6: NINE,
            },
        )
        for report in said["showers"]:
            self.assertEqual([step["name"] for step in report["steps"]], NINE)
        event = {step["name"]: step["outcome"] for step in said["event"]}
        self.assertEqual(event, {"beacon-rule": vf.NOT_CHECKED, "catalogue": vf.PASSED})
        self.assertEqual((said["everything_holds"], said["beacon"], said["paused"]), (False, "test", [5]))

    def test_says_it_in_words(self):
        code, out, err = call(EXAMPLE, "--shower", 1)
        self.assertEqual((code, err), (0, ""))
        last = out.splitlines()[-1]
        self.assertIn("Nothing is wrong with what could be checked; 1 of 11 steps could not be", last)
        self.assertIn("for test chains", last)
        self.assertIn("believed of the evidence folder", last)
        self.assertNotIn("Everything holds", out)
        for name in ["beacon-rule", "catalogue"] + NINE:
            self.assertIn(vf.STEPS[name], out)
        self.assertNotIn("Shower 2", out)

    def test_everything_holds_with_quicknet_alone(self):
        steps = {"first_failure": None, "not_checked": 0, "paused": [], "stalled": [], "admins": None, "believed": None}
        self.assertEqual(
            vf.conclusion({**steps, "everything_holds": True, "beacon": "quicknet"}, 11), "Everything holds: 11 steps."
        )
        found = {"paused": [2, 3], "stalled": [4], "admins": ["terra1x"], "believed": "the operator's server"}
        told = vf.conclusion({**steps, **found, "everything_holds": True, "beacon": "quicknet"}, 11)
        for part in ["showers 2, 3", "shower 4", "terra1x", "the operator's server"]:
            self.assertIn(part, told)
        # Own beacons are named in the rule's step, which then is not checked.
        with Changed() as changed:
            changed.json("fairness.json", lambda e: e["beacon"].update(public_key=vf.QUICKNET[2]))
            code, said = answer(changed.folder)
            self.assertEqual((code, said["beacon"], said["first_failure"]["step"]), (1, None, "beacon-rule"))

    def test_one_meteor(self):
        code, said = answer(EXAMPLE, "--meteor", 42)
        self.assertEqual((code, [report["shower"] for report in said["showers"]]), (0, [2]))
        self.assertEqual((said["meteor"]["rank"], said["meteor"]["tier"]), (2, "legendary"))
        self.assertEqual(said["meteor"]["content"]["kind"], "egg")
        self.assertEqual(said["meteor"]["odds"], {"numerator": "1", "denominator": "1"})
        self.assertEqual(said["meteor"]["piece"], 11 % 8)
        code, said = answer(EXAMPLE, "--meteor", 60)
        self.assertEqual((code, said["meteor"]["content"]), (0, None))
        self.assertEqual(said["showers"][0]["steps"][-1]["outcome"], vf.NOT_CHECKED)
        for nothing in (0, 10**9, -1):
            self.assertEqual(call(EXAMPLE, "--meteor", nothing)[0], 2)

    def test_without_the_beacon_says_so_loudly(self):
        code, out, _ = call(EXAMPLE, "--shower", 1, "--no-beacon")
        self.assertEqual(code, 0)
        self.assertIn("WITHOUT", out)
        self.assertIn("NOT known", out)
        self.assertNotIn("Everything holds", out)


class AnyBit(unittest.TestCase):
    def assert_first_failure(self, changed, step, shower=1, extra=()):
        code, said = answer(changed.folder, "--shower", shower or 1, *extra)
        self.assertEqual(code, 1, said)
        self.assertEqual((said["first_failure"]["shower"], said["first_failure"]["step"]), (shower, step), said)
        code, out, _ = call(changed.folder, "--shower", shower or 1, *extra)
        self.assertEqual(code, 1)
        where = "" if shower is None else f"shower {shower}, "
        self.assertIn(f"WRONG, or not the evidence of this event: {where}step {step}:", out.splitlines()[-1])

    def test_facts_of_the_chain(self):
        steps = {
            "log": "contributions",
            "commitment": "key",
            "key": "key",
            "root": "draw",
            "beacon_signature": "beacon",
        }
        chance = random.Random(2021)
        for field, step in steps.items():
            for _ in range(3):
                with self.subTest(field), Changed() as changed:
                    bit = chance.randrange(384)
                    changed.facts(lambda facts: facts.update({field: flip(facts[field], bit)}))
                    self.assert_first_failure(changed, step)

    def test_numbers_of_the_chain(self):
        for field, value, step in [
            ("total", "1", "ranking"),
            ("contributors", 41, "ranking"),
            ("earlier", 1, "ranking"),
            ("leaves", 41, "draw"),
            ("root", None, "draw"),
            ("beacon_round", 222, "beacon-round"),
            ("closed_at", 1800000603, "beacon-round"),
            ("beacon_signature", None, "beacon"),
            ("cancelled", True, "draw"),
            ("key", None, "key"),  # said to have come in time
        ]:
            with self.subTest(field), Changed() as changed:
                changed.facts(lambda facts: facts.update({field: value}))
                self.assert_first_failure(changed, step)

    def test_a_round_before_the_close_where_its_time_is_not_known(self):
        with Changed() as changed:
            changed.facts(lambda facts: facts.update(closed_at=None))
            self.assertEqual(call(changed.folder, "--shower", 1)[0], 0)
            changed.facts(lambda facts: facts.update(beacon_round=200))
            self.assert_first_failure(changed, "beacon-round")

    def test_contributions(self):
        name, chance = "showers/1/contributions.csv", random.Random(2022)
        for _ in range(12):
            with Changed() as changed:
                lines = changed.read(name).decode().splitlines(keepends=True)
                at = chance.randrange(1, len(lines))
                fields = lines[at].strip().split(",")
                field = chance.randrange(4)
                if field == 1:
                    fields[1] += "x"
                else:
                    fields[field] = str(int(fields[field]) ^ 1 << chance.randrange(60))
                lines[at] = ",".join(fields) + "\n"
                changed.write(name, "".join(lines))
                self.assert_first_failure(changed, "contributions", extra=["--no-beacon"])
        for change in (lambda lines: lines.pop(), lambda lines: lines.append(lines[-1])):
            with Changed() as changed:
                lines = changed.read(name).decode().splitlines(keepends=True)
                change(lines)
                changed.write(name, "".join(lines))
                self.assert_first_failure(changed, "contributions", extra=["--no-beacon"])

    def test_reveals(self):
        name = "showers/1/reveals.json"
        for change in [
            lambda r: r.update(salt=flip(r["salt"], 9)),
            lambda r: r["traits"].__setitem__(2, r["traits"][2] ^ 1),
            lambda r: r["traits"].append(0),
            lambda r: r.update(image=r["image"] + "x"),
            lambda r: r.update(found="dust" if r["found"] == "eggs" else "eggs"),
            lambda r: r.update(token_id=str(int(r["token_id"]) + 1)),
            lambda r: r.update(index=r["index"] + 1),
            lambda r: r.update(index=4000, token_id="4001"),
            lambda r: r["proof"].__setitem__(0, flip(r["proof"][0], 77)),
            lambda r: r["proof"].pop() and None,
            lambda r: r["proof"].append("00" * 32),
        ]:
            with Changed() as changed:
                changed.json(name, lambda reveals: change(reveals[3]))
                self.assert_first_failure(changed, "reveals", extra=["--no-beacon"])
        with Changed() as changed:
            changed.json(name, lambda reveals: reveals + reveals[:1])
            self.assert_first_failure(changed, "reveals", extra=["--no-beacon"])
        # Before the key is out, the root is what they are compared with.
        for change in [
            lambda r: r.update(salt=flip(r["salt"], 9)),
            lambda r: r["traits"].__setitem__(2, r["traits"][2] ^ 1),
            lambda r: r["proof"].pop() and None,
        ]:
            with Changed() as changed:
                changed.json("showers/5/reveals.json", lambda reveals: change(reveals[3]))
                self.assert_first_failure(changed, "reveals", shower=5, extra=["--no-beacon"])

    def test_catalogue(self):
        for change in [
            lambda e: e["catalogue"]["rare"].update(root=flip(e["catalogue"]["rare"]["root"], 5)),
            lambda e: e["catalogue"]["rare"].update(count=4),
        ]:
            with Changed() as changed:
                changed.json("fairness.json", change)
                self.assert_first_failure(changed, "catalogue", shower=None, extra=["--no-beacon"])
        with Changed() as changed:
            lines = changed.read("catalogue.csv").decode().splitlines()
            for at in range(len(lines)):
                for line in (None, lines[at] + "1", lines[at] + ",1"):
                    rest = lines[:at] + ([] if line is None else [line]) + lines[at + 1 :]
                    if at == 0 and line is not None and line.endswith("weight1"):
                        continue  # columns may be called anything
                    changed.write("catalogue.csv", "\n".join(rest))
                    self.assert_first_failure(changed, "catalogue", shower=None, extra=["--no-beacon"])
            changed.write("catalogue.csv", "\ufeff" + "\r\n".join(lines) + "\r\n\r\n")
            self.assertEqual(call(changed.folder, "--no-beacon")[0], 0)
            ends = [",bytes,sha256"] + [",9,whatever"] * (len(lines) - 1)
            changed.write("catalogue.csv", "\n".join(line + end for line, end in zip(lines, ends)))
            self.assertEqual(call(changed.folder, "--no-beacon")[0], 0)
            os.remove(changed.path("catalogue.csv"))
            code, said = answer(changed.folder, "--no-beacon")
            self.assertEqual((code, said["event"][1]["outcome"]), (0, vf.NOT_CHECKED))

    def test_tables_and_rules(self):
        for bit in (0, 777, 5000):
            with Changed() as changed:
                data = bytearray(changed.read("tables.json"))
                data[bit // 8] ^= 1 << bit % 8
                changed.write("tables.json", bytes(data))
                self.assert_first_failure(changed, "tables", extra=["--no-beacon"])
        for tables in [b"{}", b"nonsense", b'{"egg": {}, "dust": {}}', b"[" * 100_000]:
            with Changed() as changed:
                changed.write("tables.json", tables)
                hashed = hashlib.sha256(tables).hexdigest()
                changed.json("fairness.json", lambda event: event.update(tables=hashed))
                self.assert_first_failure(changed, "tables", extra=["--no-beacon"])
        for change, step in [
            (lambda e: e["eggs"].update(common=6), "draw"),
            (lambda e: e["eggs"].update(ancient=0), "odds"),
            (lambda e: e.update(tilt_bp=2001), "draw"),
            (lambda e: e["tiers"].update(rare_bp=2500), "draw"),
            (lambda e: e["beacon"].update(delay=90), "beacon-round"),
            (lambda e: e["beacon"].update(genesis=2**64 - 1, delay=2**64 - 1), "beacon-round"),
            (lambda e: e["beacon"].update(public_key="00"), "beacon"),
            (lambda e: e.update(chain_id="columbus-5"), "contributions"),
            (lambda e: e.update(contract="terra1"), "contributions"),
        ]:
            with Changed() as changed:
                changed.json("fairness.json", change)
                self.assert_first_failure(changed, step)
        for change in [
            lambda b: b.update(period=0),
            lambda b: b.update(delay=0),
            lambda b: b.update(public_key=vf.QUICKNET[2]),
            lambda b: b.update(public_key=vf.QUICKNET[2], genesis=vf.QUICKNET[0], delay=299),
            lambda b: b.update(public_key=vf.QUICKNET[2], genesis=vf.QUICKNET[0], period=30, delay=600),
        ]:
            with Changed() as changed:
                changed.json("fairness.json", lambda e: change(e["beacon"]))
                self.assert_first_failure(changed, "beacon-rule", shower=None)
                _, said = answer(changed.folder, "--shower", 1)
                steps = {step["name"]: step["outcome"] for step in said["showers"][0]["steps"]}
                self.assertEqual((steps["beacon-round"], steps["beacon"]), (vf.FAILED, vf.NOT_CHECKED))

    def test_tables_that_leave_a_meteor_without_content(self):
        for before, after in [
            ("[5, 0, 3, 1]", "[0, 0, 0, 0]"),
            ("[5, 0, 3, 1]", "[]"),
            ("[0, 1, 1]", "[0, 0]"),
            ("[27, 118]", "[118, 27]"),
            ("[27, 118]", "[27, 118, 200]"),
            ('"common": []}}', '"common": [], "gold": []}}'),
            (', "common": []}}', "}}"),
            ('["QmXti2f5NJMVyNDfhZYyxaDJvybGk7V98t245fP7KtRMxK"]', "[]"),
        ]:
            with self.subTest(after), Changed() as changed:
                text = changed.read("tables.json").decode()
                self.assertIn(before, text)
                tables = text.replace(before, after).encode()
                changed.write("tables.json", tables)
                hashed = hashlib.sha256(tables).hexdigest()
                changed.json("fairness.json", lambda event: event.update(tables=hashed))
                self.assert_first_failure(changed, "tables", extra=["--no-beacon"])

    def test_what_hangs_on_a_failure_is_not_claimed(self):
        with Changed() as changed:
            changed.facts(lambda facts: facts.update(key="00" * 32))
            _, said = answer(changed.folder, "--shower", 1)
            outcomes = {step["name"]: step["outcome"] for step in said["showers"][0]["steps"]}
            self.assertEqual(outcomes["draw"], vf.NOT_CHECKED)
            # The reveals hang on nothing: they are proven against the root.
            self.assertEqual(outcomes["reveals"], vf.PASSED)


class Signatures(unittest.TestCase):
    key = bytes.fromhex(vf.QUICKNET[2])
    signature = bytes.fromhex(
        "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92"
    )

    def test_of_drand_quicknet(self):
        vf.check_signature(self.key, 123, self.signature)

    def test_points_that_are_none(self):
        p = vf.P.to_bytes(48, "big")
        for signature, why in [
            (b"", "bytes"),
            (self.signature[:-1], "bytes"),
            (self.signature + b"\0", "bytes"),
            (b"\xc0" + bytes(47), "neutral"),
            (bytes([self.signature[0] & 0x7F]) + self.signature[1:], "compressed"),
            (bytes([p[0] | 0x80]) + p[1:], "beyond"),
            (b"\x80" + bytes(46) + b"\x01", "not"),
            (b"\x80" + bytes(47), "group"),  # x = 0: on the curve, of order 3
        ]:
            with self.assertRaisesRegex(vf.Wrong, why):
                vf.check_signature(self.key, 123, signature)
        with self.assertRaises(vf.Wrong):
            vf.check_signature(b"\xc0" + bytes(95), 123, self.signature)
        with self.assertRaises(vf.Wrong):
            vf.check_signature(vf.QUICKNET[2].encode()[:96], 123, self.signature)


class Hostile(unittest.TestCase):
    def assert_unreadable(self, folder, *words):
        code, out, err = call(folder)
        self.assertEqual(code, 2, (out[-500:], err))
        self.assertIn("can't be checked:", err)
        self.assertNotIn("Traceback", err)
        self.assertEqual([c for c in err if not c.isprintable() and c != "\n"], [], "safe to print")
        for word in words:
            self.assertIn(word, err)
        code, said = answer(folder) if not out else (2, {"ok": False})
        self.assertEqual((code, said["ok"]), (2, False))

    def test_nothing_there(self):
        self.assert_unreadable("/nonexistent", "fairness.json")
        self.assertEqual(call()[0], 2)
        self.assertEqual(call(EXAMPLE, "--shower", 99)[0], 2)
        for name in ["fairness.json", "tables.json", "showers/1/contributions.csv", "showers/2/reveals.json"]:
            with Changed() as changed:
                os.remove(changed.path(name))
                self.assert_unreadable(changed.folder, os.path.basename(name))
        with Changed() as changed:
            os.remove(changed.path("tables.json"))
            os.mkdir(changed.path("tables.json"))
            self.assert_unreadable(changed.folder, "tables.json")

    def test_not_json(self):
        for data in [
            b"",
            b"{",
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"version": 1, "version": 1}',
            b'{"version": NaN}',
            b'{"version": ' + b"9" * 5000 + b"}",
            b"[]",
            b"null",
        ]:
            with self.subTest(data[:20]), Changed() as changed:
                changed.write("fairness.json", data)
                self.assert_unreadable(changed.folder, "fairness.json")

    def test_fairness_of_another_form(self):
        for change in [
            lambda e: e.update(version=2),
            lambda e: e.update(version=True),
            lambda e: e.update(chain_id=7),
            lambda e: e.update(chain_id="\ud800"),
            lambda e: e.update(tables="A" * 64),
            lambda e: e.update(tables="aa"),
            lambda e: e.update(showers={}),
            lambda e: e["showers"].pop(0) and None,
            lambda e: e["showers"].reverse(),
            lambda e: e["showers"].append(5),
            lambda e: e["tiers"].update(ancient_bp=9000),
            lambda e: e["tiers"].update(legendary=-1),
            lambda e: e["eggs"].update(rare=2**32),
            lambda e: e["eggs"].update(rare=1.0),
            lambda e: e["beacon"].update(genesis=2**64),
            lambda e: e["beacon"].update(public_key="zz"),
            lambda e: e["showers"][0].update(total=5),
            lambda e: e["showers"][0].update(total="-5"),
            lambda e: e["showers"][0].update(total="0844000000"),
            lambda e: e["showers"][0].update(paused=None),
            lambda e: e["showers"][0].pop("key_in_time") and None,
            lambda e: e.update(tilt_bp=10001),
            lambda e: e.update(holdback_bp=-1),
            lambda e: e.pop("key_window") and None,
            lambda e: e["catalogue"].pop("rare") and None,
            lambda e: e["catalogue"]["rare"].update(root="00"),
            lambda e: e["showers"][0].update(total="٣"),
            lambda e: e["showers"][0].update(total=str(2**128)),
            lambda e: e["showers"][0].update(cancelled="no"),
            lambda e: e["showers"][0].update(root="00\n" * 32),
            lambda e: e["showers"][0].update(log="00" * 32 + "\n"),
            lambda e: e["showers"][0].pop("contributors") and None,
        ]:
            with Changed() as changed:
                changed.json("fairness.json", change)
                self.assert_unreadable(changed.folder)

    def test_contributions_of_another_form(self):
        head = "seq,contributor,amount,total\n"
        for data in [
            "",
            "seq;contributor;amount;total\n",
            head + "1,a,1\n",
            head + "1,a,1,1,1\n",
            head + "1,,1,1\n",
            head + "-1,a,1,1\n",
            head + " 1,a,1,1\n",
            head + "1,a,1.0,1\n",
            head + "1,a,1_0,1\n",
            head + "01,a,1,1\n",
            head + "1,\x1b[2Ja,x,1\n",
            head + "1,a,%d,1\n" % 2**128,
            head + "%d,a,1,1\n" % 2**64,
            head + "1,a," + "9" * 10_000 + ",1\n",
            head + "\n1,a,1,1\n",
            b"\xff",
        ]:
            with self.subTest(data[:60]), Changed() as changed:
                changed.write("showers/1/contributions.csv", data)
                self.assert_unreadable(changed.folder, "contributions.csv of shower 1")

    def test_reveals_of_another_form(self):
        for change in [
            lambda r: {},
            lambda r: [5],
            lambda r: r[0].update(found="stone"),
            lambda r: r[0].update(found=["eggs"]),
            lambda r: r[0].update(kind="egg"),
            lambda r: r[0].update(token_id="02"),
            lambda r: r[0].update(traits=[-1]),
            lambda r: r[0].update(traits=[2**32]),
            lambda r: r[0].update(traits="1"),
            lambda r: r[0].update(salt="00"),
            lambda r: r[0].update(index=True),
            lambda r: r[0].pop("image") and None,
            lambda r: r[0].pop("proof") and None,
            lambda r: r[0].update(proof=["00"]),
            lambda r: r[0].update(proof=[5]),
            lambda r: r[0].update(proof="00" * 32),
        ]:
            with Changed() as changed:
                changed.json("showers/1/reveals.json", change)
                self.assert_unreadable(changed.folder, "reveals")

    def test_what_is_printed_is_safe(self):
        with Changed() as changed:
            name = "showers/1/contributions.csv"
            text = changed.read(name).decode().splitlines(keepends=True)
            text.insert(1, "0,\x1b]0;owned\x07evil,5,6\n")
            changed.write(name, "".join(text))
            code, out, _ = call(changed.folder, "--shower", 1, "--no-beacon")
            self.assertEqual(code, 1)
            self.assertNotIn("\x1b", out)


class Server(http.server.BaseHTTPRequestHandler):
    """The API of the example, with pages of three reveals."""

    circles = False

    def do_GET(self):
        path, _, query = self.path.partition("?")
        files = {
            "/v1/fairness": "fairness.json",
            "/v1/fairness/tables": "tables.json",
            "/v1/catalogue": "catalogue.csv",
        }
        shower = re.fullmatch(r"/v1/showers/(\d+)/(contributions\.csv|reveals)", path)
        if path in files:
            body = self.file(files[path])
        elif shower and shower[2] == "contributions.csv":
            body = self.file("showers", shower[1], "contributions.csv")
        elif shower:
            reveals = json.loads(self.file("showers", shower[1], "reveals.json"))
            after = int(query.partition("after=")[2] or 0)
            rest = [reveal for reveal in reveals if int(reveal["token_id"]) > after]
            following = rest[2]["token_id"] if len(rest) > 3 else None
            following = 1 if self.circles else following
            page = {"reveals": rest[:3], "next": following and f"{path}?after={following}"}
            body = json.dumps(page).encode()
        else:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def file(self, *names):
        with open(os.path.join(EXAMPLE, *names), "rb") as file:
            return file.read()

    def log_message(self, *_):
        pass


class OverTheApi(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def tearDown(self):
        Server.circles = False
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def test_says_the_same_as_the_folder(self):
        code, folder = answer(EXAMPLE)
        for url in (self.url, self.url + "/", self.url + "/v1/"):
            self.assertEqual(answer(url), (code, {**folder, "believed": "the operator's server"}))
        self.assertIn("believed of the operator's server", call(self.url)[1].splitlines()[-1])

    def test_pages_in_circles(self):
        Server.circles = True
        code, _, err = call(self.url)
        self.assertEqual(code, 2)
        self.assertIn("circles", err)

    def test_no_such_api(self):
        code, _, err = call(self.url + "/other")
        self.assertEqual(code, 2)
        self.assertIn("404", err)
        self.assertEqual(call("http://127.0.0.1:1")[0], 2)
        self.assertEqual(call("http://[")[0], 2)


class Odds(unittest.TestCase):
    """The draw and the range proofs, against the plainest reading of the page."""

    def test_every_point_marks_each_place_as_often_as_its_odds_say(self):
        for size in range(1, 6):
            for eggs in range(size + 1):
                for tilt in (0, 2000, 10000):
                    weights = vf.Weights(size, eggs, tilt)
                    self.assertEqual(sum(fractions.Fraction(*weights.odds(j)) for j in range(size)), eggs)
                    odds = [fractions.Fraction(*weights.odds(j)) for j in range(size)]
                    self.assertEqual(odds, sorted(odds, reverse=True))

    def test_ranges_prove_what_they_hold_and_nothing_else(self):
        for count in range(1, 14):
            leaves = [vf.sha256(bytes([n])) for n in range(count)]
            for start in range(count):
                for end in range(start + 1, count + 1):
                    proof = vf.range_proof(leaves, start, end)
                    root = vf.root_from_range(leaves[start:end], start, count, proof)
                    self.assertEqual(root, vf.root_of(leaves))
                    self.assertIsNone(vf.root_from_range(leaves[start:end], start, count, proof + [bytes(32)]))
                    if proof:
                        self.assertIsNone(vf.root_from_range(leaves[start:end], start, count, proof[1:]))
                    other = vf.root_from_range(leaves[start:end], (start + 1) % count, count, proof)
                    self.assertNotEqual(other, root) if count > end - start else None


class FakeNode(http.server.BaseHTTPRequestHandler):
    """A node that answers whatever it is told to."""

    answer = b""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_):
        pass


class OverANode(unittest.TestCase):
    """What meteor's own tests don't show: nodes that answer nonsense. cli/tests/verify.rs has a chain."""

    def test_nonsense_is_unreadable(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FakeNode)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()

        def response(**fields):
            return json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"response": fields}}).encode()

        def value(data):
            return response(code=0, value=base64.b64encode(data).decode())

        for said, why in [
            (b"", "not JSON"),
            (b"[]", "not an object"),
            (b'{"error": {"message": "no", "data": "\\u001b[2J"}}', "refuses"),
            (b'{"result": {}}', "no response"),
            (response(code=5, log="contract: not found"), "not found"),
            (response(code=0, value="!"), "base64"),
            (value(b"\x0a\xff\xff\xff\x7f"), "protobuf"),
            (value(b"\x08"), "protobuf"),
            (value(b"\x0b"), "protobuf"),
            (value(b"\x08\x01"), "number where"),
            (value(vf.protobuf((1, b"[]"))), "not an object"),
            (value(vf.protobuf((1, b'{"beacon": 5}'))), "beacon"),
        ]:
            FakeNode.answer = said
            with self.subTest(said[:50]):
                code, out, err = call(EXAMPLE, "--node", f"http://127.0.0.1:{server.server_address[1]}")
                self.assertEqual(code, 2, (out, err))
                self.assertIn(why, err)
                self.assertNotIn("\x1b", err)
        server.shutdown()
        server.server_close()
        thread.join()

    def test_no_node(self):
        self.assertEqual(call(EXAMPLE, "--node", "http://127.0.0.1:1")[0], 2)
        self.assertEqual(call(EXAMPLE, "--node", "http://[")[0], 2)
        self.assertEqual(call(EXAMPLE, "--contract", "terra1")[0], 2)

    def test_times_are_read_to_the_nanosecond(self):
        self.assertEqual(vf.block_time("1970-01-02T00:00:01Z", "it"), 86401 * 10**9)
        self.assertEqual(vf.block_time("2027-01-15T08:00:00.000000001Z", "it"), 1800000000 * 10**9 + 1)
        self.assertEqual(vf.block_time("2027-01-15T08:00:00.5Z", "it"), 1800000000 * 10**9 + 5 * 10**8)
        for bad in (None, "", "2027-13-01T00:00:00Z", "2027-01-15 08:00:00Z"):
            with self.assertRaises(vf.Unreadable):
                vf.block_time(bad, "it")

    def test_the_closing_block_is_found_among_pruned_ones(self):
        node = vf.Node("")
        node.status = lambda: ("chain", 100)
        # Blocks 20 to 100, six seconds apart; after block 60 the chain stands still for 1,000 s.
        node.time = lambda h: None if h < 20 or h > 100 else (h * 6 + (1000 if h > 60 else 0)) * 10**9 - 1
        self.assertEqual(node.closing(60 * 6), {"height": 60, "before": 6, "after": 1006})
        self.assertEqual(node.closing(20 * 6), {"height": 20, "before": None, "after": 6})
        self.assertEqual(node.closing(100 * 6 + 1000), {"height": 100, "before": 6, "after": None})
        self.assertIsNone(node.closing(19 * 6))
        self.assertIsNone(node.closing(61 * 6))


if __name__ == "__main__":
    unittest.main()
