#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints a CycloneDX 1.6 bill of materials (JSON): what `tidegate version --json` names, which includes libraries that
consist of headers, and the shared libraries that the program loads here, with their Debian packages.

usage: sbom.py PROGRAM
"""

import hashlib
import json
import os
import re
import subprocess
import sys

# The Debian packages that CMake finds the libraries in.
PACKAGES = {
    "boost": "libboost1.81-dev", "cli11": "libcli11-dev", "fmt": "libfmt-dev", "llhttp": "node-llhttp",
    "nlohmann-json": "nlohmann-json3-dev", "openssl": "libssl-dev", "spdlog": "libspdlog-dev",
    "yaml-cpp": "libyaml-cpp-dev",
}  # fmt: skip
LICENCES = {
    "boost": "BSL-1.0", "cli11": "BSD-3-Clause", "fmt": "MIT", "llhttp": "MIT", "nlohmann-json": "MIT",
    "openssl": "Apache-2.0", "spdlog": "MIT", "yaml-cpp": "MIT",
}  # fmt: skip


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def package_url(package):
    """\"pkg:deb/debian/libssl3@3.0.17-1~deb12u2?arch=amd64\"; nothing if it is not installed."""
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version} ${Architecture}", package],
                           capture_output=True, text=True, check=False)  # fmt: skip
    if asked.returncode != 0:
        return None
    name, version, architecture = asked.stdout.split()
    return f"pkg:deb/debian/{name}@{version.replace('+', '%2B').replace(':', '%3A')}?arch={architecture}"


def package_of(file):
    """The package that a file comes from. dpkg may know it by its name in /usr, or by the one without."""
    real = os.path.realpath(file)
    for name in (real, real.removeprefix("/usr")):
        asked = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.split(": ")[0].split(",")[0]
    return None


def built_in(library):
    component = {
        "type": "library", "bom-ref": library["name"], "name": library["name"], "version": library["version"],
        "licenses": [{"license": {"id": LICENCES[library["name"]]}}],
        "properties": [{"name": "tidegate:linked", "value": library["linked"]}],
    }  # fmt: skip
    url = package_url(PACKAGES[library["name"]])
    return {**component, "purl": url} if url else component


def loaded(program):
    """A component for each package that has a library which the program loads."""
    files = re.findall(r"(/\S+) \(0x", output("ldd", program))
    packages = sorted({package for package in map(package_of, files) if package})
    for package in packages:
        url = package_url(package)
        name, version = re.match(r"pkg:deb/debian/([^@]+)@([^?]+)", url).groups()
        yield {
            "type": "library", "bom-ref": f"loaded:{name}", "name": name, "version": version, "purl": url,
            "properties": [{"name": "tidegate:linked", "value": "loaded"}],
        }  # fmt: skip


def bill_of(program):
    facts = json.loads(output(program, "version", "--json"))
    with open(program, "rb") as file:
        content = hashlib.sha256(file.read()).hexdigest()
    components = [built_in(library) for library in facts["libraries"]] + list(loaded(program))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": "tidegate", "name": "tidegate", "version": facts["version"],
                "hashes": [{"alg": "SHA-256", "content": content}],
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "properties": [{"name": f"tidegate:{key}", "value": facts[key]} for key in ("commit", "compiler")],
            },
        },
        "components": components,
        "dependencies": [{"ref": "tidegate", "dependsOn": [component["bom-ref"] for component in components]}],
    }  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(json.dumps(bill_of(sys.argv[1]), indent=2))
