"""What is secret in this project and in no other: an account's words, and the identity of an age file. And passwords that
are written into configuration."""
import re

from detect_secrets.plugins.base import RegexBasedDetector


class MeteorSecretDetector(RegexBasedDetector):
    secret_type = "Meteor words or age identity"
    denylist = [
        re.compile(r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{20,}"),
        # 12 or 24 small words and nothing else on a line or between quotes.
        re.compile(r"""(?:^|["'`])\s*((?:[a-z]{3,8} ){11}(?:(?:[a-z]{3,8} ){12})?[a-z]{3,8})\s*(?:$|["'`])"""),
    ]


class WrittenPasswordDetector(RegexBasedDetector):
    secret_type = "Password in a configuration file"
    # A value that is neither a variable, a path nor a truth value.
    denylist = [
        re.compile(r"""(?i)^[\s-]*["']?[\w.-]*(?:password|passwd|passphrase|secret|api_?key)["']?\s*[:=]\s*["']?"""
                   r"""(?!true\b|false\b|null\b|yes\b|no\b)([^\s"'{}$<&\[(/|>][^\s"']{3,})"""),
    ]

    def analyze_line(self, filename, line, line_number=0, **others):
        """Looks at files of configuration alone: in code the words are names."""
        if not filename.endswith((".yml", ".yaml", ".toml", ".tf", ".tfvars", ".example", ".j2", ".cfg", ".ini", ".env", ".service")):
            return set()
        return super().analyze_line(filename=filename, line=line, line_number=line_number, **others)
