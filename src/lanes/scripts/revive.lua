-- A dead letter goes back to the tail of its lane, with its plan, and stops being one.
-- ARGV: tag, dead letter number, window, journey life
-- Returns {'none'} or {'revived', job id, target, …}.
local number = ARGV[2]
local dead = key('dead', number)
local found = redis.call('HMGET', dead, 'element', 'lane', 'target', 'plan', 'journey')
if not found[1] then
  return { 'none' }
end
local element, lane, target = found[1], found[2], found[3]
local now = clock()
local original, payload = accepted_at(element), string.sub(element, 15)
if string.sub(element, 14, 14) == '!' then
  local before = cjson.decode(payload)
  original, payload = before.original, before.payload
end
local list = key('l', lane)
-- Of what waits, the last one that is no retry was accepted last; typing does not count.
local position = -1
local last = redis.call('LINDEX', list, position)
while last and string.sub(last, 14, 14) == '~' do
  position = position - 1
  last = redis.call('LINDEX', list, position)
end
local ahead = last and string.sub(last, 14, 14) == ' ' and accepted_at(last) or 0
went_before(lane, ahead)
-- Whatever was delivered after the death was accepted later, if only within the same millisecond; not so what is put
-- back before it, of the same batch: that is why it counts a millisecond less.
local later = math.max(ahead, tonumber(redis.call('GET', key('x', lane)) or '0')) >= original
went_before(lane, original - 1)
-- The journey goes on: only its first three parts are known again (way, channel, acceptance).
local journey = found[5] and found[5] ~= '' and read_journey(found[5], lane)
if journey then
  write_journey(found[5], lane, string.match(journey, '^[^|]*|[^|]*|[^|]*'), ARGV[4])
end
redis.call('DEL', dead)
redis.call('ZREM', tag .. ':dead', number)
local wrapped = cjson.encode({ original = original, late = later, plan = found[4], payload = payload })
local answer = { 'revived' }
if redis.call('RPUSH', list, now .. '!' .. wrapped) == 1 then
  if string.sub(target, 1, 4) == 'out:' then
    local mapping = redis.call('GET', key('m', lane))
    if mapping then
      target = 'out:' .. string.match(mapping, '^%S+')
    end
  end
  activate(lane, target, now, tonumber(ARGV[3]), answer)
end
return answer
