-- A job begins (or goes on) with a lane: becomes its owner and reads the first messages.
-- ARGV: tag, lane, generation, owner, how many messages, the key of the job's lock ('' = nobody asks), its life (ms)
-- Returns {'stale'}: this job is not the lane's job any more, or not this owner's; {'early', ms to wait}; or
-- {'taken', now, and what `own` says}
even_when_full()
local lane, generation, owner = ARGV[2], ARGV[3], ARGV[4]
local state = key('s', lane)
local found = redis.call('HMGET', state, 'n', 'a', 'p', 'e', 'c', 'g', 't', 'b')
if found[6] ~= generation or not has_job(ARGV[6], owner, ARGV[7]) then
  return { 'stale' }
end
local now = clock()
local not_before = tonumber(found[8] or '0')
if not_before > now then
  return { 'early', not_before - now }
end
local target = found[7]
local mapping = target == 'out:?' and redis.call('GET', key('m', lane))
if mapping then
  redis.call('ZREM', key('b', target), lane)
  redis.call('ZREM', key('r', target), lane)
  target = 'out:' .. string.match(mapping, '^%S+')
  redis.call('HSET', state, 't', target)
  redis.call('ZADD', key('r', target), now, lane)
elseif not_before > 0 then
  if redis.call('ZREM', key('b', target), lane) == 1 then
    redis.call('ZADD', key('r', target), now, lane)
  end
end
local answer = { 'taken', now }
own(lane, owner, target, nil, found, tonumber(ARGV[5]), answer)
return answer
