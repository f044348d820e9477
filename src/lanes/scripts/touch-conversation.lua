-- The customer's open conversation was alive just now: its idle time begins anew.
-- ARGV: tag, inbound lane, conversation, life (ms)
if redis.call('GET', key('m', ARGV[2])) == ARGV[3] then
  redis.call('PEXPIRE', key('m', ARGV[2]), ARGV[4])
end
return 0
