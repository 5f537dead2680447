"""Exchange Online: an application that opens the rooms, asked through Graph or EWS."""

from collections.abc import Sequence

from roomscope.verify.ask.ews.probe import Probe
from roomscope.verify.ask.graph.places import PERMISSIONS, Shown, read_places
from roomscope.verify.ask.graph.probe import GraphProbe
from roomscope.verify.bundle.manifest import Access, Application
from roomscope.verify.common.secrets import masked
from roomscope.verify.common.text import harmless
from roomscope.verify.judge.claims import judge_roles, reach
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.promise import Promise, Role
from roomscope.verify.judge.proofs import application as proofs
from roomscope.verify.net.session import Net
from roomscope.verify.reports import online as words
from roomscope.verify.reports.subject import ApplicationIdentity, Permission, Places, Subject, Token
from roomscope.verify.sign_in import places
from roomscope.verify.sign_in.certificate import Certificate
from roomscope.verify.sign_in.environment import Proof, Secret
from roomscope.verify.sign_in.line import Authority
from roomscope.verify.sign_in.msal_client import as_application
from roomscope.verify.sign_in.tokens import Tokens, Wanted


class Online:
    """One application, or its twin, in one tenant."""

    def __init__(self, application: Application, client_id: str, found: places.Places, proof: Proof, net: Net, workers: int) -> None:  # noqa: PLR0913, PLR0917 - who, where, how
        self._application = application
        self._client_id = client_id
        self._places = found
        self._proof = proof
        self._net = net
        self._workers = workers
        authority = Authority(found.authority, application.tenant_id, found.authority_names)
        wanted = Wanted(application.tenant_id, client_id, frozenset({found.resource.lower(), found.resource_id}))
        self._tokens = Tokens(as_application(net, authority, client_id, proof, found.resource), wanted)
        self._graph: GraphProbe | None = None
        self._rooms: dict[str, str] = {}
        self._shown: tuple[Shown, ...] = ()

    @property
    def _is_twin(self) -> bool:
        return self._client_id != self._application.client_id

    def proof(self, promises: tuple[Promise, ...], *, fresh: bool) -> proofs.Application:
        """One door."""
        self._rooms = {promise.mailbox: promise.room_list for promise in promises if promise.role is Role.ROOM}
        return proofs.Application(promises, fresh=fresh, acting=self._application.access is Access.EWS)

    def asker(self, known: Sequence[Asked] = ()) -> Probe | GraphProbe:
        """EWS, one question a request, or Graph, twenty."""
        if self._application.access is Access.EWS:
            return Probe(self._places.endpoint, self._tokens, self._net, self._workers, known)
        self._graph = GraphProbe(self._places.resource, self._tokens, self._net)
        return self._graph

    def conclude(self, result: Result) -> Result:
        """With what the tokens grant by themselves, and the bound of a twin."""
        if self._graph is not None and result.stopped is None and PERMISSIONS & {role.lower() for role in self._roles()}:
            lists = dict.fromkeys(room_list for room_list in self._rooms.values())
            self._shown = tuple(read_places(self._places.resource, self._tokens, self._net, lists))
        judged = proofs.for_scope_only(result) if self._is_twin else result
        return proofs.weigh(judged, judge_roles(self._roles(), self._application.allowed_entra_permissions))

    def subject(self) -> Subject:
        """The application, with what its tokens said."""
        application, claims = self._application, self._tokens.claims
        identity = ApplicationIdentity(
            tenant_id=application.tenant_id, client_id=application.client_id, signed_in_as=self._client_id,
            object_id=application.object_id, cloud=application.cloud.value, access=application.access.value,
            authority=self._places.authority, proof=_way(self._proof), owner=application.owner,
        )
        token = Token(
            audience=harmless(claims[-1].audience),
            permissions=tuple(self._permissions()),
            directory_roles=tuple(harmless(wid) for wid in claims[-1].wids),
        ) if claims else None
        return Subject(
            gives=words.GIVES[application.access.value],
            endpoint=self._places.endpoint if application.access is Access.EWS else f"{self._places.resource}/v1.0",
            application=identity,
            token=token,
            token_cause=judge_roles(self._roles(), application.allowed_entra_permissions).cause.value,
            places=tuple(map(self._compare, self._shown)),
            not_proven=words.not_proven(application.access.value, twin=self._is_twin, places=bool(self._shown)),
            batches=self._graph.batches if self._graph else None,
            lab=self._places.lab,
        )

    def _compare(self, shown: Shown) -> Places:
        """What a list shows, beside the bundle."""
        rooms = {room for room, room_list in self._rooms.items() if room_list == shown.room_list}
        missing, more = (() if shown.trouble else tuple(sorted(map(harmless, found))) for found in (rooms - shown.rooms, shown.rooms - rooms))
        return Places(room_list=shown.room_list, missing=missing, more=more, trouble=harmless(masked(shown.trouble)))

    def _roles(self) -> tuple[str, ...]:
        """What any token of this run granted."""
        return tuple(dict.fromkeys(role for claims in self._tokens.claims for role in claims.roles))

    def _permissions(self) -> list[Permission]:
        allowed = self._application.allowed_entra_permissions
        return [Permission(name=harmless(role), reach=reach(role, allowed)) for role in self._roles()]


def _way(proof: Proof) -> str:
    if isinstance(proof, Secret):
        return "client secret"
    return "certificate" if isinstance(proof, Certificate) else "managed identity"
