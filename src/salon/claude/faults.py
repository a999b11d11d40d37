"""Whatever goes wrong between a request and its last event becomes a `Fault`: one kind, one sentence, what helps.

This module is the door; `circumstances` holds what every family shares, `status_faults` reads answers of a server
that refuses, `network_faults` what happens when none answers. The sentences never hold a server's text uncleaned, its
HTML, or a key. What of the person's work is safe is the turn's to say, not the fault's.
"""

from salon.claude import network_faults, status_faults
from salon.claude.circumstances import Circumstances, garbled, internal, no_key, not_the_api, unsendable_key
from salon.claude.refusal import Refusal
from salon.errors import Fault, FaultKind
from salon.words import tr


def fault_of(problem: BaseException, at: Circumstances, *, begun: bool = False) -> Fault:
    """The fault that an exception of the SDK, the transport or a parser amounts to.

    `begun` says whether something of the answer has been shown. Import of the SDK is deferred, as everywhere.
    """
    import anthropic
    import httpx2

    if isinstance(problem, Fault):
        return problem
    if isinstance(problem, anthropic.APIStatusError):
        reply = Refusal(problem.status_code, problem.response.headers, problem.body)
        return status_faults.fault_of_refusal(reply, at, begun=begun)
    if isinstance(problem, anthropic.APIConnectionError) and problem.__cause__ is not None:
        return fault_of(problem.__cause__, at, begun=begun)
    if isinstance(problem, (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError)):
        return network_faults.fault_of_transport(problem, at, begun=begun)
    if isinstance(problem, anthropic.APIConnectionError):
        return network_faults.unreachable(at)
    if isinstance(problem, anthropic.AnthropicError):
        return _of_sdk(problem, at)
    return _of_python(problem, at, begun)


def _of_sdk(problem: Exception, at: Circumstances) -> Fault:
    """Failures of the SDK's own credentials: profiles, workload identity."""
    source = at.credentials.source if at.credentials else "profile"
    return Fault(
        FaultKind.REJECTED_KEY,
        tr(
            "The saved sign-in ({source}) cannot be used: {problem}",
            source=source,
            problem=at.clean(str(problem), 160) or type(problem).__name__,
        ),
        actions=("change_key", "show_details"),
        details=at.details(error=type(problem).__name__),
    )


def _of_python(problem: BaseException, at: Circumstances, begun: bool) -> Fault:
    """The builtin exceptions that the SDK lets out, each from one cause (seen with anthropic 2.12.0)."""
    if isinstance(problem, TypeError) and "authentication method" in str(problem):
        return no_key(at)
    if isinstance(problem, UnicodeEncodeError):
        return _unsendable_text(at) if problem.reason == "surrogates not allowed" else unsendable_key(at)
    if isinstance(problem, (UnicodeDecodeError, ValueError)):
        # In the stream's way in these are bad UTF-8 and bad JSON. A decode error's text quotes the bytes; leave it.
        return garbled(at, begun, type(problem).__name__)
    if isinstance(problem, AssertionError):
        return not_the_api(at)
    return internal(problem, at)


def _unsendable_text(at: Circumstances) -> Fault:
    return Fault(
        FaultKind.BAD_REQUEST,
        tr("The message contains a character that cannot be sent."),
        actions=("edit", "show_details"),
        details=at.details(),
    )
