-- Gives the lane's job back: it waits in its target's room until there is a way again.
-- ARGV: tag, lane, generation, owner, the key of the job's lock ('' = nobody asks)
-- Returns 1 when parked, 0 when this job is not the lane's job any more.
even_when_full()
local lane = ARGV[2]
local state = key('s', lane)
local found = redis.call('HMGET', state, 'g', 't')
if found[1] ~= ARGV[3] or not has_job(ARGV[5], ARGV[4]) then
  return 0
end
local target = found[2]
local head = redis.call('LINDEX', key('l', lane), 0)
redis.call('HDEL', state, 'g', 'o', 'c', 'b')
redis.call('ZREM', key('r', target), lane)
redis.call('ZREM', key('b', target), lane)
wait_for_room(lane, target, accepted_at(head))
return 1
