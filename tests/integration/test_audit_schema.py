# SPDX-License-Identifier: Apache-2.0
"""deploy/audit-record.schema.json describes each key that the code writes, and no other.

Every integration test's records are held to it, see tests/support/daemon.py.
"""

import pathlib
import re
import unittest

import jsonschema

from tests.support.daemon import RECORD

ROOM = pathlib.Path(__file__).parents[2] / "proxy"
WRITTEN = re.compile(r'(?:append_(?:text|word|number)|Array \w+)\("(\w+)"|\\"(\w+)\\":')
LISTED = re.compile(r'(?:append_names|List \w+)\("(\w+)"')


def objects(schema):
    """\\returns the schema of each object in it, itself included"""
    yield schema
    for member in schema["properties"].values():
        if "properties" in member.get("items", {}):
            yield from objects(member["items"])


class AuditSchema(unittest.TestCase):
    def test_it_has_the_keys_that_the_code_writes(self):
        code = "".join(file.read_text(encoding="utf-8") for file in sorted(ROOM.glob("audit*.cpp")))
        written = {name for names in WRITTEN.findall(code) for name in names if name}
        for name in LISTED.findall(code):
            written |= {name, f"{name}_more"}
        described = {name for each in objects(RECORD.schema) for name in each["properties"]}
        self.assertGreater(len(written), 30)
        for_explain = {"asked_target", "asked_type", "asked_body"}  # in its private records; no key asks for them
        self.assertLessEqual(for_explain, written)
        self.assertEqual(described, written - for_explain)

    def test_it_describes_each_key(self):
        for each in objects(RECORD.schema):
            self.assertIs(each["additionalProperties"], False)
            for name, member in each["properties"].items():
                self.assertRegex(member.get("description", ""), r"^\S.{10}", name)

    def test_it_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(RECORD.schema)
