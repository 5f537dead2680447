"""The record of a bundle that crosses to whoever audits or verifies it."""

import json
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from roomscope.generator.common.errors import BundleError
from roomscope.generator.intent.sentences import key_of
from roomscope.generator.plan.plan import Plan

MANIFEST: Final = "manifest.json"
FORMAT: Final = "roomscope-bundle/2"


class Manifest(BaseModel):
    """The plan of a bundle, with the digest of every file but itself and SHA256SUMS."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal["roomscope-bundle/2"]
    plan_id: str
    region: str
    """The digest of what all scripts share."""

    plan: Plan
    files: dict[str, str]
    """The digests by the names of the files."""

    def text(self) -> str:
        """The manifest as it is delivered: JSON with sorted keys."""
        return json.dumps(self.model_dump(mode="json"), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def read_manifest(data: bytes) -> Manifest:
    """The manifest that these bytes are.

    Raises:
        BundleError: They are none, or not in the form that is rendered.
    """
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        reason = f"{key_of(first['loc'])} {first['msg']}".strip()
        message = f"{MANIFEST}: it is not a manifest of this release: {reason}."
        raise BundleError(message) from None
    if manifest.text().encode() != data:
        message = f"{MANIFEST}: it is not in the form that is rendered."
        raise BundleError(message)
    return manifest
