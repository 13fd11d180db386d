"""The frame of every page: menus, tabs, header (docs/ui.md, «Pages»)."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from accounts.models import User
from accounts.roles import Permission, Role
from econtract.platform.common import clock
from econtract.platform.common.request_id import current_request_id
from econtract.platform.common.reversing import cached_reverse
from econtract.platform.listing.counters import count_label
from econtract.platform.notifications import inbox
from tasks.listing.counters import TaskCounters, count_tasks
from tasks.listing.tabs import TABS, get_tabs
from tasks.statuses import quick_filters

# The views of «Задания» by the beginnings of their names.
# Who runs batches, or leads those who do. The page is open to whoever sees a batch's tasks.
BATCH_ROLES = {Role.BATCH_RUNNER, Role.TEAM_LEAD, Role.HEAD, Role.ADMINISTRATOR}
TASK_PAGES = ("tasks:", "clients:", "acts:")
QUICK_FILTER_IN_SESSION = "quick_filter"


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor. It makes no queries; `Navigation` does when the template uses it."""
    return {"nav": Navigation(request), "request_id": current_request_id()}


class Navigation:
    """Menus and tabs of the user; pages that they can never open are left out."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)
        match = request.resolver_match
        self.view_name = match.view_name if match else ""
        self.tab = str(match.kwargs.get("tab", "")) if match else ""

    @cached_property
    def authorized_user(self) -> User | None:
        """The logged-in user if they have a role; the menus are empty for everybody else."""
        if isinstance(self.user, User) and self.user.has_permission(Permission.SEE_TASKS):
            return self.user
        return None

    def has_permission(self, permission: Permission) -> bool:
        return self.authorized_user is not None and self.authorized_user.has_permission(permission)

    @cached_property
    def counters(self) -> TaskCounters:
        """Computed once per request, and only for pages that show them."""
        if self.authorized_user is None:
            raise ValueError("Only a logged-in user with a role has counters.")
        return count_tasks(self.authorized_user)

    @cached_property
    def tab_codes(self) -> list[str]:
        """The tabs that can hold tasks for this user, in their order."""
        return get_tabs(self.authorized_user) if self.authorized_user else []

    @property
    def menu_items(self) -> list[dict[str, Any]]:
        """The side menu."""
        templates = self._menu_item(
            "templates", "Бланки", "templates:list", "file-text", ("templates:",)
        )
        is_editor = isinstance(self.user, User) and self.user.has_permission(
            Permission.EDIT_TEMPLATES
        )
        if self.authorized_user is None:
            return [templates] if is_editor else []
        items = [
            self._menu_item("tasks", "Задания", "home", "clipboard-list", TASK_PAGES),
            self._menu_item("reports", "Отчеты", "reports:page", "chart-bar", ("reports:",)),
        ]
        if self.authorized_user.role_codes & BATCH_ROLES:
            batches = self._menu_item(
                "batches", "Массовые прогоны", "batches:list", "checklist", ("batches:",)
            )
            items.insert(1, batches)
        if is_editor:
            items.append(templates)
        if self.authorized_user.is_administrator:
            items.append(self._menu_item("admin", "Администрирование", "admin:index", "settings"))
        items.append(self._menu_item("help", "Справка", "help:guide", "help", ("help:",)))
        return items

    def _menu_item(
        self, key: str, label: str, url_name: str, icon: str, prefixes: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """``prefixes`` are those of the view names that belong to the item."""
        url, current = cached_reverse(url_name), self.view_name.startswith(prefixes)
        return {"key": key, "label": label, "url": url, "icon": icon, "current": current}

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """«Мои задания 12 | Все задания 87 | Архив | Управление»."""
        counts = {
            "my": count_label(self.counters.own),
            "all": count_label(self.counters.visible),
            "archive": None,
        }
        clients_tab = {
            "label": "Управление",
            "url": cached_reverse("clients:home"),
            "current": self.view_name.startswith("clients:"),
            "count": None,
        }
        tabs = [
            {
                "label": TABS[tab].title,
                "url": self.list_url(tab),
                "current": self.view_name == "tasks:list" and tab == self.tab,
                "count": counts[tab],
            }
            for tab in self.tab_codes
        ]
        return [*tabs, clients_tab] if self.can_see_directory else tabs

    @property
    def can_see_directory(self) -> bool:
        return self.has_permission(Permission.SEE_DIRECTORY)

    def list_url(self, tab: str) -> str:
        """The URL of the tab, with the user's current quick filter."""
        url = cached_reverse("tasks:list", tab)
        group = self.request.session.get(QUICK_FILTER_IN_SESSION, "")
        has_quick_filters = tab != "archive" and group in quick_filters()
        return f"{url}?group={group}" if has_quick_filters else url

    @property
    def new_task_url(self) -> str:
        return cached_reverse("tasks:new") if self.has_permission(Permission.CREATE_TASKS) else ""

    @property
    def palette_url(self) -> str:
        return cached_reverse("search:palette") if self.authorized_user else ""

    @property
    def single_keys(self) -> bool:
        """Whether keys without Ctrl are on; each user can turn them off."""
        return not isinstance(self.user, User) or self.user.single_keys

    @property
    def search_url(self) -> str:
        return cached_reverse("search:page") if self.authorized_user else ""

    @property
    def query(self) -> str:
        """The text of the current search, for the search field of the header."""
        return self.request.GET.get("q", "") if self.view_name == "search:page" else ""

    @property
    def notifications_url(self) -> str:
        return cached_reverse("notifications:list") if self.authorized_user else ""

    @cached_property
    def notifications(self) -> str:
        """The number on the bell; "" if there is nothing unread."""
        counters = self.__dict__.get("counters")
        if counters and not counters.has_unread:
            return ""
        return inbox.bell_count(self.authorized_user) if self.authorized_user else ""

    @property
    def poll_url(self) -> str:
        """The URL that the bell polls; it sends the current number back."""
        seen = urlencode({"seen": self.notifications})
        return f"{cached_reverse('notifications:live')}?{seen}" if self.authorized_user else ""

    @property
    def rendered_at(self) -> str:
        """The time of this page. A bulk action skips tasks that others have taken since then."""
        return clock.now().isoformat()

    @property
    def user_label(self) -> str:
        return str(self.user) if isinstance(self.user, User) else ""

    @property
    def user_links(self) -> list[dict[str, str]]:
        """Links to the user's own settings."""
        password = {
            "label": "Сменить пароль",
            "url": cached_reverse("accounts:password"),
            "icon": "lock",
        }
        if self.authorized_user is None:
            return [password] if self.user_label else []
        return [
            {
                "label": "Настройки уведомлений",
                "url": cached_reverse("notifications:settings"),
                "icon": "bell",
            },
            {"label": "Клавиши", "url": cached_reverse("help:keys"), "icon": "keyboard"},
            password,
        ]

    @property
    def role_label(self) -> str:
        if self.authorized_user is None:
            return ""
        return ", ".join(sorted(str(role.label) for role in self.authorized_user.role_codes))

    @property
    def login_url(self) -> str:
        return cached_reverse("accounts:login")

    @property
    def logout_url(self) -> str:
        return cached_reverse("accounts:logout") if self.user_label else ""
