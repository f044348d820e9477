-- A conversation belongs to this customer. An outbound lane that was waiting to hear of it goes on at once.
-- ARGV: tag, outbound lane, "<channel> <customer as JSON>", life (ms), window
-- Returns {job id, target, …}.
local lane = ARGV[2]
redis.call('SET', key('m', lane), ARGV[3], 'PX', ARGV[4])
local jobs = {}
if redis.call('HGET', key('s', lane), 't') == 'out:?' then
  redis.call('ZREM', key('b', 'out:?'), lane)
  redis.call('ZREM', key('r', 'out:?'), lane)
  redis.call('ZREM', key('w', 'out:?'), lane)
  redis.call('HDEL', key('s', lane), 'b', 'o', 'c')
  activate(lane, 'out:' .. string.match(ARGV[3], '^%S+'), clock(), tonumber(ARGV[5]), jobs)
end
return jobs
