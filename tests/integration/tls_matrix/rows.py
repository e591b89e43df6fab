# SPDX-License-Identifier: Apache-2.0
"""What one row of the matrix says: who comes to which listener, and what must come of it."""

import re
import unittest

from tests.integration.tls_matrix.clients import Came

# What a client may read when it is refused, by the reason on record. TLS 1.2 and 1.3 differ in some.
ALERTS = {
    "tls.no_certificate": ("certificate required", "handshake failure"),
    "tls.untrusted": ("unknown ca", "bad certificate", "certificate unknown", "decrypt error"),
    "tls.expired": ("certificate expired",),
    "tls.not_yet_valid": ("bad certificate",),
    "tls.revoked": ("certificate revoked",),
    "tls.wrong_purpose": ("unsupported certificate",),
    "tls.list_unusable": ("unknown ca", "certificate unknown", "certificate expired", "bad certificate", "decrypt error"),
    "tls.version": ("protocol version",),
}


class Served:
    """The engine gets the request, as `profile` has it. `details` are attributes of what came."""

    def __init__(self, profile="p", **details):
        self.profile, self.details = profile, details

    def check(self, test, came, record, reached):
        seen = (came.status, record.get("reason"), record["profile"], reached > 0)
        test.assertEqual(seen, (200, None, self.profile, True), f"status, reason, profile, engine: {came}, {record}")
        test.assertEqual({name: getattr(came, name) for name in self.details}, self.details, came)


class Refused:
    """The record has the reason, the client gets an alert that fits it, and the engine gets nothing."""

    def __init__(self, reason, alert=None, **record):
        self.reason, self.record = reason, record
        self.alerts = (alert,) if alert else ALERTS.get(reason)

    def check(self, test, came, record, reached):
        seen = (came.status, record["decision"], record.get("reason"), reached)
        test.assertEqual(seen, (None, "deny", self.reason, 0), f"status, decision, reason, engine: {came}, {record}")
        test.assertNotIn("common_name", record, "nobody has verified it")
        test.assertEqual({name: record.get(name) for name in self.record}, self.record, record)
        if self.alerts:
            test.assertIn(came.alert, self.alerts, came)


class Unknown:
    """The handshake is done, and no rule of the listener names the certificate."""

    def check(self, test, came, record, reached):
        seen = (came.status, record["decision"], record.get("reason"), record["profile"], reached)
        test.assertEqual(seen, (403, "deny", "client.unknown", "", 0), f"{came}, {record}")


class Row:
    """`client` is called with the listener's address and returns a Came."""

    def __init__(self, name, listener, client, expected):
        self.name, self.listener, self.client, self.expected = name, listener, client, expected

    def run(self, test, stage):
        stage.forget()
        came = self.client(stage.address(self.listener))
        test.assertIsInstance(came, Came)
        record, reached = stage.outcome(self.listener)
        self.expected.check(test, came, record, reached)


class Matrix(unittest.TestCase):
    """Each row is a test of its own, so that a failure names what does not hold."""

    rows = ()
    stage = None

    def __init_subclass__(cls, **more):
        super().__init_subclass__(**more)
        if len({row.name for row in cls.rows}) != len(cls.rows):
            raise ValueError(f"two rows of {cls.__name__} have one name")
        for number, row in enumerate(cls.rows, 1):
            words = re.sub(r"[^A-Za-z0-9]+", "_", row.name).strip("_")
            setattr(cls, f"test_{number:02}_{words}", cls._test_of(row))

    @staticmethod
    def _test_of(row):
        def test(self):
            row.run(self, self.stage)

        test.__doc__ = row.name
        return test
