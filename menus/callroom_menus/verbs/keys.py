"""`keys`: says something and waits for a key, a code or a word.

    [node.main]
    say = "Welcome.{menu}"
    keys.1 = { label = "Balance", goto = "balance", words = ["balance", "CXYE"] }

An entry is looked up as: a key of the node; a key of `[global.keys]`; the whole entry as a word of the node,
of a global key, or an exit word; then as keys typed ahead; then as the longest word that it contains (the
first, of several as long). A word that begins or ends with a Latin letter or digit is contained only where it
stands by itself: no `en` in `when`. What is left may be nearly a word: then the robot asks whether that was
meant, and 1 or yes confirms. The rest is no match. A choice with `when` is there only while that is true.

Keys are typed ahead (`1*2`) if the entry is nothing but keys, each a key of the node that the one before led
to, the longest key first; and each but the last must lead to another node that waits. So `00` is not `0`
twice where `0` stays. What the nodes on the way would ask is not said.
"""

from __future__ import annotations

from rapidfuzz import fuzz, process

from callroom_forms.folding import fold
from callroom_menus.asides import pick, there
from callroom_menus.draft import Claim, Draft, NodeDraft
from callroom_menus.events import Say
from callroom_menus.model import Choice, Exit, Hit, Line, Node, Verb
from callroom_menus.patience import Patience
from callroom_menus.state import Phase
from callroom_menus.texts import NO, YES
from callroom_menus.turn import Turn

MAX_AHEAD = 16  # keys typed ahead in one entry
SUGGEST_FROM = 66  # percent alike: one of three characters may be wrong
MAX_SUGGESTED = 40  # characters of an entry that is looked at for that

_KEYPAD = "0123456789*#"
MAX_KEYED = 64  # keys in one entry that are looked at


class Keys(Verb, frozen=True):
    """Waits for a choice.

    `table` holds every exact entry, folded; `pressed` the keys alone; `contained` the words, longest first.
    """

    patience: Patience
    table: dict[str, Hit]
    pressed: dict[str, Choice]
    longest_key: int
    contained: tuple[tuple[str, Choice], ...]

    stands = frozenset({Phase.WAITING, Phase.AWAY})

    def enter(self, turn: Turn, node: Node) -> str | None:
        """Stays, and asks."""
        turn.wait_at(node.name)
        if not turn.quiet:
            turn.prompt(node)
            self.patience.rest(turn)
        return None

    def ask(self, turn: Turn, node: Node, line: Line) -> None:
        """Says a line and waits again."""
        turn.say(line)
        self.patience.rest(turn)

    def entered(self, turn: Turn, node: Node, text: str) -> bool:
        """Takes what was typed."""
        if turn.pending and self._settled(turn, node, text):
            return True
        hit = self.table.get(text)  # the table is folded; what was typed may well be, too
        if hit is None or hit.choice.when is not None:
            folded = fold(text)
            hit = hit or self.table.get(folded)
            if hit is not None and not there(turn, hit.choice):
                hit = None
            if hit is None and len(folded) > 1 and _keyed(folded) and self._walked(turn, text, folded):
                return True
            hit = hit or self._containing(turn, folded)
            if hit is None:
                self._doubt(turn, node, text, folded)
                return True
        turn.log(hit.how, text)
        pick(turn, hit.choice)
        return True

    def silent(self, turn: Turn, node: Node) -> bool:
        """Takes a silence, where one can be."""
        return self.patience.silent(turn, node)

    def returned(self, turn: Turn, node: Node) -> bool:
        """Says again where the call stands."""
        turn.log("return")
        turn.stay()
        turn.prompt(node)
        self.patience.rest(turn)
        return True

    def exits(self) -> tuple[Exit, ...]:
        """Where its choices lead, and to where it gives up."""
        choices = {(hit.how, hit.choice.key): hit.choice for hit in self.table.values()}
        found = (
            Exit(f"{'keys' if how == 'key' else how}.{key}", one.target)
            for (how, key), choice in choices.items()
            if how in ("key", "global")
            for one in choice.action.exits()
        )
        return (*found, *self.patience.exits())

    def leading(self, turn: Turn, keys: str) -> Choice | None:
        """The choice of the longest key that these keys begin with."""
        length = self.longest_key
        while length:
            choice = self.pressed.get(keys[:length])
            if choice is not None and (choice.when is None or choice.when.true(turn)):
                return choice
            length -= 1
        return None

    def _walked(self, turn: Turn, text: str, keys: str) -> bool:
        """Walks the keys typed ahead; False, with nothing done, if they lead nowhere."""
        choice = self.leading(turn, keys)
        if choice is None:
            return False
        mark = turn.mark()
        turn.log("ahead", text)
        for _ in range(MAX_AHEAD):
            here, below = turn.node, turn.below
            keys = keys[len(choice.key) :]
            turn.backwards = False
            if not keys:
                turn.quiet = False
                pick(turn, choice)
                return True
            turn.quiet = True
            pick(turn, choice)
            if turn.phase is not Phase.WAITING or (turn.node == here and turn.below == below):
                break
            verb = turn.menu.nodes[turn.node].verb
            choice = verb.leading(turn, keys) if isinstance(verb, Keys) else None
            if choice is None:
                break
        turn.rewind(mark)
        return False

    def _there(self, turn: Turn, hit: Hit | None) -> Hit | None:
        return hit if hit is not None and there(turn, hit.choice) else None

    def _settled(self, turn: Turn, node: Node, text: str) -> bool:
        """Takes an answer to the last suggestion; False, with the suggestion forgotten, if it is none."""
        answer, key = fold(text), turn.pending
        turn.pending = ""
        hit = self._there(turn, self.table.get(key))
        if answer in YES and hit is not None:
            turn.log("confirmed", text)
            pick(turn, hit.choice)
        elif answer in NO and answer not in self.table:
            turn.log("declined", text)
            self.ask(turn, node, node.say)
        else:
            return False
        return True

    def _doubt(self, turn: Turn, node: Node, text: str, folded: str) -> None:
        """Asks whether the word most like this entry was meant, if one is like it."""
        choice = self._near(turn, folded)
        if choice is None:
            self.patience.missed(turn, node, text)
            return
        meant = choice.label if choice.hidden else f"{choice.key} {choice.label}"
        question = turn.texts.suggestion.format(choice=meant)
        self.patience.doubted(turn, text, Say(question, node.say.choices(turn), node.name), choice.key)

    def _near(self, turn: Turn, folded: str) -> Choice | None:
        if not 1 < len(folded) <= MAX_SUGGESTED or _keyed(folded):
            return None
        words = [
            (word, choice)
            for word, choice in self.contained
            if len(word) > 1 and not _keyed(word) and there(turn, choice)
        ]
        spoken = [word for word, _ in words]
        best = process.extractOne(folded, spoken, scorer=fuzz.ratio, score_cutoff=SUGGEST_FROM)
        return None if best is None else words[best[2]][1]

    def _containing(self, turn: Turn, folded: str) -> Hit | None:
        """The longest word in this entry, the first one of several as long."""
        best: tuple[int, Choice] | None = None
        length = 0
        for word, choice in self.contained:
            if best is not None and len(word) < length:
                break
            at = find_word(folded, word)
            if at >= 0 and there(turn, choice) and (best is None or at < best[0]):
                best = at, choice
                length = len(word)
        return None if best is None else Hit("contained", best[1])


def _keyed(entry: str) -> bool:
    """Whether this is nothing but keys."""
    return 0 < len(entry) <= MAX_KEYED and not entry.strip(_KEYPAD)


def find_word(text: str, word: str) -> int:
    """Where a word stands in a text, by itself if it is of Latin letters or digits; -1 if nowhere."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (at and _alike(text[at - 1], word[0])) and not (
            end < len(text) and _alike(text[end], word[-1])
        ):
            return at
        at = text.find(word, at + 1)
    return -1


def _alike(one: str, other: str) -> bool:
    """Both of the kind that is written together: ASCII letters and digits."""
    return one.isascii() and other.isascii() and one.isalnum() and other.isalnum()


def read(draft: Draft, node: NodeDraft) -> Verb:
    """Reads what `keys`, `[global.keys]` and the waiting fields say for this node."""
    if not node.own and not node.shared:
        node.section.add("keys", "no-keys")
    waiting = draft.waiting(node.section)
    own = {choice.key for choice in node.own}
    claims = [*draft.exit_claims(node, waiting), *node.claims(), *draft.shared_claims(node)]
    words = _settle(draft, claims, own, own | {choice.key for choice in node.shared})
    table = {word: claim.hit for word, claim in words.items()}
    pressed = {choice.key: choice for choice in (*node.shared, *node.own)}
    table |= {choice.key: Hit("global", choice) for choice in node.shared}
    table |= {choice.key: Hit("key", choice) for choice in node.own}
    contained = [(word, claim.hit.choice) for word, claim in words.items() if claim.hit.how == "word"]
    return Keys(
        patience=draft.patience(node, waiting),
        table=table,
        pressed=pressed,
        longest_key=max(map(len, pressed), default=0),
        contained=tuple(sorted(contained, key=lambda item: -len(item[0]))),
    )


def _settle(draft: Draft, claims: list[Claim], own: set[str], keys: set[str]) -> dict[str, Claim]:
    """Who gets which word. What a node says for itself goes before what is said for all nodes."""
    own = own | {claim.word for claim in claims if not claim.shared}
    words: dict[str, Claim] = {}
    for claim in claims:
        if claim.shared and claim.word in own:
            continue
        if claim.word in keys:
            draft.book.add(claim.path, "word-is-key", word=claim.word)
        elif claim.word in words:
            draft.book.add(claim.path, "word-twice", word=claim.word, other=words[claim.word].owner)
        else:
            words[claim.word] = claim
    return words
