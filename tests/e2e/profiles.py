# SPDX-License-Identifier: Apache-2.0
"""A tidegate for one class of tests, with a profile that looks into bodies."""

ALLOW = [
    "SystemPing", "SystemPingHead", "SystemVersion", "SystemInfo", "SystemEvents", "SystemDataUsage",
    "PluginInspect",  # `docker inspect` of a name that is nothing asks for a plugin too
    "@container", "@exec", "@image", "@network", "@volume",
]  # fmt: skip
BASELINE = {"allow": ALLOW, "containers": {"level": "baseline"}}


class Profile:
    """A class of tests behind a tidegate of its own, with `profile`."""

    profile = BASELINE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate = cls.stage.tidegate("tested", cls.profile)
        cls.addClassCleanup(cls.gate.stop)

    def through(self):
        return self.transcript(self.gate.host)
