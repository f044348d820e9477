-- Shared by every script below. All keys of a shard carry the same hash tag, so a script may build the names it
-- needs from the tag in ARGV[1]: they lie in the slot of KEYS[1], also on a Redis Cluster.
--
--   l:<lane>   list    waiting messages, head first; "<accepted ms><flag><payload>"
--   s:<lane>   hash    t target, g generation of its job, o owner (fence), n messages finished, a attempts on the head,
--                      b not before (ms), e last error, p plan of the head, c starts without an outcome,
--                      h what came of the head's attempts: "<ms>:<code>,…", the latest eight
--   m:<lane>   string  inbound lane: the open conversation; outbound lane: "<channel> <customer as JSON>"
--   i:<lane>   string  what the customer told about themselves before there was a conversation
--   a:<contact> string  whom a contact address stands for (only with trust_callback_customer)
--   o:<lane>   hash    what the customer was offered to choose from lately: see keep-offer.lua
--   q:<lane>   stream  what the customer of an inbound lane fetches by themselves: k key, e event (web chat)
--   v:<lane>:<session>  string  a session of that customer that is open (web chat)
--   t:<lane>   hash    the tabs that fetch it: tab -> "<last there, ms> <last event shown>"
--   d:<lane>:<message>  string  duplicate mark
--   f:<file>   string  "<lane> <sealed>": a link, an upload or a ticket for one
--   h:<name>   string  how often an address did something lately (the web chat's rates; kept for a minute)
--   g:<name>   string  its conversation's customer was forgotten: what still comes for it is dropped
--   j:<message> hash   lane -> journey, and "<lane>:1", "<lane>:2", … -> how a long one goes on
--   x:<lane>   string  the latest acceptance time of what went before a retry since one died: tells a late retry
--   w:<target> zset    lanes that wait for room     } a lane that holds messages
--   r:<target> zset    lanes that have a job        } is in exactly one
--   b:<target> zset    lanes that wait to try again } of these three
--   known      set     every target that ever had a lane: fixed in number by the channels
--   unjobbed   zset    job ids that were promised and not yet confirmed: what the repair pass visits
--   carried    hash    key of a job's lock -> "<owner> <lane>": the lane that the job went on with last when its own was
--                      empty; the repair pass gives it a job when the lock is gone
local tag = ARGV[1]

local function key(kind, name)
  return tag .. ':' .. kind .. ':' .. name
end

-- A full Redis refuses the first command of a script that could need memory, but not what comes after one that has
-- written: what takes messages off the lanes begins with a write that changes nothing, so that draining makes room again.
local function even_when_full()
  redis.call('DEL', tag .. ':nothing')
end

local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- A new generation makes every older job of the lane stale, so two jobs can never drain one lane.
local function give_job(lane, target, now, jobs)
  local generation = redis.call('INCR', tag .. ':generation')
  local id = lane .. '.' .. generation
  redis.call('HSET', key('s', lane), 'g', generation, 't', target)
  redis.call('ZADD', key('r', target), now, lane)
  redis.call('ZADD', tag .. ':unjobbed', now, id)
  jobs[#jobs + 1] = id
  jobs[#jobs + 1] = target
end

local function wait_for_room(lane, target, now)
  redis.call('HSET', key('s', lane), 't', target)
  redis.call('ZADD', key('w', target), now, lane)
  redis.call('SADD', tag .. ':targets', target)
end

-- How many more lanes of a target may have a job: a window per live worker process.
local function room(target, window)
  local workers = tonumber(redis.call('GET', tag .. ':workers') or '1')
  return window * workers - redis.call('ZCARD', key('r', target))
end

local function activate(lane, target, now, window, jobs)
  redis.call('SADD', tag .. ':known', target)
  if redis.call('EXISTS', key('w', target)) == 0 and room(target, window) > 0 then
    give_job(lane, target, now, jobs)
  else
    wait_for_room(lane, target, now)
  end
end

-- Gives jobs to the lanes that wait longest, as far as there is room.
local function release(target, most, window, now, jobs)
  local count = math.min(most, room(target, window))
  if count <= 0 then
    return
  end
  local lanes = redis.call('ZPOPMIN', key('w', target), count)
  for i = 1, #lanes, 2 do
    give_job(lanes[i], target, now, jobs)
  end
  if #lanes < count * 2 then
    redis.call('SREM', tag .. ':targets', target)
  end
end

local function accepted_at(element)
  return tonumber(string.sub(element, 1, 13))
end

-- A message accepted at this time goes before whatever of the lane is put back from now on. Known only where one died.
local function went_before(lane, time)
  local known = redis.call('GET', key('x', lane))
  if known and tonumber(known) < time then
    redis.call('SET', key('x', lane), time, 'XX', 'KEEPTTL')
  end
end

-- One value of more than 64 bytes, and Redis keeps a small hash as a large one, in 170 bytes more (hash-max-listpack-value):
-- what is longer goes on in the next field.
local piece = 64

-- The journey of a message in a lane; the index caps their number.
local function write_journey(message, lane, value, ttl)
  local name = key('j', message)
  local fields = { lane, string.sub(value, 1, piece) }
  while #fields[#fields] == piece do
    local n = #fields / 2
    fields[#fields + 1] = lane .. ':' .. n
    fields[#fields + 1] = string.sub(value, n * piece + 1, (n + 1) * piece)
  end
  redis.call('HSET', name, unpack(fields))
  redis.call('PEXPIRE', name, ttl)
end

local function read_journey(message, lane)
  local name = key('j', message)
  local last = redis.call('HGET', name, lane)
  local whole, n = last, 0
  while last and #last == piece do
    n = n + 1
    last = redis.call('HGET', name, lane .. ':' .. n)
    whole = whole .. (last or '')
  end
  return whole
end

local function drop_journey(message, lane)
  local name = key('j', message)
  local n = 0
  redis.call('HDEL', name, lane)
  repeat
    n = n + 1
  until redis.call('HDEL', name, lane .. ':' .. n) == 0
end

-- Takes the head off a lane; an emptied lane leaves nothing behind but its mapping.
-- Returns true when messages remain, the head, and whether one of the lane has died (`went_before` is of use then only).
local function finish_head(lane, target)
  local list, dead = key('l', lane), key('x', lane)
  local head = redis.call('LPOP', list)
  local state = key('s', lane)
  -- Mostly neither is there any more, and one command tells that of both.
  local there = redis.call('EXISTS', list, dead)
  local more = there == 2 or (there == 1 and redis.call('EXISTS', list) == 1)
  local died = there == 2 or (there == 1 and not more)
  if more then
    redis.call('HINCRBY', state, 'n', 1)
    redis.call('HDEL', state, 'a', 'b', 'e', 'p', 'c', 'h')
    return true, head, died
  end
  redis.call('DEL', state)
  if redis.call('ZREM', key('r', target), lane) == 0 then
    redis.call('ZREM', key('b', target), lane)
    redis.call('ZREM', key('w', target), lane)
  end
  return false, head, died
end

-- The owner's word counts only while it is the owner and the head is still the one it took.
-- Returns nil, the lane's target and what came of the head's attempts when it is, else 'fenced' (somebody else has the lane) or 'already' (this head was
-- finished before).
local function not_mine(lane, owner, finished)
  local found = redis.call('HMGET', key('s', lane), 'o', 'n', 't', 'h')
  if found[1] ~= owner then
    return 'fenced'
  end
  if (found[2] or '0') ~= finished then
    return 'already'
  end
  return nil, found[3], found[4]
end

-- A journey's end, with what came of the attempts before the last one where there were any.
local function with_attempts(journey, history)
  return history and journey .. '|' .. history or journey
end

-- Only an inbound lane's customer can have told something before a conversation began, or was offered something.
local function is_inbound(target)
  return string.sub(target, 1, 3) == 'in:'
end

-- Somebody becomes a lane's owner, of a new generation where one is given. `found`: n, a, p, e, c of its state. Adds to
-- `answer`: target, finished, attempts, starts, plan, mapping, last error, what the customer told before, whether they
-- were offered something lately (1 or 0), and the first `most` messages.
local function own(lane, owner, target, generation, found, most, answer)
  local starts = tonumber(found[5] or '0') + 1
  if generation then
    redis.call('HSET', key('s', lane), 'o', owner, 'c', starts, 'g', generation, 't', target)
  else
    redis.call('HSET', key('s', lane), 'o', owner, 'c', starts)
  end
  local mapping = redis.call('GET', key('m', lane)) or ''
  local told, offered = '', 0
  if is_inbound(target) then
    if mapping ~= '' then
      offered = redis.call('EXISTS', key('o', lane))
    elseif redis.call('EXISTS', key('i', lane), key('o', lane)) > 0 then
      told = redis.call('GET', key('i', lane)) or ''
      offered = redis.call('EXISTS', key('o', lane))
    end
  end
  local size = #answer
  answer[size + 1] = target
  answer[size + 2] = tonumber(found[1] or '0')
  answer[size + 3] = tonumber(found[2] or '0')
  answer[size + 4] = starts
  answer[size + 5] = found[3] or ''
  answer[size + 6] = mapping
  answer[size + 7] = found[4] or ''
  answer[size + 8] = told
  answer[size + 9] = offered
  for i, element in ipairs(redis.call('LRANGE', key('l', lane), 0, most - 1)) do
    answer[size + 9 + i] = element
  end
end

-- A conversation belongs to this customer ("<channel> <customer as JSON>"). An outbound lane that was waiting to hear of
-- it goes on at once.
local function bind(lane, customer, life, window, jobs)
  redis.call('SET', key('m', lane), customer, 'PX', life)
  if redis.call('HGET', key('s', lane), 't') == 'out:?' then
    redis.call('ZREM', key('b', 'out:?'), lane)
    redis.call('ZREM', key('r', 'out:?'), lane)
    redis.call('ZREM', key('w', 'out:?'), lane)
    redis.call('HDEL', key('s', lane), 'b', 'o', 'c')
    activate(lane, 'out:' .. string.match(customer, '^%S+'), clock(), window, jobs)
  end
end

-- The customer's open conversation was alive just now: its idle time begins anew.
local function touch(lane, conversation, life)
  if redis.call('GET', key('m', lane)) == conversation then
    redis.call('PEXPIRE', key('m', lane), life)
  end
end

-- Whether a job is still in the hands of who says so. A process that was frozen past its lock may wake up with a job that
-- another one has: it must neither take the lane nor give it away. `lock` '' = nobody asks. Where a life is given (ms), a
-- job that is still held is held for so long from now.
local function has_job(lock, owner, life)
  if lock == '' then
    return true
  end
  if redis.call('GET', lock) ~= owner then
    return false
  end
  if life then
    redis.call('PEXPIRE', lock, life)
  end
  return true
end
