"""The template that Afterword comes with: the ten sections of a full postmortem, and what only people can answer."""

from __future__ import annotations

from reviews.enums import SectionKey
from reviews.templating import Asked, Asking, Part, Template

USUAL = Template(
    (
        Part(
            SectionKey.SUMMARY,
            is_required=True,
            guidance="What happened, to whom, for how long, and how it ended: four sentences for somebody who was not "
            "there.",
        ),
        Part(
            SectionKey.CUSTOMER_IMPACT,
            is_required=True,
            guidance="What customers could not do, how many of them, and from when to when. Say how it was counted, or "
            "why nobody knows.",
            questions=(
                Asking(
                    "impact_numbers",
                    "How many customers, requests or payments were affected, and how do we know?",
                    Asked.OWNER,
                ),
            ),
        ),
        Part(
            SectionKey.DETECTION,
            guidance="What noticed the incident, how long after the impact began, and what should have noticed it "
            "earlier.",
            questions=(Asking("halve_detection", "How would we halve the time to detection?", Asked.OWNER),),
        ),
        Part(
            SectionKey.CONTRIBUTING_FACTORS,
            is_required=True,
            guidance="What made the incident possible, long, or worse than it had to be: in technology, in how work is "
            "organized, and outside. An individual’s action is where questions begin, never where they end.",
            questions=(
                Asking(
                    "root_cause",
                    "What do you take to have caused this, how sure are you, and what would make you surer? “No single "
                    "root cause” is an answer.",
                    Asked.COMMANDER,
                ),
                Asking(
                    "why_sense",
                    "Why did the design, and what people did, make sense at the time?",
                    Asked.RESPONDER,
                ),
                Asking(
                    "five_whys",
                    "Begin with the factor that mattered most and ask “why?” five times, each of the answer before. "
                    "What stands at the end?",
                    Asked.OWNER,
                ),
            ),
        ),
        Part(
            SectionKey.MITIGATION,
            guidance="What was done, and what was then seen. Name what did not help too.",
        ),
        Part(
            SectionKey.WENT_WELL,
            guidance="What worked and should stay. Keep luck apart: what would have been worse on another day?",
            questions=(Asking("went_well", "What went well, and where were we lucky?", Asked.COMMANDER),),
        ),
        Part(
            SectionKey.SECURITY,
            guidance="Whether data, access or credentials were exposed, who knows it, and what was done about it.",
            questions=(
                Asking(
                    "exposure",
                    "Was any data or access exposed, also during the response? How do we know?",
                    Asked.OWNER,
                ),
            ),
        ),
        Part(
            SectionKey.SURPRISES,
            guidance="What turned out different from what people believed about the system. These are the gaps in our "
            "picture of it.",
            questions=(
                Asking(
                    "surprise",
                    "What surprised you, and what had you believed about the system until then?",
                    Asked.RESPONDER,
                ),
            ),
        ),
        Part(
            SectionKey.UNRESOLVED_RISKS,
            guidance="What could still go wrong in the same way, and who watches it until it cannot.",
            questions=(
                Asking(
                    "remaining_risk",
                    "What could make this happen again before the action items are done, and who watches for it?",
                    Asked.OWNER,
                ),
            ),
        ),
        Part(
            SectionKey.LESSONS,
            guidance="What another team could learn from this without having been there.",
            questions=(Asking("lesson", "What did we learn that other teams should know?", Asked.COMMANDER),),
        ),
    )
)
