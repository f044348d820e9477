-- A part went out: keep the plan and how far it got (I5).
-- ARGV: tag, lane, owner, finished, plan
even_when_full()
local refusal = not_mine(ARGV[2], ARGV[3], ARGV[4])
if refusal then
  return refusal
end
redis.call('HSET', key('s', ARGV[2]), 'p', ARGV[5])
redis.call('HDEL', key('s', ARGV[2]), 'c')
return 'kept'
