-- Job ids that were promised at least so long ago and never confirmed.
-- ARGV: tag, age (ms), most
-- Returns {job id, target, …}; ids whose lane has gone on without them are forgotten.
local jobs = {}
local ids = redis.call('ZRANGEBYSCORE', tag .. ':unjobbed', '-inf', clock() - tonumber(ARGV[2]),
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
return jobs
