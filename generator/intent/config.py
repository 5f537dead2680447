"""What a person may ask for: the nouns of a configuration, and the one place that holds it to its rules."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Strict,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticKnownError

from roomscope.generator.common.errors import ConfigError
from roomscope.generator.intent import addresses, values
from roomscope.generator.intent.combinations import conflicts
from roomscope.generator.intent.profiles import profiles
from roomscope.generator.intent.sentences import sentences


def _profile(name: str) -> str:
    if name not in profiles():
        raise PydanticKnownError("literal_error", {"expected": " or ".join(map(repr, profiles()))})
    return name


Address = Annotated[str, AfterValidator(addresses.address)]
Domain = Annotated[str, AfterValidator(addresses.domain)]
Note = Annotated[str, AfterValidator(values.note)]
ObjectName = Annotated[str, AfterValidator(values.object_name)]
Column = Annotated[str, AfterValidator(values.note)]
Guid = Annotated[str, AfterValidator(values.guid)]
Permission = Annotated[str, AfterValidator(values.permission)]
Profile = Annotated[str, AfterValidator(_profile), WithJsonSchema({"enum": [*profiles()], "title": "Profile", "type": "string"})]


class _Table(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=lambda field: field.replace("_", "-"),
    )


class BundleConfig(_Table):
    """What the bundle is called and what a reader of it should know."""

    name: Annotated[str, AfterValidator(values.bundle_name)]
    profile: Profile
    ticket: Note | None = None
    approver: Note | None = None
    owner: Note | None = None
    review_by: Note | None = None


class RoomsConfig(_Table):
    """Where the rooms stand and how to read them."""

    file: Annotated[str, AfterValidator(values.relative_file)]
    domains: Annotated[tuple[Domain, ...], Strict(strict=False), AfterValidator(values.some), AfterValidator(values.distinct)]
    column: Column | None = None
    list_column: Column | None = None
    equipment: bool = False


class RoomListsConfig(_Table):
    """The room lists that are made.

    With one list, `name` and `alias` are its name and alias; with more they begin those of each, and the plan adds what tells them apart.
    """

    domain: Domain
    size: Annotated[int, AfterValidator(values.list_size)] = 75
    owner: Address | None = None
    allow_service_account_as_owner: bool = False
    name: ObjectName | None = None
    alias: Annotated[str, AfterValidator(addresses.alias)] | None = None
    organizational_unit: Annotated[str, AfterValidator(values.organizational_unit)] | None = None


class NamesConfig(_Table):
    """Names that somebody else has already decided, and how many lists one scope names.

    The longest filter that a scope can hold is not documented; a list adds about 200 characters to it.
    """

    scope: ObjectName | None = None
    assignment: ObjectName | None = None
    lists_per_scope: Annotated[int, AfterValidator(values.per_scope)] = 20


class ServiceAccountConfig(_Table):
    """The account that reads the rooms of Exchange Server."""

    address: Address
    user: Annotated[str, AfterValidator(addresses.user)] | None = None


class ApplicationConfig(_Table):
    """The application that reads the rooms of Exchange Online."""

    tenant_id: Guid
    client_id: Guid
    object_id: Guid
    display_name: ObjectName | None = None
    cloud: Literal["worldwide", "gcc-high", "dod", "china"] = "worldwide"
    access: Literal["calendars-read", "calendars-readwrite", "ews"] = "calendars-read"
    allowed_entra_permissions: Annotated[
        tuple[Permission, ...], Strict(strict=False), AfterValidator(values.distinct)
    ] = ()
    owner: Literal["vendor"] | None = None


class VerifyConfig(_Table):
    """How the result is proven."""

    endpoint: Annotated[str, AfterValidator(addresses.endpoint)] | None = None
    controls: Annotated[tuple[Address, ...], Strict(strict=False), AfterValidator(values.distinct)] = ()


class Config(_Table):
    """A configuration that holds together in itself; the inventory is read beside the file it came from."""

    bundle: BundleConfig
    rooms: RoomsConfig
    room_lists: RoomListsConfig
    names: NamesConfig = NamesConfig()
    service_account: ServiceAccountConfig | None = None
    application: ApplicationConfig | None = None
    verify: VerifyConfig = VerifyConfig()

    @property
    def kind(self) -> str:
        """The product that is asked for, with the access where it has several."""
        return self.bundle.profile if self.application is None else f"{self.bundle.profile} {self.application.access}"

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if found := tuple(conflicts(self.model_dump(by_alias=True))):
            raise ValueError("\n".join(found))
        return self


def checked(data: Mapping[str, object], heading: str) -> Config:
    """The configuration that raw values make, wherever they came from.

    Raises:
        ConfigError: Some of them cannot be carried out; all of these are named below the heading.
    """
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        found = (*sentences(error, Config), *conflicts(data))
    raise ConfigError.of(heading, found)
