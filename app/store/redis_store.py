"""Keep shared state in Redis, for processes of several machines."""

import time
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from app.config.logs import logger
from app.store.outages import Outages
from app.store.protocol import Added, Space, StoreStartError, shared_name

_WAIT_SECONDS = 1.0
_MOST_CONNECTIONS = 16
_PREFIX = "sii-afp"
_BEGINNING = f"{_PREFIX}:beginning"
# A space is a sorted set of names by their end, and a hash of values or counts by name. Time is that of the server.
_START = """
local ends, values, name, most, life = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function purge(names)
    if #names == 0 then return end
    local has_values = redis.call('EXISTS', values) == 1
    for _, one in ipairs(names) do
        redis.call('ZREM', ends, one)
        if has_values then redis.call('HDEL', values, one) end
    end
end
local function insert(one)
    redis.call('ZADD', ends, now + life, one)
end
local function set_ends()
    local last = redis.call('ZREVRANGE', ends, 0, 0, 'WITHSCORES')[2]
    if last then
        redis.call('PEXPIREAT', ends, last)
        redis.call('PEXPIREAT', values, last)
    end
end
purge(redis.call('ZRANGEBYSCORE', ends, '-inf', now))
local has = redis.call('ZSCORE', ends, name)
local is_full = redis.call('ZCARD', ends) >= most
"""
_ADD = """
redis.call('SET', KEYS[3], clock[1], 'NX')
if ARGV[4] ~= '' and tonumber(ARGV[4]) < tonumber(redis.call('GET', KEYS[3])) then return 'forgotten' end
if has then return 'known' end
if is_full then return 'full' end
insert(name)
set_ends()
return 'new'
"""
_PUT = """
purge({name})
local over = redis.call('ZCARD', ends) - most + 1
if over > 0 then purge(redis.call('ZRANGE', ends, 0, over - 1)) end
insert(name)
redis.call('HSET', values, name, ARGV[4])
set_ends()
"""
_GET = "return redis.call('HGET', values, name)"
_TAKE = """
local value = redis.call('HGET', values, name)
purge({name})
return value
"""
_CHANGE = """
if redis.call('HGET', values, name) ~= ARGV[4] then return 0 end
redis.call('HSET', values, name, ARGV[5])
return 1
"""
_COUNT = """
if not has and is_full then
    name = ARGV[4]
    has = redis.call('ZSCORE', ends, name)
end
if not has then insert(name) end
local number = redis.call('HINCRBY', values, name, 1)
set_ends()
return {number, redis.call('ZSCORE', ends, name) - now}
"""


class RedisStore:
    """A store in Redis. Each call is one script, so it is atomic."""

    is_shared = True

    def __init__(self, url: str) -> None:
        """Raises ValueError if the URL is malformed."""
        self._url = url
        self._outages = Outages(redis.RedisError, OSError)
        self._pool = self._new_pool()
        self._client: Redis | None = None

    def check(self) -> None:
        """Raise StoreStartError if the server does not answer or refuses; warn if it may delete entries itself."""
        parts = urlsplit(self._url)
        place = f"{parts.scheme}://{parts.hostname}:{parts.port or 6379}{parts.path}"
        try:
            with redis.Redis.from_url(
                self._url, socket_timeout=_WAIT_SECONDS, socket_connect_timeout=_WAIT_SECONDS
            ) as client:
                client.set(_BEGINNING, int(time.time()), nx=True)
                memory: dict[str, Any] = client.info("memory")
        except (redis.RedisError, OSError) as error:
            raise StoreStartError(f"SII_AFP_STORE: {place} cannot be used ({type(error).__name__}).") from None
        if memory.get("maxmemory") and memory.get("maxmemory_policy") != "noeviction":
            logger.warning(
                "Redis may delete entries when its memory is full, and then a used token is accepted again. "
                "Set its maxmemory-policy to noeviction"
            )

    async def add(self, space: Space, name: str, seconds: float, since: float | None = None) -> Added:
        """See Store."""
        return Added((await self._run(_ADD, space, name, seconds, "" if since is None else repr(since))).decode())

    async def put(self, space: Space, name: str, value: bytes, seconds: float) -> None:
        """See Store."""
        await self._run(_PUT, space, name, seconds, value)

    async def get(self, space: Space, name: str) -> bytes | None:
        """See Store."""
        found: bytes | None = await self._run(_GET, space, name, 0)
        return found

    async def take(self, space: Space, name: str) -> bytes | None:
        """See Store."""
        found: bytes | None = await self._run(_TAKE, space, name, 0)
        return found

    async def change(self, space: Space, name: str, before: bytes, after: bytes) -> bool:
        """See Store."""
        return bool(await self._run(_CHANGE, space, name, 0, before, after))

    async def count(self, space: Space, name: str, seconds: float) -> tuple[int, float]:
        """See Store."""
        number, left = await self._run(_COUNT, space, name, seconds, shared_name(name, space.most))
        return number, left / 1000

    async def close(self) -> None:
        """See Store."""
        pool, self._pool, self._client = self._pool, self._new_pool(), None
        await pool.disconnect()

    async def _run(self, script: str, space: Space, name: str, seconds: float, *more: bytes | str) -> Any:
        with self._outages.watch():
            if self._client is None:
                self._client = Redis(connection_pool=self._pool)
            keys = [f"{_PREFIX}:{{{space.name}}}:ends", f"{_PREFIX}:{{{space.name}}}:values", _BEGINNING]
            run = self._client.register_script(_START + script)
            return await run(keys, [name, space.most, round(seconds * 1000), *more])

    def _new_pool(self) -> BlockingConnectionPool:
        return BlockingConnectionPool.from_url(
            self._url,
            max_connections=_MOST_CONNECTIONS,
            timeout=_WAIT_SECONDS,
            socket_timeout=_WAIT_SECONDS,
            socket_connect_timeout=_WAIT_SECONDS,
            # A connection that was idle while the server restarted is replaced. A name that was added although the
            # answer was lost is then known, so nothing is accepted twice.
            retry=Retry(NoBackoff(), 1),
        )
