"""Access rules: who may open which URL, by URL name.

A URL without a rule is closed to everybody, and `tests/econtract/test_routes.py` fails. The rules
are about pages; `SigningTask.objects.visible_to` decides whose tasks a page shows. They are in
one table, not beside the URLs, so that a reviewer sees all of them at once.
"""

import logging
from collections.abc import Callable
from enum import Enum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.roles import PERMISSIONS, Permission

log = logging.getLogger(__name__)


class Everyone(Enum):
    """Rules that require no role."""

    PUBLIC = "public"
    LOGGED_IN = "logged in"


AccessRule = Everyone | Permission

RULES: dict[str, AccessRule] = {
    "home": Everyone.LOGGED_IN,
    "components": Everyone.LOGGED_IN,
    "accounts:login": Everyone.PUBLIC,
    "accounts:keep_form": Everyone.PUBLIC,
    "accounts:logout": Everyone.LOGGED_IN,
    "accounts:access": Everyone.LOGGED_IN,
    "accounts:password": Everyone.LOGGED_IN,
    "tasks:list": Permission.SEE_TASKS,
    "tasks:filters": Permission.SEE_TASKS,
    "tasks:owners": Permission.SEE_TASKS,
    "tasks:news": Permission.SEE_TASKS,
    "tasks:export": Permission.SEE_TASKS,
    "tasks:saved": Permission.SEE_TASKS,
    "tasks:saved_rename": Permission.SEE_TASKS,
    "tasks:saved_delete": Permission.SEE_TASKS,
    "tasks:columns": Permission.SEE_TASKS,
    "tasks:density": Permission.SEE_TASKS,
    "tasks:card": Permission.SEE_TASKS,
    "tasks:live": Permission.SEE_TASKS,
    "tasks:history": Permission.SEE_TASKS,
    "tasks:take_over": Permission.WORK_TASKS,
    "tasks:give_back": Permission.WORK_TASKS,
    "tasks:hand_over": Permission.WORK_TASKS,
    "tasks:colleagues": Permission.WORK_TASKS,
    "tasks:bulk_take_over": Permission.WORK_TASKS,
    "tasks:bulk_give_back": Permission.WORK_TASKS,
    "tasks:bulk_hand_over": Permission.WORK_TASKS,
    "tasks:bulk_documents": Permission.SEE_TASKS,
    "tasks:bulk_export": Permission.SEE_TASKS,
    "tasks:transition": Permission.SEE_TASKS,
    "tasks:comment": Permission.SEE_TASKS,
    "tasks:people": Permission.SEE_TASKS,
    "tasks:remind": Permission.WORK_TASKS,
    "tasks:link_by_email": Permission.WORK_TASKS,
    "tasks:step": Permission.SEE_TASKS,
    "tasks:files": Permission.SEE_TASKS,
    "tasks:contact_edit": Permission.WORK_TASKS,
    "tasks:contact_replace": Permission.WORK_TASKS,
    "tasks:contact_refresh": Permission.WORK_TASKS,
    "tasks:account": Permission.WORK_TASKS,
    "tasks:account_check": Permission.WORK_TASKS,
    "tasks:channel": Permission.WORK_TASKS,
    "tasks:client_box": Permission.WORK_TASKS,
    "tasks:client_box_choice": Permission.WORK_TASKS,
    "tasks:fraud_check": Permission.WORK_TASKS,
    "tasks:document_remove": Permission.WORK_TASKS,
    "tasks:document_retry": Permission.WORK_TASKS,
    "tasks:document_resubmit": Permission.WORK_TASKS,
    "tasks:document_review": Permission.WORK_TASKS,
    "tasks:document_files": Permission.WORK_TASKS,
    "tasks:document_attach": Permission.WORK_TASKS,
    "tasks:document_pdf": Permission.SEE_TASKS,
    "tasks:document_source": Permission.SEE_TASKS,
    "tasks:document_page": Permission.SEE_TASKS,
    "tasks:document_attachment": Permission.SEE_TASKS,
    "tasks:authority_file": Permission.SEE_TASKS,
    "tasks:package": Permission.SEE_TASKS,
    # Which task types: `tasks.screens.new_task.views.requests.get_form_kind`.
    "tasks:new": Permission.CREATE_TASKS,
    "tasks:new_form": Permission.CREATE_TASKS,
    "tasks:new_draft": Permission.CREATE_TASKS,
    "tasks:new_close": Permission.CREATE_TASKS,
    "tasks:new_delete": Permission.CREATE_TASKS,
    "tasks:new_reopen": Permission.CREATE_TASKS,
    "tasks:new_clients": Permission.CREATE_TASKS,
    "tasks:new_client": Permission.CREATE_TASKS,
    "tasks:new_contact_find": Permission.CREATE_TASKS,
    "tasks:new_contact_add": Permission.CREATE_TASKS,
    "tasks:new_contact_link": Permission.CREATE_TASKS,
    "tasks:new_account": Permission.CREATE_TASKS,
    "tasks:new_recipient": Permission.CREATE_TASKS,
    "tasks:new_document": Permission.CREATE_TASKS,
    "tasks:new_document_detach": Permission.CREATE_TASKS,
    "tasks:new_document_files": Permission.CREATE_TASKS,
    "tasks:new_document_review": Permission.CREATE_TASKS,
    "tasks:new_document_template": Permission.CREATE_TASKS,
    "tasks:new_document_fill": Permission.CREATE_TASKS,
    "tasks:new_document_pdf": Permission.CREATE_TASKS,
    "tasks:new_document_text": Permission.CREATE_TASKS,
    "tasks:new_document_page": Permission.CREATE_TASKS,
    "tasks:new_document_attachment": Permission.CREATE_TASKS,
    # Which sections, and whether they can be edited: `clients.screens.access`.
    "clients:home": Permission.SEE_DIRECTORY,
    "clients:list": Permission.SEE_DIRECTORY,
    "clients:card": Permission.SEE_DIRECTORY,
    "clients:add": Permission.EDIT_DIRECTORY,
    "clients:refresh": Permission.EDIT_DIRECTORY,
    "clients:person_edit": Permission.EDIT_DIRECTORY,
    "clients:declined_name": Permission.EDIT_DIRECTORY,
    "clients:contact": Permission.EDIT_DIRECTORY,
    "clients:contact_add": Permission.EDIT_DIRECTORY,
    "clients:contact_edit": Permission.EDIT_DIRECTORY,
    "clients:contact_link": Permission.EDIT_DIRECTORY,
    "clients:contact_relink": Permission.EDIT_DIRECTORY,
    "clients:contact_unlink": Permission.EDIT_DIRECTORY,
    # Which lists: `AgentList.objects.visible_to`; who changes them: `tasks.monthly_acts.lists`.
    "acts:lists": Permission.SEE_TASKS,
    "acts:list": Permission.SEE_TASKS,
    "acts:new": Permission.CREATE_TASKS,
    "acts:add": Permission.CREATE_TASKS,
    "acts:remove": Permission.CREATE_TASKS,
    "acts:rename": Permission.CREATE_TASKS,
    "acts:close": Permission.CREATE_TASKS,
    # Takes «Менеджер» too: `tasks.screens.monthly_acts.views.acts`.
    "acts:prepare": Permission.RUN_BATCHES,
    "acts:month": Permission.SEE_TASKS,
    "acts:table": Permission.SEE_TASKS,
    "acts:export": Permission.SEE_TASKS,
    # Managers choose templates in the form of a new task (`tasks.screens.new_task.templates`).
    "templates:list": Permission.EDIT_TEMPLATES,
    "templates:add": Permission.EDIT_TEMPLATES,
    "templates:card": Permission.EDIT_TEMPLATES,
    "templates:upload": Permission.EDIT_TEMPLATES,
    "templates:version": Permission.EDIT_TEMPLATES,
    "templates:publish": Permission.EDIT_TEMPLATES,
    "templates:source": Permission.EDIT_TEMPLATES,
    "templates:sample": Permission.EDIT_TEMPLATES,
    "templates:sample_page": Permission.EDIT_TEMPLATES,
    "templates:attachment": Permission.EDIT_TEMPLATES,
    # Starting one takes «Менеджер» too: `tasks.screens.batches.views.new_batch`.
    "batches:list": Permission.SEE_TASKS,
    "batches:new": Permission.RUN_BATCHES,
    "batches:page": Permission.SEE_TASKS,
    "batches:live": Permission.SEE_TASKS,
    "batches:act": Permission.RUN_BATCHES,
    "batches:correct": Permission.RUN_BATCHES,
    "batches:report": Permission.SEE_TASKS,
    "batches:row": Permission.SEE_TASKS,
    "batches:row_preview": Permission.RUN_BATCHES,
    "batches:row_review": Permission.RUN_BATCHES,
    "batches:row_page": Permission.SEE_TASKS,
    "batches:row_attachment": Permission.SEE_TASKS,
    "reports:page": Permission.SEE_TASKS,
    "reports:tasks": Permission.SEE_TASKS,
    "reports:export": Permission.SEE_TASKS,
    "search:page": Permission.SEE_TASKS,
    "search:palette": Permission.SEE_TASKS,
    "notifications:list": Permission.SEE_TASKS,
    "notifications:live": Permission.SEE_TASKS,
    "notifications:read": Permission.SEE_TASKS,
    "notifications:read_all": Permission.SEE_TASKS,
    "notifications:settings": Permission.SEE_TASKS,
    "help:statuses": Permission.SEE_TASKS,
    "help:guide": Permission.SEE_TASKS,
    "help:memo": Permission.SEE_TASKS,
    "help:scripts": Permission.SEE_TASKS,
    "help:prefixes": Permission.SEE_TASKS,
    "help:keys": Permission.SEE_TASKS,
    # Clients: whoever has the link (`tasks.screens.signing.visits`), or a code by SMS
    # (`tasks.actions.client_access`). They see nothing else of the product.
    "signing:document": Everyone.PUBLIC,
    "signing:progress": Everyone.PUBLIC,
    "signing:code": Everyone.PUBLIC,
    "signing:sign": Everyone.PUBLIC,
    "signing:refuse": Everyone.PUBLIC,
    "signing:wrong_number": Everyone.PUBLIC,
    "signing:rating": Everyone.PUBLIC,
    "signing:page": Everyone.PUBLIC,
    "signing:text": Everyone.PUBLIC,
    "signing:pdf": Everyone.PUBLIC,
    "signing:package": Everyone.PUBLIC,
    "client_documents:entry": Everyone.PUBLIC,
    "client_documents:code": Everyone.PUBLIC,
    "client_documents:list": Everyone.PUBLIC,
    "client_documents:leave": Everyone.PUBLIC,
    "client_documents:pdf": Everyone.PUBLIC,
    "client_documents:package": Everyone.PUBLIC,
    "client_documents:question": Everyone.PUBLIC,
    "client_documents:withdraw": Everyone.PUBLIC,
    "client_documents:consent": Everyone.PUBLIC,
    "verification:check": Everyone.PUBLIC,
    "verification:by_code": Everyone.PUBLIC,
    "verification:seal_roots": Everyone.PUBLIC,
}
# The only namespace with one rule for all its URLs. Django creates about a dozen for every
# registered model, and the admin site checks the permission of each (`accounts.admin_site`).
ADMIN_NAMESPACE = "admin"


def access_rule(view_name: str) -> AccessRule | None:
    """The rule of a URL by its full name («tasks:card»); None if none is declared."""
    if view_name.partition(":")[0] == ADMIN_NAMESPACE:
        return Permission.ADMINISTER
    return RULES.get(view_name)


class PermissionsMiddleware:
    """Answers 403 to a user who does not satisfy the rule of the URL."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        rule = access_rule(name)
        if rule is Everyone.PUBLIC:
            return None
        if rule is None:
            log.error("no access rule for the URL name=%s", name)
            raise PermissionDenied
        # SessionEndMiddleware has redirected anonymous users before.
        if isinstance(rule, Everyone) or not isinstance(request.user, User):
            return None
        if not request.user.role_codes:
            return redirect("accounts:access")
        if not request.user.has_permission(rule):
            raise PermissionDenied(describe_required_roles(rule))
        return None


def describe_required_roles(permission: Permission) -> str:
    """«Нужна роль «Тимлидер» или «Руководитель».»"""
    roles = [
        f"«{role.label}»" for role, permissions in PERMISSIONS.items() if permission in permissions
    ]
    return f"Нужна роль {' или '.join(roles)}."
