-- The head reached its end (delivered or ignored): off with it.
-- ARGV: tag, lane, owner, finished, journey id ('' = none), journey, journey life, mapping life (0 = leave it),
--   window (0 = release nobody), how many further messages to read
-- Returns {'fenced'|'already'}, {'more', now, elements…} or {'empty', job id, target, …}.
local lane, owner, finished = ARGV[2], ARGV[3], ARGV[4]
local refusal = not_mine(lane, owner, finished)
if refusal then
  return { refusal }
end
local target = redis.call('HGET', key('s', lane), 't')
if ARGV[5] ~= '' then
  write_journey(ARGV[5], lane, ARGV[6], ARGV[7])
  local element = redis.call('LINDEX', key('l', lane), 0)
  -- A retry was counted when it was put back, by the time of its first acceptance.
  if string.sub(element, 14, 14) ~= '!' then
    went_before(lane, accepted_at(element))
  end
end
if ARGV[8] ~= '0' then
  redis.call('PEXPIRE', key('m', lane), ARGV[8])
end
if finish_head(lane, target) then
  local answer = { 'more', clock() }
  local most = tonumber(ARGV[10])
  if most > 0 then
    for _, element in ipairs(redis.call('LRANGE', key('l', lane), 0, most - 1)) do
      answer[#answer + 1] = element
    end
  end
  return answer
end
local answer = { 'empty' }
local window = tonumber(ARGV[9])
if window > 0 then
  release(target, 1, window, clock(), answer)
end
return answer
