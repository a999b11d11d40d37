"""Many sessions of a person's whole working life, for measuring what goes over all of them: the search.

The text is made, not written, but distributed as text is: words by Zipf's law from a vocabulary of 60,000, a tenth of
the sessions in Chinese, Japanese or Korean, every third answer with code, every other with thinking. The same seed
gives the same text, so figures can be compared.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from salon.store.records import Record, encode

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_COMMON = (
    "the of and to in a is that for it as was with be by on not he this are or his from at which but have an had they "
    "you were there one all we can her has been if more when will would who so no out up into than them then its may "
    "some could these about only other new my what time do any value function list error file test data string return "
    "model request session message index search token user answer number type class method object array key table "
    "query server client memory thread process event loop stream buffer cache disk write read open close line word "
    "text page code change because should after before first second between through where while under over again"
)
_SYLLABLES = "ba be bi bo ka ke ki ko ra re ri ro ta te ti to na ne ni no sa se si so ma me mi mo la le li lo per con "
_SYLLABLES += "ing ed tion er est al ic ous ment ex pre un dis tra gra sho ple"
_HAN = (
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心"
    "机械学习模型数据搜索引擎日本語東京京都大阪北海道文字列検索処理結果問題方法時間電車自動車情報"
)
_KANA = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん"
    "アイウエオカキクケコサシスセソ"
)
_HANGUL = (
    "가나다라마바사아자차카타파하거너더러머버서어저처고노도로모보소오조초구누두루무부수우주추"
    "그느드르므브스으즈츠검색결과문자"
)
_MODELS = ("claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5")
_YEARS = 2 * 365 * 86_400
_END = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())


class Sessions:
    """Sessions one after the other, oldest first."""

    def __init__(self, seed: int = 20) -> None:
        self._random = random.Random(seed)
        self.words = self._vocabulary(60_000)
        weights = itertools.accumulate(1 / rank for rank in range(2, len(self.words) + 2))
        self._pool = self._random.choices(self.words, cum_weights=list(weights), k=1_500_000)

    def write(self, config: Path, count: int, characters: int = 14_000) -> int:
        """Put `count` sessions of about `characters` each below `config`; how many bytes."""
        total = 0
        for number in range(count):
            began = _END - _YEARS + _YEARS * number // count + self._random.randrange(3600)
            session_id = self._id(began)
            folder = config / "sessions" / datetime.fromtimestamp(began, UTC).strftime("%Y-%m")
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            records = self._records(session_id, began, int(characters * self._random.lognormvariate(-0.35, 0.8)))
            content = b"".join(encode(record, seconds) for record, seconds in records)
            (folder / f"{session_id}.jsonl").write_bytes(content)
            total += len(content)
        return total

    def prose(self, words: int) -> str:
        """Running text of so many words."""
        start = self._random.randrange(len(self._pool) - words)
        return " ".join(self._pool[start : start + words]).capitalize() + ". "

    def sample(self) -> str:
        """A word, as often as it occurs."""
        return self._random.choice(self._pool)

    def foreign(self, characters: int) -> str:
        """Running text in Chinese, Japanese or Korean."""
        letters = self._random.choice((_HAN, _HAN + _KANA * 2, _HANGUL))
        return "".join(self._random.choices(letters, k=characters)) + "。"

    def _vocabulary(self, size: int) -> list[str]:
        syllables = _SYLLABLES.split()
        words = dict.fromkeys(_COMMON.split())
        while len(words) < size:
            words["".join(self._random.choices(syllables, k=self._random.randint(2, 5)))] = None
        return list(words)

    def _id(self, seconds: int) -> str:
        number = (seconds * 1000) << 80 | self._random.getrandbits(80)
        return "".join(_DIGITS[(number >> shift) & 31] for shift in range(125, -1, -5))

    def _records(self, session_id: str, seconds: int, characters: int) -> Iterator[tuple[Record, int]]:
        abroad = self._random.random() < 0.1
        yield {"k": "head", "id": session_id, "min": 1, "app": "benchmark"}, seconds
        yield {"k": "set", "key": "title", "value": self.prose(5)}, seconds
        if self._random.random() < 0.3:
            yield (
                {"k": "set", "key": "tags", "value": self._random.sample(("work", "home", "paper", "idea"), 1)},
                seconds,
            )
        parent: str | None = None
        while characters > 0:
            seconds += self._random.randrange(20, 900)
            prompt, answer = self._id(seconds), self._id(seconds + 1)
            text = self._text(abroad, self._random.randrange(20, 400))
            yield {"k": "msg", "id": prompt, "parent": parent, "role": "user", "content": [_block(text)]}, seconds
            model = self._random.choice(_MODELS)
            yield (
                {"k": "open", "id": answer, "parent": prompt, "model": model, "request": {"max_tokens": 4096}},
                seconds,
            )
            content = self._answer(abroad)
            yield _close(answer, model, content), seconds + 20
            characters -= len(text) + sum(len(str(block)) for block in content)
            parent = answer

    def _answer(self, abroad: bool) -> list[Record]:
        content: list[Record] = []
        if self._random.random() < 0.5:
            thinking = self._text(abroad, self._random.randrange(100, 1500))
            content.append({"type": "thinking", "thinking": thinking, "signature": "EqMBCkgIBRAB" * 20})
        text = "\n\n".join(
            self._text(abroad, self._random.randrange(100, 500)) for _ in range(self._random.randint(1, 6))
        )
        if self._random.random() < 0.33:
            text += f"\n\n```python\n{self._code()}```\n\n" + self._text(abroad, 100)
        return [*content, _block(text)]

    def _text(self, abroad: bool, characters: int) -> str:
        if abroad:
            return "".join(self.foreign(40) for _ in range(characters // 80 + 1))
        return "".join(self.prose(self._random.randint(5, 25)) for _ in range(characters // 95 + 1))

    def _code(self) -> str:
        return "".join(
            f"    {self.sample()}_{self.sample()} = {self.sample()}({self.sample()}, {self._random.randrange(1000)})\n"
            for _ in range(self._random.randint(3, 30))
        )


def _block(text: str) -> Record:
    return {"type": "text", "text": text}


def _close(answer: str, model: str, content: Sequence[Record]) -> Record:
    return {
        "k": "close",
        "of": answer,
        "status": "complete",
        "model": model,
        "content": list(content),
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1000, "output_tokens": 400},
    }
