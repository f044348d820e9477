-- A job begins (or goes on) with a lane: becomes its owner and reads the first messages.
-- ARGV: tag, lane, generation, owner, how many messages, the key of the job's lock ('' = nobody asks)
-- Returns {'stale'}: this job is not the lane's job any more, or not this owner's; {'early', ms to wait}; or
-- {'taken', now, target, finished, attempts, starts, plan, mapping, last error, messages waiting, elements…}
local lane, generation, owner = ARGV[2], ARGV[3], ARGV[4]
local state = key('s', lane)
local found = redis.call('HMGET', state, 'g', 't', 'n', 'a', 'b', 'p', 'e')
if found[1] ~= generation or not has_job(ARGV[6], owner) then
  return { 'stale' }
end
local now = clock()
local not_before = tonumber(found[5] or '0')
if not_before > now then
  return { 'early', not_before - now }
end
local target = found[2]
local mapping = redis.call('GET', key('m', lane))
if target == 'out:?' and mapping then
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
redis.call('HSET', state, 'o', owner)
local starts = redis.call('HINCRBY', state, 'c', 1)
local answer = {
  'taken', now, target, tonumber(found[3] or '0'), tonumber(found[4] or '0'), starts, found[6] or '', mapping or '',
  found[7] or '', redis.call('LLEN', key('l', lane)),
}
local elements = redis.call('LRANGE', key('l', lane), 0, tonumber(ARGV[5]) - 1)
for _, element in ipairs(elements) do
  answer[#answer + 1] = element
end
return answer
