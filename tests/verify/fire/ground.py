"""The bundle and the certificate that all rows are played with."""

import os
import ssl
from pathlib import Path
from unittest.mock import patch

import trustme

from roomscope.verify.bundle.bundle import open_bundle
from roomscope.verify.on_server import OnServer
from roomscope.verify.options import Options
from roomscope.verify.settle import settled
from tests.verify.conftest import PASSWORD, BundleMaker
from tests.verify.fire.play import Ground


def prepare(folder: Path) -> Ground:
    """Three rooms, one control, and a server that is trusted."""
    authority, ca = trustme.CA(), folder / "ca.pem"
    authority.cert_pem.write_to_path(ca)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    bundle = open_bundle(BundleMaker(folder / "bundle").write(), None)
    options = Options(endpoint="https://127.0.0.1/EWS/Exchange.asmx", auth="basic", password_env="ROOM_PASSWORD", ca=ca)  # noqa: S106 - a name
    with patch.dict(os.environ, {"ROOM_PASSWORD": PASSWORD}):
        verification, way = settled(bundle, options, terminal=False)
    assert isinstance(way, OnServer)
    return Ground(verification, way, PASSWORD, context, ca)
