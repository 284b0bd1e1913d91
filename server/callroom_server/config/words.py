"""Sentences in the languages of the house: those of every command."""

from callroom_words.words import Lang, Words, preferred

__all__ = ["Lang", "Words", "preferred"]
