-- The head could not be delivered now: remember why and when to try again. The lane leaves the room of those that
-- have work, so that waiting lanes of the target get their turn meanwhile.
-- ARGV: tag, lane, owner, finished, delay (ms), 1 = counts as an attempt, error, window (0 = release nobody),
--   a short code of what came of it ('' = nothing worth remembering)
-- Returns {'fenced'|'already'} or {'held', job id, target, …}.
local most_remembered = 8

-- A head that only waits would say the same thing over and over.
local function remember(state, now, code, attempted)
  local history = redis.call('HGET', state, 'h')
  if not history then
    redis.call('HSET', state, 'h', string.format('%d:%s', now, code))
    return
  end
  if not attempted and string.match(history, '[^:]+$') == code then
    return
  end
  local _, entries = string.gsub(history, ':', '')
  if entries >= most_remembered then
    history = string.match(history, ',(.+)$')
  end
  redis.call('HSET', state, 'h', string.format('%s,%d:%s', history, now, code))
end

even_when_full()
local lane, owner = ARGV[2], ARGV[3]
local refusal = not_mine(lane, owner, ARGV[4])
if refusal then
  return { refusal }
end
local state = key('s', lane)
local now = clock()
local target = redis.call('HGET', state, 't')
redis.call('HSET', state, 'b', now + tonumber(ARGV[5]), 'e', ARGV[7])
redis.call('HDEL', state, 'o', 'c')
if ARGV[6] == '1' then
  redis.call('HINCRBY', state, 'a', 1)
end
if ARGV[9] ~= '' then
  remember(state, now, ARGV[9], ARGV[6] == '1')
end
if redis.call('ZREM', key('r', target), lane) == 1 then
  local head = redis.call('LINDEX', key('l', lane), 0)
  redis.call('ZADD', key('b', target), accepted_at(head), lane)
end
local answer = { 'held' }
if tonumber(ARGV[8]) > 0 then
  release(target, 1, tonumber(ARGV[8]), now, answer)
end
return answer
