"""The frame of every answer: one response message for each thing that was asked about."""

from collections.abc import Callable, Iterable

from lab.ews.acting import unknown
from lab.ews.soap import Element, M, Refusal, local, message_xml


def answered(
    name: str,
    elements: Iterable[Element],
    content: Callable[[Element], Element | None],
) -> Element:
    """A response with one message for each element that was asked about."""
    messages = M("ResponseMessages")
    for element in elements:
        messages.append(message(name, element, content))
    return M(f"{name}Response", messages)


def message(
    name: str,
    element: Element,
    content: Callable[[Element], Element | None],
) -> Element:
    """One response message: what was asked for, or the refusal."""
    try:
        found = content(element)
    except Refusal as refusal:
        if refusal.fault:
            raise
        return refused(f"{name}ResponseMessage", refusal)
    made = M(f"{name}ResponseMessage", M("ResponseCode", "NoError"), ResponseClass="Success")
    if found is not None:
        made.append(found)
    return made


def refused(tag: str, refusal: Refusal) -> Element:
    """A refusal inside an answer."""
    made = M(
        tag,
        M("MessageText", refusal.text),
        M("ResponseCode", refusal.code),
        M("DescriptiveLinkKey", "0"),
        ResponseClass="Error",
    )
    if refusal.values:
        made.append(message_xml(refusal, M))
    return made


def only(element: Element, *names: str) -> None:
    """Refuses, loudly, a request with parts that the lab does not play."""
    for child in element:
        if local(child) not in names:
            raise unknown(local(element), local(child))


def direct(tag: str, content: Callable[[], Element]) -> Element:
    """An answer that is its own response message."""
    try:
        return M(tag, M("ResponseCode", "NoError"), content(), ResponseClass="Success")
    except Refusal as refusal:
        return refused(tag, refusal)
