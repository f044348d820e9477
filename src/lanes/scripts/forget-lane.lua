-- Removes a lane with everything in it; a worker that is at it is fenced out.
-- ARGV: tag, lane
-- Returns how many waiting messages went.
local lane = ARGV[2]
local found = redis.call('HMGET', key('s', lane), 't', 'g')
local target = found[1]
local waiting = redis.call('LLEN', key('l', lane))
if target then
  redis.call('ZREM', key('r', target), lane)
  redis.call('ZREM', key('b', target), lane)
  redis.call('ZREM', key('w', target), lane)
end
if found[2] then
  redis.call('ZREM', tag .. ':unjobbed', lane .. '.' .. found[2])
end
redis.call('DEL', key('l', lane), key('s', lane), key('m', lane), key('x', lane), key('o', lane), key('q', lane),
  key('t', lane))
return waiting
