curl -i -X GET \
  https://api.egain.cloud/conversation/conversationmgr/v3/channels \
  -H 'Authorization: Bearer <YOUR_TOKEN_HERE>'
