curl -i -X POST \
  https://api.egain.cloud/conversation/conversationmgr/v3/channels \
  -H 'Authorization: Bearer <YOUR_TOKEN_HERE>' \
  -H 'Content-Type: application/json' \
  -d '{
    "type": "custom_channel",
    "icon": "<base64>",
    "displayName": "Custom Channel",
    "description": "Custom Channel",
    "active": true,
    "restrictions": {
      "inbound": {
        "maxTextLength": 140,
        "features": [
          "typing_events",
          "attachments",
          "richText"
        ],
        "attachmentPolicy": {
          "enabled": true,
          "maxSize": 12345,
          "type": "block",
          "extensions": [
            "bat",
            "exe"
          ]
        }
      },
      "outbound": {
        "maxTextLength": 140,
        "systemMessages": true,
        "midChatAuth": true,
        "features": [
          "typing_events",
          "attachments",
          "richText"
        ],
        "richMessageTypes": [
          "listpicker",
          "quickreply",
          "timepicker",
          "richlink"
        ],
        "attachmentPolicy": {
          "enabled": true,
          "maxSize": 12345,
          "type": "allow",
          "extensions": [
            "jpeg",
            "txt"
          ]
        }
      }
    },
    "l10nProperties": [
      {
        "language": "en-US",
        "properties": [
          {
            "name": "msg_hub_retain_and_retry",
            "value": "Thank you for reaching out. We will respond to you at the earliest."
          },
          {
            "name": "msg_hub_off_hours",
            "value": "Thank you for your inquiry. Our service hours are 9am-5pm PST, Monday-Friday. If you are trying within the service hours and still getting this message, please try again after some time."
          },
          {
            "name": "msg_hub_invalid_content_type_to_customer",
            "value": "This content type is not currently supported."
          },
          {
            "name": "msg_hub_invalid_content_type_to_agent",
            "value": "This content type is not currently supported."
          },
          {
            "name": "msg_hub_channel_msg_failed",
            "value": "Message could not be delivered. Please try again after some time."
          },
          {
            "name": "msg_hub_blocked_file_extension",
            "value": "Attachment file type '\''{0}'\'' is not allowed."
          },
          {
            "name": "msg_hub_attachment_size_exceeds_limit",
            "value": "File could not be sent. It exceeded the maximum limit of {0}"
          }
        ]
      }
    ]
  }'
