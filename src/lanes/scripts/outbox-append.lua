-- Appends an event to a customer's outbox, once per key, and tells whoever streams it. A fleeting one is only told.
-- ARGV: tag, inbound lane, event's key, event, fleeting ('1' or ''), most events, life (ms)
local name = key('q', ARGV[2])
if ARGV[5] == '1' then
  redis.call('PUBLISH', name, ARGV[4])
  return 0
end
-- Only the newest can come again: they come one after the other, and the last one may have been answered too late.
for _, entry in ipairs(redis.call('XREVRANGE', name, '+', '-', 'COUNT', 16)) do
  if entry[2][2] == ARGV[3] then
    return 0
  end
end
redis.call('XADD', name, 'MAXLEN', ARGV[6], '*', 'k', ARGV[3], 'e', ARGV[4])
redis.call('XTRIM', name, 'MINID', string.format('%.0f', clock() - tonumber(ARGV[7])))
redis.call('PEXPIRE', name, ARGV[7])
redis.call('PUBLISH', name, '')
return 1
