"""A long answer with something different in every section: numbers, and what can be computed of them."""

from math import isqrt, prod

FIRST = 10
SECTIONS = 70
"""As many as make about 30 KB."""


def long_answer() -> str:
    """The whole text, Markdown."""
    return _OPENING + "\n".join(map(_section, range(FIRST, FIRST + SECTIONS))) + _CLOSING


_OPENING = f"""\
# {SECTIONS} numbers

This answer is long so that you can see what length does to an app: nothing, ideally. It has {SECTIONS} sections, one
for each number from {FIRST} to {FIRST + SECTIONS - 1}. Scroll up while it arrives, change the width of the window,
write the next prompt.

"""
_CLOSING = f"""
## The end

That was the last of them. Whether the app still scrolls as it did at {FIRST} is for you to see.
"""


def _section(number: int) -> str:
    parts = [f"## {number}\n", f"{_divisibility(number)} {_squares(number)}\n", _collatz(number)]
    if number % 6 == 0:
        parts.append(_powers(number))
    if number % 9 == 0:
        parts.append(_check(number))
    return "\n".join(parts)


def _divisors(number: int) -> list[int]:
    return [candidate for candidate in range(1, number + 1) if number % candidate == 0]


def _factors(number: int) -> list[int]:
    factors: list[int] = []
    while number > 1:
        smallest = next(candidate for candidate in range(2, number + 1) if number % candidate == 0)
        factors.append(smallest)
        number //= smallest
    return factors


def _divisibility(number: int) -> str:
    divisors = _divisors(number)
    if len(divisors) == 2:
        return f"**{number}** is a *prime* number: only 1 and {number} divide it."
    total = sum(divisors) - number
    kind = "perfect" if total == number else "abundant" if total > number else "deficient"
    listed = ", ".join(map(str, divisors[1:-1]))
    product = " × ".join(map(str, _factors(number)))
    return (
        f"**{number}** is *composite*: besides 1 and itself, it is divided by {listed}. As a product of primes it is "
        f"{product}. Its proper divisors add up to {total}, which makes it {kind}."
    )


def _squares(number: int) -> str:
    root = isqrt(number)
    if root * root == number:
        return f"It is the square of {root}, and the sum of the first {root} odd numbers."
    for first in range(1, root + 1):
        second = isqrt(number - first * first)
        if second and first * first + second * second == number:
            return f"It is the sum of two squares, {first}² + {second}²."
    return f"It is not the sum of two squares; it lies between {root}² and {root + 1}²."


def _collatz(number: int) -> str:
    steps, highest, current = 0, number, number
    while current != 1:
        current = current // 2 if current % 2 == 0 else 3 * current + 1
        steps, highest = steps + 1, max(highest, current)
    return (
        f"- In binary it is `{number:b}`, in hexadecimal `{number:x}`.\n"
        f"- Halved when even, tripled and increased by one when odd, it takes {steps} steps to reach 1"
        f"{f', rising to {highest} on the way' if highest > number else ''}.\n"
    )


def _powers(number: int) -> str:
    rows = "\n".join(f"| {power} | {number**power:,} | {1 / number**power:.2e} |" for power in range(1, 5))
    return f"| Power | Value | Reciprocal |\n|------:|------:|-----------:|\n{rows}\n"


def _check(number: int) -> str:
    factors = _factors(number)
    assert prod(factors) == number
    return (
        "One can check the factors:\n\n"
        f"```python\nfrom math import prod\n\nassert prod({factors}) == {number}\n```\n\n"
        f"> A number is divisible by nine if its digits add up to a multiple of nine, as those of {number} do.\n"
    )
