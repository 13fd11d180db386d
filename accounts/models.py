"""Users, their roles, and the access groups that decide whose tasks they see."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.roles import PERMISSIONS, Permission, Role, TaskType
from econtract.platform.common import clock
from econtract.platform.common.text import name_with_initials


def validate_time_zone(name: str) -> None:
    """Raises ValidationError for a name that the time zone database does not have."""
    if name not in available_timezones():
        raise ValidationError("Укажите часовой пояс, например Europe/Moscow или Asia/Yekaterinburg")


class UserManager(BaseUserManager["User"]):
    """`createsuperuser` makes the first administrator with it."""

    def create_user(
        self, username: str, email: str = "", password: str | None = None, **more: Any
    ) -> "User":
        """Creates a user without roles; without a password they cannot log in."""
        user = self.model(
            username=User.normalize_username(username),
            email=self.normalize_email(email),
            **more,
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, username: str, email: str = "", password: str | None = None, **more: Any
    ) -> "User":
        """Creates a user with the role «Администратор»: rights come from roles only."""
        user = self.create_user(username, email, password, **more)
        user.roles.create(role=Role.ADMINISTRATOR)
        change = f"Выдано: роль «{Role.ADMINISTRATOR.label}» (команда на сервере)"
        JournalEntry.objects.create(subject=user, change=change)
        return user


class User(AbstractUser):
    """An employee. ``is_active=False`` blocks them.

    A session is valid for one password and one ``session_generation``: `end_sessions` ends all.
    """

    patronymic = models.CharField("Отчество", max_length=150, blank=True)
    phone = models.CharField(
        "Рабочий телефон",
        max_length=30,
        blank=True,
        help_text="Его видят клиенты на странице подписания.",
    )
    time_zone = models.CharField(
        "Часовой пояс", max_length=64, default="Europe/Moscow", validators=[validate_time_zone]
    )
    single_keys = models.BooleanField(
        "Клавиши без Ctrl",
        default=True,
        help_text="Сочетания из одной клавиши; выключаются на странице «Клавиши» (WCAG 2.1.4).",
    )
    blocked_at = models.DateTimeField("Заблокирован", null=True, blank=True, editable=False)
    block_reason = models.CharField("Причина блокировки", max_length=500, blank=True)

    session_generation = models.PositiveIntegerField("Поколение сеансов", default=0, editable=False)
    must_change_password = models.BooleanField(
        "Сменить пароль при входе",
        default=False,
        editable=False,
        help_text="Пароль задал администратор: при первом входе сотрудник задает свой.",
    )

    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = "пользователь"
        verbose_name_plural = "пользователи"
        # For the task lists that are sorted by manager.
        indexes = [models.Index(fields=["last_name", "first_name"], name="user_by_name")]

    def __str__(self) -> str:
        return self.short_name or self.username

    def end_sessions(self) -> None:
        """Makes all sessions of the user invalid for good. The caller saves the user."""
        self.session_generation += 1

    def get_session_auth_hash(self) -> str:
        return self._add_generation(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return map(self._add_generation, super().get_session_auth_fallback_hash())

    def _add_generation(self, password_hash: str) -> str:
        # Without a generation the hash is Django's: sessions of before the upgrade go on.
        generation = self.session_generation
        return f"{password_hash}:{generation}" if generation else password_hash

    @property
    def short_name(self) -> str:
        """«Иванова А. А.»; empty without a last name."""
        return name_with_initials(self.last_name, self.first_name, self.patronymic)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def role_codes(self) -> frozenset[Role]:
        """Read once per request; one query, none for the logged-in user."""
        return frozenset(Role(code) for code in self.roles.values_list("role", flat=True))

    @cached_property
    def task_types(self) -> frozenset[TaskType]:
        """Task types that the user has access to. Read once per request; one query."""
        codes = self.type_accesses.values_list("task_type", flat=True)
        return frozenset(TaskType(code) for code in codes)

    def has_permission(self, permission: Permission) -> bool:
        """Whether one of the user's roles gives it. A blocked user has no permissions."""
        return self.is_active and any(permission in PERMISSIONS[r] for r in self.role_codes)

    @property
    def access_groups(self) -> "models.QuerySet[AccessGroup]":
        """The access groups that the user is a member of, in whatever capacity."""
        memberships = AccessGroupUserObjectPermission.objects.filter(user=self)
        return AccessGroup.objects.filter(pk__in=memberships.values("content_object"))

    @property
    def is_administrator(self) -> bool:
        return self.has_permission(Permission.ADMINISTER)

    @property
    def is_staff(self) -> bool:  # type: ignore[override]
        """Whether Django lets the user into the admin: decided by role, not by a column."""
        return self.is_administrator


class RoleGrant(models.Model):
    """One role of one user; roles add up."""

    user = models.ForeignKey(User, models.CASCADE, related_name="roles", verbose_name="Сотрудник")
    role = models.CharField("Роль", max_length=20, choices=Role)

    class Meta:
        verbose_name = "роль"
        verbose_name_plural = "роли"
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_once_a_user")]

    def __str__(self) -> str:
        return self.get_role_display()


class TypeAccess(models.Model):
    """A task type that a user has access to."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="type_accesses", verbose_name="Сотрудник"
    )
    task_type = models.CharField("Тип заданий", max_length=20, choices=TaskType)

    class Meta:
        verbose_name = "доступ к типу заданий"
        verbose_name_plural = "доступы к типам заданий"
        constraints = [
            models.UniqueConstraint(fields=["user", "task_type"], name="type_access_once_a_user")
        ]

    def __str__(self) -> str:
        return self.get_task_type_display()


def group_name_key(name: str) -> str:
    """``name`` without case and spaces."""
    return "".join(name.split()).casefold()


class AccessGroup(models.Model):
    """A group whose team leaders and heads see its managers' tasks.

    Membership is a django-guardian grant of one of the permissions below on the group
    (`accounts.memberships`).
    """

    MEMBER_MANAGER = "member_manager"
    MEMBER_TEAM_LEAD = "member_team_lead"
    MEMBER_HEAD = "member_head"

    name = models.CharField("Название", max_length=200, unique=True)
    # The name without case and spaces: «Урал» and « урал» are one group.
    name_key = models.CharField(max_length=220, unique=True, editable=False)
    managers_see_each_other = models.BooleanField(
        "Менеджеры видят задания друг друга",
        default=False,
        help_text="Менеджеры группы видят задания друг друга и могут принимать их в работу.",
    )
    created_at = models.DateTimeField("Создана", default=clock.now, editable=False)

    class Meta:
        verbose_name = "группа доступа"
        verbose_name_plural = "группы доступа"
        ordering = ["name"]
        permissions = [
            ("member_manager", "Менеджер"),
            ("member_team_lead", "Тимлидер"),
            ("member_head", "Руководитель"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name = " ".join(self.name.split())
        self.name_key = group_name_key(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Raises ValidationError if another group has this name, whatever its case and spaces."""
        same = AccessGroup.objects.filter(name_key=group_name_key(self.name)).exclude(pk=self.pk)
        if group := same.first():
            raise ValidationError({"name": f"Группа с таким названием уже есть: «{group}»"})


class AccessGroupUserObjectPermission(UserObjectPermissionBase):
    """Membership of a user in an access group (guardian's direct foreign key table)."""

    content_object = models.ForeignKey(
        AccessGroup, models.CASCADE, related_name="members", verbose_name="Группа доступа"
    )

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = "участник группы"
        verbose_name_plural = "участники группы"
        indexes = [models.Index(fields=["content_object", "permission"], name="member_by_role")]

    def __str__(self) -> str:
        return f"{self.user} – {self.permission.name}"


class AccessGroupGroupObjectPermission(GroupObjectPermissionBase):
    """Guardian requires this table too; grants to Django groups are not used."""

    content_object = models.ForeignKey(AccessGroup, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.group} – {self.permission.name}"


class JournalEntry(models.Model):
    """Who changed whose rights, passwords and log-in, and when. Without an actor: the server.

    Written by `accounts.actions`, and for the first administrator by `UserManager`.
    """

    at = models.DateTimeField("Когда", default=clock.now, db_index=True)
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="Кто изменил"
    )
    subject = models.ForeignKey(
        User, models.CASCADE, related_name="rights_journal", verbose_name="Сотрудник"
    )
    change = models.CharField("Что изменено", max_length=500)

    class Meta:
        verbose_name = "запись журнала прав"
        verbose_name_plural = "журнал прав"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%d.%m.%Y %H:%M} {self.subject}: {self.change}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("Entries of the rights journal cannot be changed.")
        super().save(*args, **kwargs)
