-- The journeys of these lanes in one page of the journeys' index, the latest last.
-- ARGV: tag, first position, last position (from the end: -1 is the latest), lanes…
-- Returns {entries in the page, journey name, lane, journey, …}.
local own = {}
for i = 4, #ARGV do
  own[ARGV[i]] = true
end
local entries = redis.call('LRANGE', tag .. ':journeys', ARGV[2], ARGV[3])
local answer = { #entries }
for _, entry in ipairs(entries) do
  local lane = string.sub(entry, 23)
  if own[lane] then
    local name = string.sub(entry, 1, 22)
    local journey = read_journey(name, lane)
    if journey then
      answer[#answer + 1] = name
      answer[#answer + 1] = lane
      answer[#answer + 1] = journey
    end
  end
end
return answer
