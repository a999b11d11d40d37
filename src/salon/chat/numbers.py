"""Figures as people read them."""

from decimal import Decimal

from salon.words import tr


def short_number(number: int) -> str:
    """12, 1.2k, 34k, 1.2M."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if number >= size * (0.9995 if unit == "M" else 1):
            value = number / size
            return f"{value:.1f}".removesuffix(".0") + unit if value < 99.95 else f"{value:.0f}{unit}"
    return str(number)


def dollars(amount: Decimal | None) -> str:
    """US dollars, with more digits the less it is; "unknown" where nobody knows."""
    if amount is None:
        return tr("unknown")
    digits = 2 if amount >= 1 or not amount else 3 if amount >= Decimal("0.001") else 4
    if 0 < amount < Decimal("0.0001"):
        return tr("under $0.0001")
    return f"${amount:,.{digits}f}"


def price_in_words(amount: Decimal) -> str:
    """A price as the price list writes it: $2, $0.50."""
    cents = amount.quantize(Decimal("0.01"))
    if amount == amount.to_integral_value():
        return f"${amount:,.0f}"
    return f"${cents}" if cents == amount else f"${amount.normalize():f}"
