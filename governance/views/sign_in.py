"""The door: signing in, and where one goes from there."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from governance.forms import SignInForm
from governance.models import User
from governance.selectors import organizations_of


@method_decorator(never_cache, name="dispatch")
class SignIn(LoginView):
    """Django's own sign-in with our form; invalid answers are 422."""

    template_name = "governance/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """To the only organization, or to a choice of them."""
    user = request.user
    organizations = list(organizations_of(user)) if isinstance(user, User) else []
    if len(organizations) == 1:
        return redirect("work:home", organizations[0].slug)
    return render(request, "governance/start.html", {"organizations": organizations})
