"""What every page's frame needs to know (docs/ui.md, «Pages»)."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from accounts.models import User
from accounts.roles import Permission
from econtract.platform.common import clock
from econtract.platform.common.request_id import current_request_id
from econtract.platform.common.reversing import cached_reverse
from econtract.platform.listing.counters import count_label
from econtract.platform.notifications import inbox
from tasks.listing.counters import TaskCounters, count_tasks
from tasks.listing.tabs import TABS, get_tabs
from tasks.statuses import quick_filters

QUICK_FILTER_IN_SESSION = "quick_filter"


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The frame's context; nothing is asked of the database until the page draws it."""
    return {"nav": Navigation(request), "request_id": current_request_id()}


class Navigation:
    """Menus and tabs for the person at hand; what he may never do is not there."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)
        match = request.resolver_match
        self.place = match.view_name if match else ""
        self.tab = str(match.kwargs.get("tab", "")) if match else ""

    @cached_property
    def person(self) -> User | None:
        """Whoever is logged in and has a role; the menus are empty for everybody else."""
        if isinstance(self.user, User) and self.user.has_permission(Permission.SEE_TASKS):
            return self.user
        return None

    @cached_property
    def counters(self) -> TaskCounters:
        """Counted once a request, and only when a page shows them."""
        if self.person is None:
            raise ValueError("Nobody is logged in: nothing to count.")
        return count_tasks(self.person)

    @cached_property
    def lists(self) -> list[str]:
        """The tabs that can hold anything for this person, in their order."""
        return get_tabs(self.person) if self.person else []

    @property
    def items(self) -> list[dict[str, Any]]:
        """The side menu."""
        if self.person is None:
            return []
        place = self.place
        items = [
            _item(
                "tasks",
                "Задания",
                cached_reverse("home"),
                "clipboard-list",
                place.startswith(("tasks:", "clients:")),
            )
        ]
        reports = cached_reverse("reports:page")
        items.append(_item("reports", "Отчеты", reports, "chart-bar", place.startswith("reports:")))
        if self.person.is_administrator:
            admin = cached_reverse("admin:index")
            items.append(_item("admin", "Администрирование", admin, "settings", False))
        help_url = cached_reverse("help:guide")
        items.append(_item("help", "Справка", help_url, "help", place.startswith("help:")))
        return items

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """«Мои задания 12 | Все задания 87 | Архив | Управление»."""
        counts = {
            "my": count_label(self.counters.own),
            "all": count_label(self.counters.visible),
            "archive": None,
        }
        manage = {
            "label": "Управление",
            "url": cached_reverse("clients:home"),
            "current": self.place.startswith("clients:"),
            "count": None,
        }
        lists = [
            {
                "label": TABS[tab].title,
                "url": self.list_url(tab),
                "current": self.place == "tasks:list" and tab == self.tab,
                "count": counts[tab],
            }
            for tab in self.lists
        ]
        return [*lists, manage] if self.sees_directory else lists

    @property
    def sees_directory(self) -> bool:
        return self.person is not None and self.person.has_permission(Permission.SEE_DIRECTORY)

    def list_url(self, tab: str) -> str:
        """The tab's address, with the quick filter that the person has on."""
        url = cached_reverse("tasks:list", tab)
        group = self.request.session.get(QUICK_FILTER_IN_SESSION, "")
        has_chips = tab != "archive" and group in quick_filters()
        return f"{url}?group={group}" if has_chips else url

    @property
    def new_task_url(self) -> str:
        may = self.person is not None and self.person.has_permission(Permission.CREATE_TASKS)
        return cached_reverse("tasks:new") if may else ""

    @property
    def palette_url(self) -> str:
        return cached_reverse("search:palette") if self.person else ""

    @property
    def single_keys(self) -> bool:
        """Whether keys without Ctrl act on the pages; each decides for himself."""
        return not isinstance(self.user, User) or self.user.single_keys

    @property
    def search_url(self) -> str:
        return cached_reverse("search:page") if self.person else ""

    @property
    def query(self) -> str:
        """What was searched for in the header, shown there again."""
        return self.request.GET.get("q", "") if self.place == "search:page" else ""

    @property
    def notifications_url(self) -> str:
        return cached_reverse("notifications:list") if self.person else ""

    @cached_property
    def notifications(self) -> str:
        """The figure on the bell; "" when there is nothing unread."""
        counted = self.__dict__.get("counters")
        if counted and not counted.has_unread:
            return ""
        return inbox.bell_count(self.person) if self.person else ""

    @property
    def poll_url(self) -> str:
        """Where the bell asks whether its figure is still true."""
        seen = urlencode({"seen": self.notifications})
        return f"{cached_reverse('notifications:live')}?{seen}" if self.person else ""

    @property
    def drawn_at(self) -> str:
        """The moment of this page: a bulk action leaves alone what others took since then."""
        return clock.now().isoformat()

    @property
    def user_label(self) -> str:
        return str(self.user) if isinstance(self.user, User) else ""

    @property
    def user_links(self) -> list[dict[str, str]]:
        """What each person sets up for himself."""
        if self.person is None:
            return []
        return [
            {
                "label": "Настройки уведомлений",
                "url": cached_reverse("notifications:settings"),
                "icon": "bell",
            },
            {"label": "Клавиши", "url": cached_reverse("help:keys"), "icon": "keyboard"},
        ]

    @property
    def role_label(self) -> str:
        if self.person is None:
            return ""
        return ", ".join(sorted(str(role.label) for role in self.person.role_codes))

    @property
    def login_url(self) -> str:
        return cached_reverse("accounts:login")

    @property
    def logout_url(self) -> str:
        return cached_reverse("accounts:logout") if self.user_label else ""


def _item(key: str, label: str, url: str, icon: str, current: bool) -> dict[str, Any]:
    return {"key": key, "label": label, "url": url, "icon": icon, "current": current}
