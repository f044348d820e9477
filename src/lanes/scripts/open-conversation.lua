-- The customer's open conversation, written by the lane's owner only: a worker that was frozen meanwhile must not
-- overwrite what its successor found out.
-- ARGV: tag, inbound lane, owner, conversation ('' = none any more), life (ms)
even_when_full()
if redis.call('HGET', key('s', ARGV[2]), 'o') ~= ARGV[3] then
  return 'fenced'
end
if ARGV[4] == '' then
  redis.call('DEL', key('m', ARGV[2]))
else
  redis.call('SET', key('m', ARGV[2]), ARGV[4], 'PX', ARGV[5])
end
return 'kept'
