-- Blanks the entries of these lanes in one page of the journeys' index. Blank entries stay until the index drops them, as
-- taking them out of a list of a million would hold up everybody else.
-- ARGV: tag, first position, last position, lanes…
local own = {}
for i = 4, #ARGV do
  own[ARGV[i]] = true
end
local first = tonumber(ARGV[2])
for i, entry in ipairs(redis.call('LRANGE', tag .. ':journeys', first, ARGV[3])) do
  if own[string.sub(entry, 23)] then
    redis.call('LSET', tag .. ':journeys', first + i - 1, '')
  end
end
return 0
