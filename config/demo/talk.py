"""What the people of the demo say about its draft, and when they work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from governance.models import Organization, User
from governance.services import set_calendar
from reviews.models import Passage, Question, Review, Section
from reviews.services.questions import assign_question
from reviews.services.threads import open_thread, reply

REMARK = "A reader who was not there looks for the customers first. @Mara Okafor, shall we begin with them?"
WORDING = "From 16:03 UTC on 4 February 2020, customers met errors wherever a page showed a map."
ANSWER = "Yes. Use it, and keep the entry behind it."
DOUBT = "Do we know that the alert is the first thing that anybody saw? Support may have had calls earlier."


def seed_talk(review: Review, people: Mapping[str, User]) -> None:
    """A suggestion for the first sentence, a doubt about the detection, and a question that waits for somebody."""
    mara, priya, jon = (people[f"{name}@demo.test"] for name in ("mara", "priya", "jon"))
    thread = open_thread(
        actor=priya,
        review=review,
        section=Section.objects.get(review=review, key="summary"),
        quote=_first_sentence(review, "summary"),
        body=REMARK,
        suggestion=WORDING,
    )
    reply(actor=mara, thread=thread, body=ANSWER)
    open_thread(
        actor=jon,
        review=review,
        section=Section.objects.get(review=review, key="detection"),
        quote=_first_sentence(review, "detection"),
        body=DOUBT,
    )
    question = Question.objects.filter(review=review, answer="").order_by("id").first()
    if question is not None:
        assign_question(actor=mara, question=question, person=priya)


def seed_calendar(organization: Organization, lead: User, now: datetime) -> None:
    """Monday to Friday in Berlin, without the days around the year's end."""
    holidays = {
        date(now.year, 12, 25): "Christmas Day",
        date(now.year, 12, 26): "Second day of Christmas",
        date(now.year + 1, 1, 1): "New Year’s Day",
    }
    set_calendar(
        actor=lead, organization=organization, zone="Europe/Berlin", workdays=range(5), holidays=holidays
    )


def _first_sentence(review: Review, key: str) -> str:
    rows = Passage.objects.filter(section__review=review, section__key=key).order_by("position")
    return str(rows.values_list("text", flat=True)[0])
