-- Clears the customer's open conversation if it is still this one: a late end of A must not end B.
-- ARGV: tag, inbound lane, conversation
even_when_full()
if redis.call('GET', key('m', ARGV[2])) == ARGV[3] then
  redis.call('DEL', key('m', ARGV[2]))
  return 1
end
return 0
