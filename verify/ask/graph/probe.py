"""Asks Microsoft Graph for calendars, twenty with one request; the token goes to its root and nowhere else."""

from collections.abc import Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Self

from requests import Response

from roomscope.verify.ask.graph.batch import SIZE, Batch, NotAnAnswerError, read_error
from roomscope.verify.ask.graph.bearer import Bearer
from roomscope.verify.judge.answer import Answer, Odd, Trouble, Wire
from roomscope.verify.judge.question import Question
from roomscope.verify.net.session import Net, PerThread
from roomscope.verify.net.wire import WireError
from roomscope.verify.sign_in.tokens import Tokens


class GraphProbe:
    """One application at one root of Graph; may be asked from several threads."""

    size = SIZE

    def __init__(self, root: str, tokens: Tokens, net: Net) -> None:
        self._root = root
        self._tokens = tokens
        self._sessions = PerThread(lambda: net.session(root))
        self.batches = 0

    def __enter__(self) -> Self:
        """The probe itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the connections."""
        self._sessions.close()

    def ask_many(self, questions: Sequence[Question]) -> Sequence[Answer]:
        """What Graph shows when each calendar is opened; sends one request."""
        token = self._tokens.get()
        if not isinstance(token, str):
            return [token] * len(questions)
        batch = Batch.of([question.mailbox for question in questions])
        try:
            return self._read(batch, self._send(batch, token), token)
        except NotAnAnswerError as error:
            return [Wire(Trouble.NOT_GRAPH, str(error))] * len(questions)
        except WireError as error:
            return [Wire(error.trouble, error.text)] * len(questions)
        except Exception as error:  # noqa: BLE001 - the text of an unexpected exception may hold anything
            return [Odd(type(error).__name__, ours=True)] * len(questions)

    def doubted(self, *, idle: bool) -> Sequence[Question]:
        """None: each part of a batch bears a name that no earlier answer can bear."""
        del idle
        return ()

    def _read(self, batch: Batch, response: Response, token: str) -> Sequence[Answer]:
        if token.encode() in response.content or any(token in value for value in response.headers.values()):
            raise NotAnAnswerError("the token came back")
        if response.status_code != HTTPStatus.OK:
            return [read_error(response.status_code, response.content, response.headers)] * len(batch.mailboxes)
        return batch.read(response.content)

    def _send(self, batch: Batch, token: str) -> Response:
        self.batches += 1
        return self._sessions.get().post(
            f"{self._root}/v1.0/$batch", json=batch.text(), headers={"Accept": "application/json"},
            auth=Bearer(token), allow_redirects=False,
        )
