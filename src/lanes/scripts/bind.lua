-- A conversation belongs to this customer.
-- ARGV: tag, outbound lane, "<channel> <customer as JSON>", life (ms), window
-- Returns {job id, target, …}.
even_when_full()
local jobs = {}
bind(ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), jobs)
return jobs
