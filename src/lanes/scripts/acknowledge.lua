-- Heads of several lanes reached their end (delivered or ignored): off with them.
-- ARGV: tag, journey life, window, a lock's life (ms), then 10 per head:
--   lane, owner, finished, journey id ('' = none), journey, mapping life (0 = leave it),
--   whose the place of an emptied lane is: '' nobody's, 'job' a waiting lane of the target gets a job, else the key of the
--   owner's lock: the owner itself goes on with a waiting lane,
--   the key of the owner's lock when it is to be renewed, else '',
--   how many further messages to read, '' or what else is known as JSON (below)
-- Returns {now, answer, …}, per head one of: {'fenced'|'already'}, {'more', {job id, target, …}, offers, elements…},
--   {'lost', {job id, target, …}}: as 'more', but the lock was gone: the next message is not this owner's any more,
--   {'empty', {job id, target, …}}, {'next', {job id, target, …}, lane, generation, and what `own` says}
local now, window, life = clock(), tonumber(ARGV[3]), ARGV[4]

-- What a delivered message tells about conversations, each in the order of I2:
--   b outbound lane, w its customer, m for how long: a conversation was opened
--   o conversation, l for how long: it is the lane's customer's; i: what the customer told before has been passed on
--   t inbound lane, c conversation, k for how long: something was said in it
local function follow(lane, text, jobs)
  local told = cjson.decode(text)
  if told.b then
    bind(told.b, told.w, told.m, window, jobs)
  end
  if told.o then
    redis.call('SET', key('m', lane), told.o, 'PX', told.l)
    if told.i then
      redis.call('DEL', key('i', lane))
    end
  end
  if told.t then
    touch(told.t, told.c, told.k)
  end
end

-- Generations for all heads are taken at once, when the first is needed; one that is left over is nobody's.
local heads = (#ARGV - 4) / 10
local generations
local function next_generation()
  generations = (generations or redis.call('INCRBY', tag .. ':generation', heads) - heads) + 1
  return generations
end

local function go_on(target, lock, owner, most, answer)
  local lane = redis.call('ZPOPMIN', key('w', target))[1]
  if not lane then
    redis.call('SREM', tag .. ':targets', target)
    redis.call('HDEL', tag .. ':carried', lock)
    return
  end
  local generation = next_generation()
  local found = redis.call('HMGET', key('s', lane), 'n', 'a', 'p', 'e', 'c')
  redis.call('ZADD', key('r', target), now, lane)
  redis.call('HSET', tag .. ':carried', lock, owner .. ' ' .. lane)
  answer[1], answer[3], answer[4] = 'next', lane, generation
  own(lane, owner, target, generation, found, most, answer)
end

local function finish(at)
  local lane, owner, place, most = ARGV[at], ARGV[at + 1], ARGV[at + 6], tonumber(ARGV[at + 8])
  local refusal, target, history = not_mine(lane, owner, ARGV[at + 2])
  if refusal then
    return { refusal }
  end
  local jobs = {}
  local answer = { 'empty', jobs }
  if ARGV[at + 9] ~= '' then
    follow(lane, ARGV[at + 9], jobs)
  end
  if ARGV[at + 5] ~= '0' then
    redis.call('PEXPIRE', key('m', lane), ARGV[at + 5])
  end
  local more, head, died = finish_head(lane, target)
  if ARGV[at + 3] ~= '' then
    write_journey(ARGV[at + 3], lane, with_attempts(ARGV[at + 4], history), ARGV[2])
    -- A retry was counted when it was put back, by the time of its first acceptance.
    if died and string.sub(head, 14, 14) ~= '!' then
      went_before(lane, accepted_at(head))
    end
  end
  local held = has_job(ARGV[at + 7], owner, life)
  if more then
    answer[1] = held and 'more' or 'lost'
    if held and most > 0 then
      answer[3] = is_inbound(target) and redis.call('EXISTS', key('o', lane)) or 0
      for i, element in ipairs(redis.call('LRANGE', key('l', lane), 0, most - 1)) do
        answer[3 + i] = element
      end
    end
  elseif place ~= '' then
    -- Who does not hold its job's lock any more must not begin with a lane.
    if place ~= 'job' and redis.call('GET', place) == owner then
      go_on(target, place, owner, most, answer)
    else
      release(target, 1, window, now, jobs)
    end
  end
  return answer
end

even_when_full()
local answers = { now }
for at = 5, #ARGV, 10 do
  answers[#answers + 1] = finish(at)
end
return answers
