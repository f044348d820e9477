-- A reader of the outbox (a browser's tab) is there, and has shown everything up to its cursor. What every reader has
-- shown goes; a reader that was not there for its life does not count any more.
-- ARGV: tag, inbound lane, reader, cursor ('' = as before), reader's life (ms), most readers
local readers = key('t', ARGV[2])
local now, life, most = clock(), tonumber(ARGV[5]), tonumber(ARGV[6])
local cursor = ARGV[4]
if cursor == '' then
  cursor = string.match(redis.call('HGET', readers, ARGV[3]) or '', ' (.+)$') or '0-0'
end
redis.call('HSET', readers, ARGV[3], string.format('%.0f', now) .. ' ' .. cursor)
redis.call('PEXPIRE', readers, life)

local there = {}
local all = redis.call('HGETALL', readers)
for i = 1, #all, 2 do
  local seen, ms, number = string.match(all[i + 1], '^(%d+) (%d+)-(%d+)$')
  if seen and now - tonumber(seen) <= life then
    there[#there + 1] = { name = all[i], seen = tonumber(seen), ms = tonumber(ms), number = tonumber(number) }
  else
    redis.call('HDEL', readers, all[i])
  end
end
table.sort(there, function(a, b)
  return a.seen > b.seen
end)
local least
for i, reader in ipairs(there) do
  if i > most then
    redis.call('HDEL', readers, reader.name)
  elseif not least or reader.ms < least.ms or (reader.ms == least.ms and reader.number < least.number) then
    least = reader
  end
end
if least then
  redis.call('XTRIM', key('q', ARGV[2]), 'MINID', string.format('%.0f-%.0f', least.ms, least.number + 1))
end
return 0
