curl -i -X GET \
  https://api.egain.cloud/conversation/conversationmgr/v3/channels/7b6c5fff-036e-4a40-b68a-a67c592fc079 \
  -H 'Authorization: Bearer <YOUR_TOKEN_HERE>'
