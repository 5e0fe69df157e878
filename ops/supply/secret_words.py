"""What is secret in this project and in no other: an account's words, and the identity of an age file."""
import re

from detect_secrets.plugins.base import RegexBasedDetector


class MeteorSecretDetector(RegexBasedDetector):
    secret_type = "Meteor words or age identity"
    denylist = [
        re.compile(r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{20,}"),
        # 12 or 24 small words and nothing else on a line or between quotes.
        re.compile(r"""(?:^|["'`])\s*((?:[a-z]{3,8} ){11}(?:(?:[a-z]{3,8} ){12})?[a-z]{3,8})\s*(?:$|["'`])"""),
    ]
