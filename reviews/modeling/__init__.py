"""The model option, as pure functions: what a model is asked, how its answer is read, and what of it may be proposed.

Nothing here knows the database or the network (invariant 10).
"""

from reviews.modeling.answering import Nonsense, Suggestion, suggestions
from reviews.modeling.asking import Line, Question, messages, sha256_of
from reviews.modeling.judging import Discard, Kept, validated
from reviews.modeling.prompts import INSTRUCTIONS, PROMPT_VERSION, TASKS

__all__ = [
    "INSTRUCTIONS",
    "PROMPT_VERSION",
    "TASKS",
    "Discard",
    "Kept",
    "Line",
    "Nonsense",
    "Question",
    "Suggestion",
    "messages",
    "sha256_of",
    "suggestions",
    "validated",
]
