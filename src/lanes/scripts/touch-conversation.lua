-- Something was said in the customer's open conversation.
-- ARGV: tag, inbound lane, conversation, life (ms)
even_when_full()
touch(ARGV[2], ARGV[3], ARGV[4])
return 0
