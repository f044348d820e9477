-- A job had to leave a lane that is not its own: the lane gets a job of its own.
-- ARGV: tag, lane, generation, owner
-- Returns {job id, target}, or {} when the lane is somebody else's by now.
even_when_full()
local lane = ARGV[2]
local found = redis.call('HMGET', key('s', lane), 'g', 't', 'o')
-- A lane that is held has no owner.
if found[1] ~= ARGV[3] or (found[3] or ARGV[4]) ~= ARGV[4] then
  return {}
end
local id = lane .. '.' .. ARGV[3]
redis.call('ZADD', tag .. ':unjobbed', clock(), id)
return { id, found[2] }
