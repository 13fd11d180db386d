"""What all processes share for a while is kept where their messages go."""

import pytest
from django.conf import settings
from django.core.cache import cache

pytestmark = pytest.mark.django_db  # once a database: with PostgreSQL there is a Redis too


def test_the_cache_is_in_redis_or_in_files() -> None:
    backend = settings.CACHES["default"]["BACKEND"].rpartition(".")[2]
    redis = settings.BROKER_URL.startswith("redis")
    assert backend == ("RedisCache" if redis else "FileBasedCache")
    cache.set("kept", {"reason": "истек"}, 60)
    assert cache.get("kept") == {"reason": "истек"}
    cache.set("count", 1, 60)
    assert cache.incr("count") == 2
    cache.delete("kept")
    assert cache.get("kept") is None
