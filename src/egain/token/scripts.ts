/**
 * What has to happen in one step in Redis. KEYS, always: current token, lock, cool-down, failure count, 401 gate;
 * they share a hash tag.
 */
export const scripts = {
  /**
   * Looks, and takes the lock only if there is nothing worth using: so "look again after locking" cannot be
   * forgotten. ARGV: least life worth using (ms), owner, lock life (ms).
   */
  begin: `
local value = redis.call('GET', KEYS[1])
local left = value and redis.call('PTTL', KEYS[1]) or 0
if left > tonumber(ARGV[1]) then return {value, left, 0, 0, ''} end
local cool = redis.call('PTTL', KEYS[3])
if cool > 0 then return {value or '', left, 0, cool, redis.call('GET', KEYS[3])} end
local locked = redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3])
return {value or '', left, locked and 1 or 0, 0, ''}`,

  /** ARGV: owner, value, life (ms). A process that lost its lock while frozen must not overwrite a newer token. */
  finish: `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
return 1`,

  /** ARGV: owner, first wait (ms), longest wait (ms), jitter factor, least wait (ms), reason. Returns the wait. */
  fail: `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
local failures = redis.call('INCR', KEYS[4])
local wait = math.min(tonumber(ARGV[2]) * 2 ^ math.min(failures - 1, 30), tonumber(ARGV[3]))
wait = math.max(1, math.floor(math.max(wait * tonumber(ARGV[4]), tonumber(ARGV[5]))))
redis.call('PEXPIRE', KEYS[4], wait + 4 * tonumber(ARGV[3]))
redis.call('SET', KEYS[3], ARGV[6], 'PX', wait)
redis.call('DEL', KEYS[2])
return wait`,

  /** ARGV: owner. */
  release: `
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 0`,

  /** ARGV: fingerprint, gate (ms). 1 = discarded, 0 = somebody else already replaced it, -1 = too soon after the last. */
  reject: `
local value = redis.call('GET', KEYS[1])
if not value or string.sub(value, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
if not redis.call('SET', KEYS[5], '1', 'NX', 'PX', ARGV[2]) then return -1 end
redis.call('DEL', KEYS[1])
return 1`,

  /** ARGV: a value nobody can read. */
  discard: `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0`,
} as const;
