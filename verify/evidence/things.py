"""The objects of a directory, as a run read them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from roomscope.verify.evidence.values import Count, Lines, State, Text


class Part(BaseModel):
    """A part of a record: its keys are the scripts', and there are no others."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, alias_generator=to_pascal
    )


class ListState(Part):
    """A room list as a run read it."""

    kind: Literal["list"]
    address: Text
    name: Text
    state: State
    differences: Lines
    guid: Text
    distinguished_name: Text
    owners: Lines
    mark: Text
    members: Lines


class ScopeState(Part):
    """A management scope as a run read it; an absent one has a name only."""

    kind: Literal["scope"]
    name: Text
    state: State
    differences: Lines
    guid: Text = ""
    filter: Text = ""
    root: Text = ""


class AssignmentState(Part):
    """A role assignment as a run read it; an absent one has a name only."""

    kind: Literal["assignment"]
    name: Text
    state: State
    differences: Lines
    guid: Text = ""
    role: Text = ""
    assignee: Text = ""
    scope: Text = ""


class PointerState(Part):
    """What Exchange keeps of an application; an absent one has a name only."""

    kind: Literal["pointer"]
    name: Text
    state: State
    differences: Lines
    guid: Text = ""
    """The object id of its service principal."""


class Authorization(Part):
    """What Exchange said of one mailbox: the assignments that reach it, and what they grant there."""

    kind: Literal["authorization"]
    mailbox: Text
    by: Lines
    permissions: Lines


class Reach(Part):
    """What the stored scopes select, beside the inventory."""

    kind: Literal["reach"]
    count: Count
    too_many: Lines
    too_few: Lines


Thing = ListState | ScopeState | AssignmentState | PointerState
Key = tuple[str, str]
"""By what an object is known: its kind, and its address or name in lower case."""

Before = Annotated[Thing, Field(discriminator="kind")]
After = Annotated[Thing | Reach | Authorization, Field(discriminator="kind")]


def key(thing: Thing) -> Key:
    """By what this object is known in every run."""
    return thing.kind, (thing.address if isinstance(thing, ListState) else thing.name).lower()


def naming(thing: Thing) -> str:
    """The object in one line."""
    return f"{thing.kind} {thing.name} ({thing.state})"
