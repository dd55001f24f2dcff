"""QGIS itself, without a screen: how many features it reads of some layers over OGC API - Features, without an account and
with an application password. Prints JSON: {"anonymous": {layer: count or null}, "basic": {...}}.

  qgis_access.py URL LOGIN PASSWORD PROFILE_FOLDER LAYER..."""

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsVectorLayer  # noqa: E402

base, login, password, profile, *names = sys.argv[1:]


def count(name, authentication=None):
    source = f"url='{base}' typename='{name}'" + (f" authcfg={authentication}" if authentication else "")
    layer = QgsVectorLayer(source, name, "OAPIF")
    return sum(1 for _ in layer.getFeatures()) if layer.isValid() else None


application = QgsApplication([], False, profile)
application.initQgis()
manager = QgsApplication.authManager()
manager.setMasterPassword("only for this test", True)
basic = QgsAuthMethodConfig()
basic.setName("Carreau")
basic.setMethod("Basic")
basic.setConfig("username", login)
basic.setConfig("password", password)
manager.storeAuthenticationConfig(basic)
counts = {"anonymous": {name: count(name) for name in names}, "basic": {name: count(name, basic.id()) for name in names}}
print("counts " + json.dumps(counts), flush=True)
application.exitQgis()
