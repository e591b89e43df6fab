# SPDX-License-Identifier: Apache-2.0
"""All that TLS does to clients, one row a behaviour: the tables are in tls_matrix/.

Each row says who comes to which listener, and what must come of it: the profile on record, or the reason and the
client's alert; and whether a byte has reached the engine. The listeners belong to one daemon. Further rows are about
engines behind TLS.
"""

import unittest

from tests.integration.tls_matrix import chains, engines, files, keys, living, names, protocol, sessions, validity, versions
from tests.integration.tls_matrix.rows import Matrix
from tests.integration.tls_matrix.stage import Stage
from tests.support import pki

GROUPS = (versions, keys, chains, validity, names, protocol, sessions, living)


def setUpModule():
    unittest.addModuleCleanup(pki.release)
    listeners = {name: make for group in GROUPS for name, make in group.LISTENERS.items()}
    Matrix.stage = started(Stage(listeners))
    EngineMatrix.stage = {name: started(engines.EngineStage(make())) for name, make in engines.WAYS.items()}


def started(stage):
    unittest.addModuleCleanup(stage.stop)
    stage.start()
    return stage


class Versions(Matrix):
    rows = versions.VERSIONS


class Ciphers(Matrix):
    rows = versions.CIPHERS


class Groups(Matrix):
    rows = versions.GROUPS


class Keys(Matrix):
    rows = keys.KEYS


class Signatures(Matrix):
    rows = keys.SIGNATURES


class Chains(Matrix):
    rows = chains.CHAINS


class Anchors(Matrix):
    rows = chains.ANCHORS


class Authorities(Matrix):
    rows = chains.AUTHORITIES


class Purposes(Matrix):
    rows = validity.PURPOSES


class Times(Matrix):
    rows = validity.TIMES


class Revocations(Matrix):
    rows = validity.REVOCATIONS


class CommonNames(Matrix):
    rows = names.COMMON_NAMES


class AlternativeNames(Matrix):
    rows = names.ALTERNATIVE_NAMES


class OtherConditions(Matrix):
    rows = names.OTHER_CONDITIONS


class ServerNames(Matrix):
    rows = protocol.NAMES


class Protocols(Matrix):
    rows = protocol.PROTOCOLS


class Shapes(Matrix):
    rows = protocol.SHAPES


class BadHellos(Matrix):
    rows = protocol.BAD_HELLOS


class OtherLanguages(Matrix):
    rows = protocol.LANGUAGES


class Cuts(Matrix):
    rows = protocol.CUTS


class Sessions(Matrix):
    rows = sessions.SESSIONS


class Wishes(Matrix):
    rows = sessions.WISHES


class LateWishes(Matrix):
    rows = living.LATE_WISHES


class HalfCloses(Matrix):
    rows = living.HALF_CLOSES


class Reloads(Matrix):
    rows = living.RELOADS


class EngineMatrix(Matrix):
    """Rows whose client comes by a unix socket, and whose engine is behind TLS."""


class EngineNames(EngineMatrix):
    rows = engines.NAMES


class EngineCertificates(EngineMatrix):
    rows = engines.CERTIFICATES


class EngineConversations(EngineMatrix):
    rows = engines.CONVERSATIONS


class Files(Matrix):
    """What `tidegate check` says of each file."""

    rows = [*files.CERTIFICATES, *files.KEYS, *files.AUTHORITIES, *files.LISTS]


if __name__ == "__main__":
    unittest.main()
