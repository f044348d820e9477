-- How much waits in a shard, and for how long: for figures that are asked for every few seconds, so it costs the same
-- whatever the backlog. Lanes that wait are sorted by the age of their head. Those that have a job are not (their heads
-- change while they run), but there are no more of them than the workers' windows; of these the longest running are
-- looked at.
-- ARGV: tag, most running lanes per target to look at
-- Returns {now, dead letters kept, target, running, waiting, backing off, oldest acceptance (0 = none), …}
local most = tonumber(ARGV[2])

local function oldest_head(room, count, oldest)
  for _, lane in ipairs(redis.call('ZRANGE', room, 0, count - 1)) do
    local head = redis.call('LINDEX', key('l', lane), 0)
    local at = head and accepted_at(head)
    if at and (oldest == 0 or at < oldest) then
      oldest = at
    end
  end
  return oldest
end

local answer = { clock(), redis.call('ZCARD', tag .. ':dead') }
for _, target in ipairs(redis.call('SMEMBERS', tag .. ':known')) do
  local running, waiting, backing = key('r', target), key('w', target), key('b', target)
  answer[#answer + 1] = target
  answer[#answer + 1] = redis.call('ZCARD', running)
  answer[#answer + 1] = redis.call('ZCARD', waiting)
  answer[#answer + 1] = redis.call('ZCARD', backing)
  -- A few of those that are sorted: the first may have lost its head to an operator a moment ago.
  local oldest = oldest_head(waiting, 3, 0)
  oldest = oldest_head(backing, 3, oldest)
  answer[#answer + 1] = oldest_head(running, most, oldest)
end
return answer
