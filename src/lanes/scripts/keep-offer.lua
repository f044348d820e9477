-- Remembers what a customer was offered, once: the same offer again keeps its time. The oldest ones make room.
-- ARGV: tag, inbound lane, offer's key, offer (sealed), life (ms), most offers
-- Field 'o<key>' holds "<made ms><offer>", field 's<key>' what has become of it.
local name = key('o', ARGV[2])
if redis.call('HSETNX', name, 'o' .. ARGV[3], clock() .. ARGV[4]) == 1 then
  local fields = redis.call('HGETALL', name)
  local offers = {}
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 1) == 'o' then
      offers[#offers + 1] = { key = string.sub(fields[i], 2), at = accepted_at(fields[i + 1]) }
    end
  end
  table.sort(offers, function(a, b) return a.at > b.at end)
  for i = tonumber(ARGV[6]) + 1, #offers do
    redis.call('HDEL', name, 'o' .. offers[i].key, 's' .. offers[i].key)
  end
end
redis.call('PEXPIRE', name, ARGV[5])
return 1
