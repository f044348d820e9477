-- What became of an offer, written by the inbound lane's owner only.
-- ARGV: tag, inbound lane, owner, offer's key, state as JSON
if redis.call('HGET', key('s', ARGV[2]), 'o') ~= ARGV[3] then
  return 'fenced'
end
local name = key('o', ARGV[2])
if redis.call('HEXISTS', name, 'o' .. ARGV[4]) == 1 then
  redis.call('HSET', name, 's' .. ARGV[4], ARGV[5])
end
return 'kept'
