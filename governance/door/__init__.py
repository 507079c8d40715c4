"""The door: how people come in, what they show for it, and how they are known again.

django-allauth does the work; this package says which of its pages exist, how they speak and what limits hold. What a
request's sign-in was worth is asked of ``governance.authentication``.
"""
