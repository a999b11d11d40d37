"""Faults of a server that answered and refused: what its status, its error type and its words amount to."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from salon.claude.circumstances import Circumstances, no_key, not_the_api, sign_in_page
from salon.claude.refusal import Refusal
from salon.claude.retry_after import retry_after_seconds
from salon.errors import Fault, FaultKind
from salon.words import tr

MAX_AUTOMATIC_WAIT = 60.0
"""Seconds of a server's wish that are waited without asking."""
SIZE_LIMIT = 32 * 1024 * 1024
"""Bytes of a request that the Messages API takes (platform.claude.com, "Request size limits")."""

_SPEND_CODES = {"enforced_spend_limit_reached", "contract_spend_limit_reached"}
_SPEND_TEXT = re.compile(r"(?i)reached your specified (?:api|workspace)? ?\w* ?usage limit|spend(?:ing)? limit")
_TOO_LONG = (
    re.compile(r"(?i)prompt is too long: (?P<used>\d+) tokens > (?P<limit>\d+)"),
    re.compile(r"(?i)exceed context limit: (?P<used>\d+) \+ (?P<answer>\d+) > (?P<limit>\d+)"),
    re.compile(r"(?i)request \((?P<used>\d+) tokens\) exceeds the available context size \((?P<limit>\d+)"),
    re.compile(r"(?i)maximum context length is (?P<limit>\d+) tokens.*?(?:resulted in|requested) (?P<used>\d+)"),
    re.compile(r"(?i)prompt is too long|exceeds? the available context size|context (?:length|window) exceeded"),
)
_BAD_HISTORY = re.compile(
    r"(?i)prefill|must end with a user message|tool_use.{0,40}ids? (?:were|was) found without|unexpected `?tool_use_id"
    r"|(?:tool_use|tool_result|thinking)`? blocks?.{0,60}(?:cannot be modified|must be followed|must have)"
    r"|signature.{0,20} in .{0,3}thinking|thinking.{0,40}signature|final block.{0,60}cannot be"
)
_NO_SUCH_MODEL = re.compile(
    r"(?i)model.{0,80}(?:not found|does not exist|not available|unknown)|(?:invalid|unknown) model"
)
_CREDIT_TEXT = re.compile(r"(?i)credit balance|insufficient (?:credit|funds|balance)")
_KEY_TYPES = {"authentication_error", "auth_error", "token_not_found_in_db"}


Rule = Callable[[Refusal, Circumstances], Fault | None]


def fault_of_refusal(
    reply: Refusal,
    at: Circumstances,
    *,
    begun: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
) -> Fault:
    """The fault of a refusal. `begun` says whether something of the answer has been shown; `now` is local time."""
    fault = next((found for rule in _RULES if (found := rule(reply, at)) is not None), None) or _refused(reply, at)
    technical = {
        "status": reply.status,
        "type": at.clean(reply.type, 60),
        "code": at.clean(reply.code, 60),
        "message": at.clean(reply.message),
        "request_id": at.clean(reply.request_id, 80),
    }
    fault.details = at.details(**(technical | fault.details))
    if fault.transient or fault.kind is FaultKind.SERVER_ERROR:
        _obey_the_server(reply, fault, now)
    if begun and fault.kind in (FaultKind.OVERLOADED, FaultKind.SERVER_ERROR, FaultKind.RATE_LIMITED):
        if fault.kind is FaultKind.OVERLOADED:
            fault.what = tr("{who} became overloaded part-way.", who=at.who)
        fault.actions = ("continue", *fault.actions)
    return fault


def _obey_the_server(reply: Refusal, fault: Fault, now: Callable[[], datetime]) -> None:
    hint = reply.headers.get("x-should-retry")
    if hint in ("true", "false"):
        fault.transient = hint == "true"
    fault.retry_after = wait = retry_after_seconds(reply.headers)
    if wait is None or wait <= MAX_AUTOMATIC_WAIT:
        return
    fault.transient = False
    moment = clock_time(wait, now())
    if fault.kind is FaultKind.RATE_LIMITED:
        fault.what = (
            tr("Rate limit reached until {moment}.", moment=moment)
            if moment
            else tr("Rate limit reached for more than a day.")
        )
    else:
        fault.now = tr("Try again at {moment}.", moment=moment) if moment else tr("Try again tomorrow.")
    fault.actions = ("retry", "pick_model")


def clock_time(seconds: float, now: datetime) -> str:
    """The local time `seconds` from `now`, with the weekday if that is not today; "" beyond a day."""
    if seconds > 86_400:
        return ""
    then = now + timedelta(seconds=seconds)
    return then.strftime("%H:%M" if then.date() == now.date() else "%a %H:%M")


def too_large(at: Circumstances, size: int) -> Fault:
    """The request is larger than the API takes; `size` in bytes, 0 where unknown."""
    subject = tr("Attachments are") if at.has_attachments else tr("The conversation is")
    megabytes = -(-size // (1024 * 1024))
    # A proxy's limit may be far below the API's, and then the API's number would be wrong.
    amount = (
        tr(" ({megabytes} MB of {limit} MB)", megabytes=megabytes, limit=SIZE_LIMIT // 1024 // 1024)
        if size > SIZE_LIMIT
        else ""
    )
    return Fault(
        FaultKind.TOO_LARGE,
        tr("{subject} too big{amount}.", subject=subject, amount=amount),
        actions=("edit", "trim", "new_chat"),
        details=at.details(size=size or None),
    )


def _said(what: str, words: str) -> str:
    """What happened, with the server's own words about it; they come cleaned, with a full stop of theirs or without."""
    return f"{what}: {words.rstrip('.')}." if words else f"{what}."


def _portal(reply: Refusal, at: Circumstances) -> Fault | None:
    # RFC 6585, section 6: only what stands between sends this, and never the server that was meant.
    return sign_in_page(at) if reply.status == 511 else None


def _redirect(reply: Refusal, at: Circumstances) -> Fault | None:
    if not 300 <= reply.status < 400:
        return None
    try:
        target = urlsplit(urljoin(at.base_url + "/", reply.headers.get("location", "")))
    except ValueError:  # "http://[" is no address
        target = urlsplit("")
    elsewhere = bool(target.hostname) and target.netloc.lower() != at.host
    if elsewhere and reply.status in (302, 303) and not at.local:
        return sign_in_page(at, location=at.clean(target.netloc, 80))
    named = f" ({at.clean(f'{target.scheme}://{target.netloc}{target.path}', 100)})" if target.hostname else ""
    return Fault(
        FaultKind.REDIRECTED,
        tr("{host} points to another address{named}, which is not followed.", host=at.host, named=named),
        tr("Check base_url."),
        actions=("edit_base_url", "show_details"),
    )


def _credit(reply: Refusal, at: Circumstances) -> Fault | None:
    short = reply.status == 402 or reply.type == "billing_error" or _CREDIT_TEXT.search(reply.message)
    if not short:
        return None
    return Fault(
        FaultKind.OUT_OF_CREDIT,
        tr("Your account is out of credit."),
        tr("Nothing was charged."),
        actions=("open_billing", "retry"),
    )


def _spend_limit(reply: Refusal, at: Circumstances) -> Fault | None:
    if reply.code not in _SPEND_CODES and not (reply.status in (400, 403) and _SPEND_TEXT.search(reply.message)):
        return None
    return Fault(
        FaultKind.SPEND_LIMIT,
        _said(tr("Your account has reached its spend limit"), at.clean(reply.message, 200)),
        actions=("open_billing", "retry"),
    )


def _key(reply: Refusal, at: Circumstances) -> Fault | None:
    if reply.status != 401 and reply.type not in _KEY_TYPES:
        return None
    credentials = at.credentials
    if credentials is None:
        return no_key(at)
    subject = "Anthropic" if at.anthropic else at.place
    if credentials.kind == "profile":
        what = tr("{subject} rejected the sign-in (from {source}).", subject=subject, source=credentials.source)
    else:
        name = tr("API key") if credentials.kind == "api_key" else tr("access token")
        ending = tr(" ending …{ending}", ending=credentials.ending) if credentials.ending else ""
        what = tr(
            "{subject} rejected the {name}{ending} (from {source}).",
            subject=subject,
            name=name,
            ending=ending,
            source=credentials.source,
        )
    return Fault(
        FaultKind.REJECTED_KEY,
        what,
        actions=("change_key",),
        details={"key_ending": credentials.ending, "key_source": credentials.source},
    )


def _forbidden(reply: Refusal, at: Circumstances) -> Fault | None:
    if reply.status != 403 and reply.type != "permission_error":
        return None
    said = at.clean(reply.message, 200)
    about_model = not said or "model" in said.lower() or (at.model and at.model in said)
    if about_model and at.model and not reply.is_html:
        what = tr("This key may not use {model}.", model=at.model)
    else:
        what = _said(tr("{place} does not allow this request", place=at.place), said)
    return Fault(FaultKind.FORBIDDEN, what, actions=("pick_model", "change_key"))


def _not_found(reply: Refusal, at: Circumstances) -> Fault | None:
    absent = reply.status in (404, 405, 410, 501)
    # llama-server answers a wrong path with a not_found_error as well ("File Not Found"); only its words tell.
    of_model = not reply.message or "model" in reply.message.lower() or at.model in reply.message
    named = (reply.type == "not_found_error" and of_model) or _NO_SUCH_MODEL.search(reply.message)
    if named and (absent or reply.status in (200, 400)) and at.model:
        whom = tr("to this key") if at.credentials is not None else tr("at {place}", place=at.place)
        return Fault(
            FaultKind.MODEL_NOT_FOUND,
            tr("{model} is not available {whom}.", model=at.model, whom=whom),
            actions=("pick_model",),
        )
    return not_the_api(at) if absent else None


def _too_large(reply: Refusal, at: Circumstances) -> Fault | None:
    if reply.status != 413 and reply.type != "request_too_large":
        return None
    return too_large(at, at.request_size())


def _too_long(reply: Refusal, at: Circumstances) -> Fault | None:
    if reply.status in (401, 403, 429):
        return None
    match = next((found for shape in _TOO_LONG if (found := shape.search(reply.message))), None)
    if match is None and reply.type != "exceed_context_size_error":
        return None
    numbers = {name: int(text) for name, text in (match.groupdict() if match else {}).items() if text}
    used = numbers.get("used") or _count(reply.error.get("n_prompt_tokens"))
    limit = numbers.get("limit") or _count(reply.error.get("n_ctx"))
    if used and limit:
        what = tr(
            "This conversation is {used:,} of {limit:,} tokens long.", used=used + numbers.get("answer", 0), limit=limit
        )
    else:
        what = tr("This conversation is longer than {model} can read.", model=at.model or tr("the model"))
    details = {"used": used, "limit": limit} if used and limit else {}
    actions = ("summarise", "trim", "fresh_chat", "pick_model", "retry")
    return Fault(FaultKind.CONTEXT_OVERFLOW, what, actions=actions, details=details)


def _bad_history(reply: Refusal, at: Circumstances) -> Fault | None:
    if reply.status not in (200, 400) or not _BAD_HISTORY.search(reply.message):
        return None
    return Fault(
        FaultKind.BAD_HISTORY,
        _said(tr("The saved conversation has an unfinished part that the API refuses"), at.clean(reply.message, 160)),
        actions=("new_chat", "show_details"),
    )


def _rate_limited(reply: Refusal, at: Circumstances) -> Fault | None:
    if reply.status != 429 and reply.type != "rate_limit_error":
        return None
    return Fault(FaultKind.RATE_LIMITED, tr("Rate limited."), actions=("retry", "pick_model"), transient=True)


def _server_error(reply: Refusal, at: Circumstances) -> Fault | None:
    if reply.status in (503, 529) or reply.type == "overloaded_error":
        return Fault(FaultKind.OVERLOADED, tr("{who} is overloaded.", who=at.who), transient=True)
    ours = reply.type in ("api_error", "timeout_error", "server_error") or reply.status in (408, 409)
    ours = ours or (reply.status == 200 and not reply.type)  # an error event that says no more than that
    if reply.status < 500 and not ours:
        return None
    number = tr(" (HTTP {status})", status=reply.status) if reply.status != 200 else ""
    if at.anthropic:
        what = tr("Claude's servers had a problem{number}.", number=number)
    else:
        what = _said(tr("{place} had a problem{number}", place=at.place, number=number), at.clean(reply.message, 160))
    # A server that blames the request says so in the type, whatever its status; asking again is no use.
    transient = reply.type != "invalid_request_error"
    return Fault(FaultKind.SERVER_ERROR, what, actions=("retry", "show_details"), transient=transient)


def _refused(reply: Refusal, at: Circumstances) -> Fault:
    said = at.clean(reply.message, 300).rstrip(".")
    if not said and not reply.type:
        return not_the_api(at)
    return Fault(
        FaultKind.BAD_REQUEST,
        tr("The API refused this request: {said}.", said=said or at.clean(reply.type, 60)),
        actions=("edit", "show_details"),
    )


def _count(number: object) -> int:
    return number if isinstance(number, int) and number > 0 else 0


_RULES: tuple[Rule, ...] = (
    _portal,
    _redirect,
    _credit,
    _spend_limit,
    _key,
    _too_large,
    _too_long,
    _forbidden,
    _rate_limited,
    _not_found,
    _bad_history,
    _server_error,
)
"""In this order, since the more particular cause must be asked for first; the first that applies is it."""
