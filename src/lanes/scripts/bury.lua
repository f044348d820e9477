-- The head ends undelivered: it becomes a dead letter, with its plan, and the lane goes on.
-- ARGV: tag, lane, owner ('' = an operator, who fences the worker out), finished, journey id ('' = none), journey,
--   journey life, reason, detail, dead letter life, most dead letters, window, an operator's head: its acceptance time
-- Returns {'fenced'|'already'|'none'}, or {'more'|'empty', dead letter number, job id, target, …}.
even_when_full()
local lane, owner = ARGV[2], ARGV[3]
local state = key('s', lane)
if owner == '' then
  if redis.call('EXISTS', key('l', lane)) == 0 then
    return { 'none' }
  end
  -- The head that the operator looked at may be gone by now; nobody asked for the next one to be buried.
  local head = redis.call('LINDEX', key('l', lane), 0)
  if ARGV[13] ~= ''
      and (string.sub(head, 1, 13) ~= ARGV[13] or (redis.call('HGET', state, 'n') or '0') ~= ARGV[4]) then
    return { 'already' }
  end
else
  local refusal = not_mine(lane, owner, ARGV[4])
  if refusal then
    return { refusal }
  end
end
local now = clock()
local found = redis.call('HMGET', state, 't', 'a', 'p', 'h')
local target = found[1]
local number = redis.call('INCR', tag .. ':dead-number')
local dead = key('dead', number)
local life = tonumber(ARGV[10])
redis.call('HSET', dead, 'element', redis.call('LINDEX', key('l', lane), 0), 'lane', lane, 'target', target,
  'reason', ARGV[8], 'detail', ARGV[9], 'at', now, 'attempts', found[2] or 0, 'plan', found[3] or '',
  'journey', ARGV[5])
redis.call('PEXPIRE', dead, life)
redis.call('ZADD', tag .. ':dead', now, number)
redis.call('ZREMRANGEBYSCORE', tag .. ':dead', '-inf', now - life)
local over = redis.call('ZCARD', tag .. ':dead') - tonumber(ARGV[11])
if over > 0 then
  for _, old in ipairs(redis.call('ZRANGE', tag .. ':dead', 0, over - 1)) do
    redis.call('DEL', key('dead', old))
    redis.call('ZREM', tag .. ':dead', old)
  end
end
if not redis.call('SET', key('x', lane), 0, 'NX', 'PX', life) then
  redis.call('PEXPIRE', key('x', lane), life)
end
if ARGV[5] ~= '' then
  write_journey(ARGV[5], lane, with_attempts(ARGV[6], found[4]), ARGV[7])
end
local answer = { 'empty', number }
if finish_head(lane, target) then
  answer[1] = 'more'
  if owner == '' then
    -- Whoever was at it is fenced out by the new generation; the lane goes on at once.
    redis.call('HDEL', state, 'o')
    redis.call('ZREM', key('b', target), lane)
    redis.call('ZREM', key('w', target), lane)
    give_job(lane, target, now, answer)
  end
elseif tonumber(ARGV[12]) > 0 then
  release(target, 1, tonumber(ARGV[12]), now, answer)
end
return answer
