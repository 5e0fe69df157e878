"""Reads the AWS provider's schema from the TypeScript bindings that HashiCorp generated from it.

The npm package @cdktf/provider-aws has a folder for each resource and data source. Its index.d.ts says which arguments
there are and which are required; its index.js says which of them are blocks and of which types. That is enough for
`terraform validate` and for `mock_provider`, without the provider itself, which no package registry has.
"""

import json
import re
import tarfile
from pathlib import Path

PLAIN = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic"}
GETTERS = {
    "String": "string", "Number": "number", "Boolean": "bool", "List": ["list", "string"],
    "StringMap": ["map", "string"], "NumberList": ["list", "number"], "BooleanMap": ["map", "bool"],
}

INTERFACE = re.compile(r"export interface (\w+)[^{]*\{(.*?)^\}", re.S | re.M)
FIELD = re.compile(r"#([a-z0-9_]+) \w+#\w+\}.*?\*/\s*readonly (\w+)(\??): ", re.S)
FUNCTION = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{(.*?)^\}", re.S | re.M)
ENTRY = re.compile(
    r"^ +([a-z0-9_]+): \{\s*value: (.*?),\s*isBlock: (true|false),\s*type: \"(\w+)\",\s*storageClassType: \"(\w+)\"",
    re.M)
GETTER = re.compile(r"return (?:cdktf\.Fn\.tolist\()?this\.get(\w+)Attribute\('([a-z0-9_]+)'\)")
COMPUTED = re.compile(r"this\._\w+ = new (\w+?)(List|Map)?(?:OutputReference)?\(this, \"([a-z0-9_]+)\"(?:, (true|false))?\)")

# The bindings leave what contains itself untyped. Of a firewall rule's statement these are the parts that we use.
def _block(attributes=None, **blocks):
    return {
        "attributes": {name: {"type": type_, "required": True} for name, type_ in (attributes or {}).items()},
        "blocks": {name: {"block": block, "nesting": "list", "min": 0, "max": 1} for name, block in blocks.items()},
    }


_MATCH = _block(
    {"positional_constraint": "string", "search_string": "string"},
    field_to_match=_block(uri_path=_block(), method=_block()),
    text_transformation=_block({"priority": "number", "type": "string"}),
)
UNTYPED = {
    ("wafv2-web-acl", "rule", "statement"): _block(
        managed_rule_group_statement=_block({"name": "string", "vendor_name": "string"}),
        rate_based_statement=_block(
            {"aggregate_key_type": "string", "evaluation_window_sec": "number", "limit": "number"},
            scope_down_statement=_block(byte_match_statement=_MATCH),
        ),
        byte_match_statement=_MATCH,
    )
}


class Module:
    """The files of one resource or data source."""

    def __init__(self, script, types):
        self.script = script
        self.required = {
            name.lower(): {field: not optional for field, _, optional in FIELD.findall(body)}
            for name, body in INTERFACE.findall(types)
        }
        self.structs = {name.lower(): body for name, body in FUNCTION.findall(script)}

    def root(self):
        """The block of the resource itself: its arguments, then what the provider computes."""
        name = re.search(r"class (\w+) extends cdktf\.Terraform(?:Resource|DataSource|Provider)", self.script).group(1)
        own = self.script[self.script.index(f"class {name} extends cdktf.Terraform"):]
        block = self.block(own[own.index("synthesizeHclAttributes"):], self.required[f"{name}config".lower()])
        known = block["attributes"].keys() | block["blocks"].keys()
        for getter, attribute in GETTER.findall(own):
            if attribute not in known:
                block["attributes"][attribute] = {"type": GETTERS[getter], "computed": True}
        for struct, many, attribute, is_set in COMPUTED.findall(own):
            if attribute not in known:
                block["attributes"][attribute] = {"type": self.output(struct, many, is_set == "true"), "computed": True}
        # The one argument that is nearly always left to the provider.
        if "id" in block["attributes"]:
            block["attributes"]["id"]["computed"] = True
        return block

    def block(self, body, required):
        """The arguments and nested blocks that a function of the bindings writes."""
        attributes, blocks = {}, {}
        for name, value, is_block, kind, storage in ENTRY.findall(body):
            must = required.get(name)
            if must is None:
                raise ValueError(f"{name} is in index.js but not in index.d.ts")
            struct = re.search(r"(\w+)ToHclTerraform", value)
            nested = struct and struct.group(1).lower() in self.structs and struct.group(1).lower()
            if is_block == "true" and nested:
                blocks[name] = {
                    "block": self.block(self.structs[nested], self.required[nested]),
                    "nesting": {"struct": "single", "list": "list", "set": "set", "map": "map"}[kind],
                    "min": int(must),
                    "max": 0 if "listMapper" in value else 1,
                }
            else:
                type_ = self.type(kind, storage, nested)
                attributes[name] = {"type": type_, "required" if must else "optional": True}
        return {"attributes": attributes, "blocks": blocks}

    def type(self, kind, storage, nested):
        """An argument's type, as Terraform's JSON writes types."""
        if nested:
            inner = self.block(self.structs[nested], self.required[nested])
            object_ = ["object", {name: value["type"] for name, value in inner["attributes"].items()}]
            return object_ if kind == "struct" else [kind, object_]
        words = re.findall(r"^[a-z]+|List|Map", storage)
        type_ = PLAIN[words[0]]
        # "stringMapList": a list of maps of strings.
        for index, word in enumerate(words[1:], start=1):
            outer = kind if index == len(words) - 1 and kind != "simple" else word.lower()
            type_ = [outer, type_]
        return type_

    def output(self, struct, many, is_set):
        """The type of something computed that has parts."""
        body = re.search(rf"class {struct}OutputReference .*?^\}}", self.script, re.S | re.M).group(0)
        parts = {attribute: GETTERS[getter] for getter, attribute in GETTER.findall(body)}
        object_ = ["object", parts]
        return {"List": ["set" if is_set else "list", object_], "Map": ["map", object_]}.get(many, ["list", object_])


def read(package, wanted):
    """The blocks of WANTED, a list of folder names such as `ecs-service` or `data-aws-region`, and `provider`."""
    texts = {}
    with tarfile.open(package, "r:gz") as archive:
        for member in archive:
            path = Path(member.name)
            if path.parent.name in wanted and path.name in ("index.js", "index.d.ts") and "lib" in path.parts:
                texts[(path.parent.name, path.suffix)] = archive.extractfile(member).read().decode()
    schema = {}
    for folder in wanted:
        if (folder, ".js") not in texts:
            continue  # Terraform itself says that the provider has no such resource.
        schema[folder] = Module(texts[(folder, ".js")], texts[(folder, ".ts")]).root()
    for (folder, block, name), typed in UNTYPED.items():
        if folder in schema:
            inside = schema[folder]["blocks"][block]["block"]
            del inside["attributes"][name]
            inside["blocks"][name] = {"block": typed, "nesting": "list", "min": 1, "max": 1}
    return schema


def used(folder):
    """What the modules below FOLDER use: the folder names of their resources and data sources, and the provider."""
    found = {"provider"}
    for path in Path(folder).rglob("*.tf"):
        if ".terraform" in path.parts:
            continue
        for kind, name in re.findall(r'^(resource|data) "aws_([a-z0-9_]+)"', path.read_text(), re.M):
            found.add(("data-aws-" if kind == "data" else "") + name.replace("_", "-"))
    return sorted(found)


if __name__ == "__main__":
    import sys

    print(json.dumps(read(sys.argv[1], sys.argv[2:]), indent=1))
