"""QGIS itself, without a screen, for the scripts that use it. Ends by os._exit: QGIS 3.22 may crash while its layers and
Python end together, when the answers are out already."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsVectorLayer  # noqa: E402


class Session:
    def __init__(self, profile):
        self.application = QgsApplication([], False, profile)
        self.application.initQgis()

    def basic(self, login, password):
        """Stores the credentials of a person; the id that layer sources name them by."""
        manager = QgsApplication.authManager()
        manager.setMasterPassword("only for this test", True)
        config = QgsAuthMethodConfig()
        config.setName("Carreau")
        config.setMethod("Basic")
        config.setConfig("username", login)
        config.setConfig("password", password)
        manager.storeAuthenticationConfig(config)
        return config.id()

    @staticmethod
    def features_api(base, name, **more):
        """A layer by OGC API - Features; `more` are members of the source: srsname, authcfg."""
        return QgsVectorLayer(" ".join([f"url='{base}' typename='{name}'", *(f"{k}='{v}'" for k, v in more.items())]), name, "OAPIF")

    def end(self, status=0):
        os._exit(status)
