-- The gates of all targets, shared by all processes: one hash, one JSON value per target that is not simply open.
--   u closed until (ms), k why ('throttled' | 'broken' | 'paused'), f failures in a row, v how often it broke in a row,
--   p somebody probes until (ms), t how often in a row it was throttled without being told for how long
-- ARGV: tag, what happened ('read' | 'throttled' | 'failed' | 'succeeded' | 'probe' | 'pause' | 'resume'), target,
--   ms (throttled: how long, 0 = not told, then longer each time; failed: first closing time; probe: how long it may take),
--   failures until it breaks, longest closing time
-- Returns {now, target, value, …} for 'read', else 1 when the call changed something, 0 when not.
local what, target = ARGV[2], ARGV[3]
local gates = tag .. ':gates'
local now = clock()
if what == 'read' then
  local all = redis.call('HGETALL', gates)
  table.insert(all, 1, now)
  return all
end
even_when_full()
local raw = redis.call('HGET', gates, target)
local gate = raw and cjson.decode(raw) or {}
local until_ms = gate.u or 0
if what == 'throttled' then
  local ms = tonumber(ARGV[4])
  if ms == 0 and until_ms <= now then
    gate.t = math.min((gate.t or 0) + 1, 6)
    ms = 500 * 2 ^ gate.t
  end
  if gate.k ~= 'paused' and until_ms < now + ms then
    gate.u, gate.k = now + ms, 'throttled'
  end
elseif what == 'failed' then
  gate.f = (gate.f or 0) + 1
  gate.p = nil
  if gate.k ~= 'paused' and gate.f >= tonumber(ARGV[5]) and until_ms <= now then
    gate.v = math.min((gate.v or 0) + 1, 20)
    gate.u = now + math.min(tonumber(ARGV[4]) * 2 ^ (gate.v - 1), tonumber(ARGV[6]))
    gate.k = 'broken'
  end
elseif what == 'succeeded' then
  if not raw then
    return 0
  end
  gate.f, gate.v, gate.p, gate.t = nil, nil, nil, nil
  if gate.k == 'broken' or until_ms <= now then
    gate.u, gate.k = nil, nil
  end
elseif what == 'probe' then
  if gate.k ~= 'broken' or until_ms > now or (gate.p or 0) > now then
    return 0
  end
  gate.p = now + tonumber(ARGV[4])
elseif what == 'pause' then
  gate.u, gate.k = 9007199254740991, 'paused'
elseif what == 'resume' then
  if gate.k ~= 'paused' then
    return 0
  end
  gate.u, gate.k = nil, nil
end
if next(gate) == nil then
  redis.call('HDEL', gates, target)
else
  redis.call('HSET', gates, target, cjson.encode(gate))
end
return 1
