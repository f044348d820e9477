-- Appends messages to their lanes and marks them, in the order given, each with its mark or not at all (I1). They may be
-- of several requests: one lane that is broken keeps nothing from the others.
-- ARGV: tag, window, journey life, most journeys, then 7 per message:
--   lane, message ('' = no mark and no journey: coalesced), mark life (ms), target ('' = by the conversation's mapping),
--   journey id ('' = none), journey head, payload
-- Returns: statuses ('a' accepted, 'd' duplicate, 'f' not kept: what stands in the lane's place is no list) as one
-- string, then job id, target, … for lanes that need a job.
local journeys = tonumber(ARGV[4])
-- Looked up and put together once, not once per message.
local call, pcall = redis.call, redis.pcall
local index = tag .. ':journeys'
local lists, marks, hashes = tag .. ':l:', tag .. ':d:', tag .. ':j:'
local now = clock()
-- What goes to a command goes as text: every number given to one is written out with 17 digits and read again.
local stamp = string.format('%d', now)
local statuses, jobs = {}, {}

for i = 5, #ARGV, 7 do
  local lane, message, mark_life, target, payload = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 6]
  local journey = ARGV[i + 4]
  local list = lists .. lane
  local status, length = 'a', nil
  if message == '' then
    -- Typing: replaces typing at the tail, unless that is the head and somebody may be delivering it.
    local last = redis.pcall('LINDEX', list, -1)
    if type(last) == 'table' then
      status = 'f'
    elseif last and string.sub(last, 14, 14) == '~'
        and (redis.call('LLEN', list) > 1 or redis.call('HEXISTS', key('s', lane), 'o') == 0) then
      redis.call('LSET', list, -1, stamp .. '~' .. payload)
    else
      length = redis.call('RPUSH', list, stamp .. '~' .. payload)
    end
  elseif call('SET', marks .. lane .. ':' .. message, '1', 'NX', 'PX', mark_life) then
    length = pcall('RPUSH', list, stamp .. ' ' .. payload)
    if type(length) == 'table' then
      redis.call('DEL', key('d', lane .. ':' .. message))
      status = 'f'
    elseif journey ~= '' then
      local text = ARGV[i + 5] .. stamp
      if #text < piece then
        local name = hashes .. journey
        call('HSET', name, lane, text)
        call('PEXPIRE', name, ARGV[3])
      else
        write_journey(journey, lane, text, ARGV[3])
      end
      if call('RPUSH', index, journey .. lane) > journeys then
        local oldest = redis.call('LPOP', tag .. ':journeys')
        drop_journey(string.sub(oldest, 1, 22), string.sub(oldest, 23))
      end
    end
  else
    status = 'd'
  end
  if length == 1 then
    if target == '' then
      local mapping = redis.call('GET', key('m', lane))
      target = mapping and 'out:' .. string.match(mapping, '^%S+') or 'out:?'
    end
    activate(lane, target, now, tonumber(ARGV[2]), jobs)
  end
  statuses[#statuses + 1] = status
end

table.insert(jobs, 1, table.concat(statuses))
return jobs
