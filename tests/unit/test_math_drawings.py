"""The formulas that answers are full of, as they are drawn. Whoever changes a drawing here must have looked at it."""

import pytest

from salon.markdown.math import display

DRAWINGS = r"""
# the quadratic formula
x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}
               ________
         −b ± √b² − 4ac
    x = ────────────────
               2a

# Euler's identity
e^{i\pi} + 1 = 0
     iπ
    e   + 1 = 0

# the Gaussian integral
\int_{-\infty}^{\infty} e^{-x^2}\,dx = \sqrt{\pi}
    ⌠∞   −x²       _
    ⎮   e    dx = √π
    ⌡−∞

# Ampère's law
\nabla \times \mathbf{B} = \mu_0 \left( \mathbf{J} + \varepsilon_0 \frac{\partial \mathbf{E}}{\partial t} \right)
              ⎛       ∂𝐄⎞
    ∇ × 𝐁 = μ₀⎜𝐉 + ε₀ ──⎟
              ⎝       ∂t⎠

# Faraday's law
\oint_C \mathbf{E} \cdot d\mathbf{l} = -\frac{d\Phi_B}{dt}
                  dΦ
                    B
    ∮ 𝐄 · d𝐥 = − ─────
    C             dt

# Bayes
P(A \mid B) = \frac{P(B \mid A)\,P(A)}{P(B)}
               P(B ∣ A) P(A)
    P(A ∣ B) = ─────────────
                   P(B)

# a Taylor series
f(x) = \sum_{n=0}^{\infty} \frac{f^{(n)}(a)}{n!} (x-a)^n
            ∞  f⁽ⁿ⁾(a)
    f(x) =  ∑  ─────── (x − a)ⁿ
           n=0   n!

# a product of matrices
\begin{pmatrix} a & b \\ c & d \end{pmatrix} \begin{pmatrix} x \\ y \end{pmatrix} = \begin{pmatrix} z \\ w \end{pmatrix}
    ⎛a  b⎞⎛x⎞ = ⎛z⎞
    ⎝c  d⎠⎝y⎠   ⎝w⎠

# an identity matrix
I = \begin{bmatrix} 1 & \cdots & 0 \\ \vdots & \ddots & \vdots \\ 0 & \cdots & 1 \end{bmatrix}
        ⎡1  ⋯  0⎤
    I = ⎢⋮  ⋱  ⋮⎥
        ⎣0  ⋯  1⎦

# a determinant
\det(A) = \begin{vmatrix} a & b \\ c & d \end{vmatrix} = ad - bc
    det(A) = │a  b│ = ad − bc
             │c  d│

# a limit
\lim_{x \to 0} \frac{\sin x}{x} = 1
        sin x
    lim ───── = 1
    x→0   x

# two cases
|x| = \begin{cases} x & \text{if } x \ge 0 \\ -x & \text{otherwise} \end{cases}
          ⎧x   if x ≥ 0
    |x| = ⎨
          ⎩−x  otherwise

# three cases
\operatorname{sgn}(x) = \begin{cases} -1 & x < 0 \\ 0 & x = 0 \\ 1 & x > 0 \end{cases}
             ⎧−1  x < 0
    sgn(x) = ⎨0   x = 0
             ⎩1   x > 0

# an aligned derivation
\begin{aligned} (a+b)^2 &= (a+b)(a+b) \\ &= a^2 + 2ab + b^2 \end{aligned}
    (a + b)² = (a + b)(a + b)
             = a² + 2ab + b²

# aligned fractions
\begin{align*} x &= \frac{1}{2} \\ y &= 3 \end{align*}
        1
    x = ─
        2

    y = 3

# a set
\{x \in \mathbb{R} : x > 0\}
    {x ∈ ℝ : x > 0}

# a product
n! = \prod_{k=1}^{n} k
          n
    n! =  ∏  k
         k=1

# Schrödinger
i\hbar\frac{\partial}{\partial t}\Psi(\mathbf{r},t) = \hat{H}\Psi(\mathbf{r},t)
       ∂
    iℏ ── Ψ(𝐫, t) = ĤΨ(𝐫, t)
       ∂t

# softmax
\text{softmax}(x_i) = \frac{e^{x_i}}{\sum_{j=1}^{K} e^{x_j}}
                      xᵢ
                     e
    softmax(xᵢ) = ─────────
                    K   xⱼ
                    ∑  e
                   j=1

# cross-entropy
H(p, q) = -\sum_{x} p(x) \log q(x)
    H(p, q) = −∑ p(x) log q(x)
               x

# a binomial coefficient
\binom{n}{k} = \frac{n!}{k!(n-k)!}
    ⎛n⎞       n!
    ⎜ ⎟ = ──────────
    ⎝k⎠   k!(n − k)!

# the normal distribution
f(x) = \frac{1}{\sigma\sqrt{2\pi}} e^{-\frac{1}{2}\left(\frac{x-\mu}{\sigma}\right)^2}
             1     −½ ((x−μ)/σ)²
    f(x) = ────── e
              __
            σ√2π

# attention
\text{Attention}(Q,K,V) = \text{softmax}\left(\frac{QK^T}{\sqrt{d_k}}\right)V
                                ⎛ QKᵀ ⎞
    Attention(Q, K, V) = softmax⎜─────⎟V
                                ⎜  __ ⎟
                                ⎝ √dₖ ⎠

# the gamma function
\Gamma(z) = \int_0^\infty t^{z-1} e^{-t}\,dt
           ⌠∞
    Γ(z) = ⎮  tᶻ⁻¹e⁻ᵗ dt
           ⌡0

# roots
\sqrt[3]{\frac{a}{b}} + \sqrt[n]{x}
         _
        ╱a     _
       ╱ ─ + ⁿ√x
    ³╲╱  b

# a continued fraction
1 + \cfrac{1}{1 + \cfrac{1}{1 + x}}
             1
    1 + ───────────
               1
         1 + ─────
             1 + x

# a brace with a note
\underbrace{a + b + c}_{n \text{ times}} = \overbrace{x y z}^{k}
                 k
                ╭┴╮
    a + b + c = xyz
    ╰───┬───╯
     n times

# a derivative at a point
\left.\frac{df}{dx}\right|_{x=0}
    df│
    ──│
    dx│ₓ₌₀

# braces and brackets
\left\{ \frac{a}{b} \right\} \left[ \frac{c}{d} \right] \left\lfloor \frac{e}{f} \right\rfloor
    ⎧a⎫⎡c⎤⎢e⎥
    ⎨─⎬⎢─⎥⎢─⎥
    ⎩b⎭⎣d⎦⎣f⎦

# angles
\left\langle \frac{a}{b}, y \right\rangle = \langle \psi | \hat{A} | \psi \rangle
     ╱a   ╲
    ⟨ ─, y ⟩ = ⟨ψ|Â|ψ⟩
     ╲b   ╱

# sized delimiters
\Big( \frac{a}{b} \Big)^2
    ⎛a⎞²
    ⎜─⎟
    ⎝b⎠

# scripts that Unicode has not
a_{i,j} + x_b^{q} + d_{model}
            q
    a    + x  + d
     i,j    b    model

# scripts of something tall
\left(\frac{x^2}{y^3}\right)^{n+q}_{i,j}
    ⎛x²⎞n+q
    ⎜──⎟
    ⎝y³⎠i,j

# stacked conditions
\sum_{\substack{i < j \\ j \text{ odd}}} a_{ij}
      ∑   aᵢⱼ
    i < j
    j odd

# a box
\boxed{E = mc^2}
    ┌─────────┐
    │ E = mc² │
    └─────────┘

# arrows
A \xrightarrow{f \circ g} B \overset{!}{=} C
       f∘g    !
    A ────→ B = C

# wide accents
\overline{AB} + \overrightarrow{PQ} + \widehat{ABC} + \underline{xy}
    __   ─→    ^
    AB + PQ + ABC + xy
                    ‾‾

# an argument of a maximum
\hat{\theta} = \arg\max_{\theta} \prod_{i} p(x_i|\theta)
    θ̂ = arg max ∏ p(xᵢ|θ)
             θ  i

# an array
\left[ \begin{array}{lr|c} 1 & 22 & x \\ 333 & 4 & y \end{array} \right]
    ⎡1    22  x⎤
    ⎣333   4  y⎦

# rows without an environment
a &= b + c \\ d &= e
    a = b + c
    d = e
"""


def _drawings() -> dict[str, tuple[str, list[str]]]:
    found: dict[str, tuple[str, list[str]]] = {}
    for part in DRAWINGS.strip().removeprefix("# ").split("\n\n# "):
        name, source, *lines = part.split("\n")
        found[name] = source, [line.removeprefix("    ") for line in lines]
    return found


@pytest.mark.parametrize("name", _drawings())
def test_a_formula_is_drawn(name: str) -> None:
    source, expected = _drawings()[name]
    drawn = display(source, 78)
    assert drawn is not None
    assert [line.rstrip() for line in drawn] == expected
