"""QGIS itself, without a screen: how many features it reads of some layers over OGC API - Features, without an account and
with an application password. Prints JSON: {"anonymous": {layer: count or null}, "basic": {...}}.

  qgis_access.py URL LOGIN PASSWORD PROFILE_FOLDER LAYER..."""

import json
import sys

from session import Session

base, login, password, profile, *names = sys.argv[1:]


def count(name, **authentication):
    layer = session.features_api(base, name, **authentication)
    return sum(1 for _ in layer.getFeatures()) if layer.isValid() else None


session = Session(profile)
basic = session.basic(login, password)
counts = {"anonymous": {name: count(name) for name in names}, "basic": {name: count(name, authcfg=basic) for name in names}}
print("counts " + json.dumps(counts), flush=True)
session.end()
