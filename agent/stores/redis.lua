-- What the store does, in one script: each call of it is atomic, and its time is Redis's own, in milliseconds.
-- KEYS: the beginning of all keys. ARGV: what to do, the id (a tag, a place in the order), then its values.
--   doc:ID      revision and document           history:ID  entries, each behind its time
--   tags:ID     what finds it                   tag:NAME    its ids, by the time from which it finds none
--   ids         all ids, in their order         ends        those that end, by when
-- Documents, histories and tags end by themselves; `sweep` takes them out of ids and ends.

local prefix, what, id = KEYS[1], ARGV[1], ARGV[2]
local seconds = redis.call('TIME')
local now = seconds[1] * 1000 + math.floor(seconds[2] / 1000)
local doc, history, tags = prefix .. 'doc:' .. id, prefix .. 'history:' .. id, prefix .. 'tags:' .. id
local ids, ends = prefix .. 'ids', prefix .. 'ends'

local function whole(number)
  return string.format('%.0f', number)
end

-- When a key ends: 0 if it is not there, infinite if it has no end.
local function end_of(key)
  local left = redis.call('PTTL', key)
  if left == -2 then return 0 end
  if left == -1 then return math.huge end
  return now + left
end

local function end_at(key, moment)
  if moment == math.huge then redis.call('PERSIST', key) else redis.call('PEXPIREAT', key, whole(moment)) end
end

-- Entries are in the order of their times; the oldest ones end first, the list with its last one.
local function forget_old(kept)
  local first = redis.call('LINDEX', history, 0)
  while first and tonumber(string.match(first, '^%d+')) <= now - kept do
    redis.call('LPOP', history)
    first = redis.call('LINDEX', history, 0)
  end
end

local function enter(entry, kept)
  if entry == '' then return end
  redis.call('RPUSH', history, whole(now) .. ' ' .. string.sub(entry, 2))
  forget_old(kept)
  redis.call('PEXPIRE', history, whole(kept))
end

-- Tags find an id as long as its document or its history is there.
local function settle()
  local last = math.max(end_of(doc), end_of(history))
  for _, name in ipairs(redis.call('SMEMBERS', tags)) do
    local key = prefix .. 'tag:' .. name
    if last == math.huge then
      redis.call('ZADD', key, '+inf', id)
    else
      redis.call('ZADD', key, whole(last), id)
    end
    redis.call('ZREMRANGEBYSCORE', key, '-inf', whole(now))
    local longest = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2]
    if longest == 'inf' then end_at(key, math.huge) elseif longest then end_at(key, tonumber(longest)) end
  end
  end_at(tags, last)
end

local act = {}

function act.load()
  return redis.call('HMGET', doc, 'revision', 'document')
end

-- Revision, document, the expected revision (empty: none), milliseconds to keep it (empty: for ever) and its
-- history, an entry (after "="; empty: none), tags.
function act.save(revision, document, expected, keep, kept, entry, ...)
  if (redis.call('HGET', doc, 'revision') or '') ~= expected then return 0 end
  redis.call('HSET', doc, 'revision', revision, 'document', document)
  redis.call('ZADD', ids, 0, id)
  if keep == '' then
    end_at(doc, math.huge)
    redis.call('ZREM', ends, id)
  else
    end_at(doc, now + keep)
    redis.call('ZADD', ends, whole(now + keep), id)
  end
  if select('#', ...) > 0 then redis.call('SADD', tags, ...) end
  enter(entry, kept)
  settle()
  return 1
end

function act.delete(kept, entry)
  redis.call('DEL', doc)
  redis.call('ZREM', ids, id)
  redis.call('ZREM', ends, id)
  enter(entry, kept)
  settle()
end

function act.history(kept)
  forget_old(kept)
  return redis.call('LRANGE', history, 0, -1)
end

function act.tagged()
  return redis.call('ZRANGEBYSCORE', prefix .. 'tag:' .. id, '(' .. whole(now), '+inf')
end

-- An id in the order may have no document any more, until the next sweep.
function act.after(limit)
  local found, last = {}, '(' .. id
  while #found < limit * 3 do
    local page = redis.call('ZRANGEBYLEX', ids, last, '+', 'LIMIT', 0, limit)
    if #page == 0 then break end
    for _, one in ipairs(page) do
      local kept = redis.call('HMGET', prefix .. 'doc:' .. one, 'revision', 'document')
      if kept[1] and #found < limit * 3 then
        table.insert(found, one)
        table.insert(found, kept[1])
        table.insert(found, kept[2])
      end
    end
    last = '(' .. page[#page]
  end
  return found
end

function act.sweep(limit)
  local over = redis.call('ZRANGEBYSCORE', ends, '-inf', whole(now), 'LIMIT', 0, limit)
  for _, one in ipairs(over) do
    redis.call('ZREM', ids, one)
    redis.call('ZREM', ends, one)
  end
  return #over
end

-- What is kept here is of this version from now on; a newer one is told and left as it is.
function act.open(version)
  redis.call('SET', prefix .. 'version', version, 'NX')
  return redis.call('GET', prefix .. 'version')
end

return act[what](unpack(ARGV, 3))
