-- Gives jobs to lanes that wait for room.
-- ARGV: tag, target, most, window, only lanes whose head was accepted before (ms, '' = all)
-- Returns {job id, target, …}.
even_when_full()
local jobs = {}
local target, most, window, now = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), clock()
if ARGV[5] == '' then
  release(target, most, window, now, jobs)
  return jobs
end
local count = math.min(most, room(target, window))
if count > 0 then
  local lanes = redis.call('ZRANGEBYSCORE', key('w', target), '-inf', now - tonumber(ARGV[5]), 'LIMIT', 0, count)
  for _, lane in ipairs(lanes) do
    redis.call('ZREM', key('w', target), lane)
    give_job(lane, target, now, jobs)
  end
end
return jobs
