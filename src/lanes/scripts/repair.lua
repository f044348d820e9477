-- Job ids that were promised at least so long ago and never confirmed, and lanes that were left by a job that had them in
-- hand beside its own and has no lock any more.
-- ARGV: tag, age (ms), most
-- Returns {job id, target, …}; ids whose lane has gone on without them are forgotten.
even_when_full()
local jobs = {}
local now = clock()
local ids = redis.call('ZRANGEBYSCORE', tag .. ':unjobbed', '-inf', now - tonumber(ARGV[2]),
  'LIMIT', 0, tonumber(ARGV[3]))
for _, id in ipairs(ids) do
  local lane, generation = string.match(id, '^(.+)%.(%d+)$')
  local found = redis.call('HMGET', key('s', lane), 'g', 't')
  if found[1] == generation then
    jobs[#jobs + 1] = id
    jobs[#jobs + 1] = found[2]
  else
    redis.call('ZREM', tag .. ':unjobbed', id)
  end
end
-- No more of them than workers have places. What was said of a lane that went its way in between is only forgotten.
local carried = redis.call('HGETALL', tag .. ':carried')
-- BullMQ lends one token to several jobs in turn: what an ended one said of a lane may be true of its successor's, which
-- has it in hand.
local in_hand = {}
for i = 1, #carried, 2 do
  local owner, lane = string.match(carried[i + 1], '^(%S+) (.*)$')
  if redis.call('GET', carried[i]) == owner then
    in_hand[lane] = true
  end
end
for i = 1, #carried, 2 do
  local lock = carried[i]
  local owner, lane = string.match(carried[i + 1], '^(%S+) (.*)$')
  if redis.call('GET', lock) ~= owner then
    redis.call('HDEL', tag .. ':carried', lock)
    local found = redis.call('HMGET', key('s', lane), 'g', 't', 'o')
    -- A lane that is held has no owner. A job that is there already is not added again.
    if found[1] and not in_hand[lane] and (found[3] or owner) == owner then
      local id = lane .. '.' .. found[1]
      redis.call('ZADD', tag .. ':unjobbed', now, id)
      jobs[#jobs + 1] = id
      jobs[#jobs + 1] = found[2]
    end
  end
end
return jobs
