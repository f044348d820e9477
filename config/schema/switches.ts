/**
 * One switch per question that eGain's public documentation leaves open and that changes what the bridge does at run
 * time. The defaults are the best founded guess; a tenant that behaves otherwise is a setting away, not a release.
 */
import * as z from 'zod';
import { count, text } from './fields.js';

const contact = z
  .strictObject({
    type: text().default('email').describe('Contact type.'),
    subType: text().optional().describe('Contact sub-type; lookupContact is then `type.subType`.'),
    address: text()
      .refine((template) => template.includes('{customer}'), {
        error: 'a template that contains {customer}: a constant would merge all customers into one',
      })
      .default('{customer}@{channel}.channel.invalid')
      .describe(
        'Template for an address nobody else can have: {customer} = id on the channel, {channel} = channel name.',
      ),
    use_verified: z
      .boolean()
      .default(false)
      .describe(
        'Identify the customer by an e-mail or phone that a signed source has verified, where there is one.',
      ),
  })
  .prefault({})
  .describe('The contact by which eGain recognises a customer.');

const notAttributeAlone =
  'one of text_title, text_id and json as well: a message of nothing but an attribute says nothing to an agent';
const eitherTitleOrId = 'not both text_title and text_id: a message has one text';

export const switchesSchema = z
  .strictObject({
    content_preference: z
      .array(z.enum(['html', 'text', 'json']))
      .min(1)
      .default(['html', 'text', 'json'])
      .describe('Which field of an outbound message’s content is read, first match first.'),
    reply_mode: z
      .array(z.enum(['text_title', 'text_id', 'json', 'attribute']))
      .min(1)
      .refine((modes) => !(modes.includes('text_title') && modes.includes('text_id')), {
        error: eitherTitleOrId,
      })
      .refine((modes) => modes.some((mode) => mode !== 'attribute'), { error: notAttributeAlone })
      .default(['text_title', 'attribute'])
      .describe(
        'How a chosen option goes back: title or id as text, id in content.json, id as a message attribute.',
      ),
    parent_ref: z
      .enum(['messageId', 'id'])
      .default('messageId')
      .describe('What a message points at its parent by: the sender’s messageId or the hub’s id.'),
    attachment_ref: z
      .enum(['url', 'asset_id', 'both'])
      .default('url')
      .describe('How a message names its file: public link, asset id, or both.'),
    upload_mode: z
      .enum(['post-raw', 'post-multipart', 'put-raw'])
      .default('post-raw')
      .describe('How bytes are sent to an asset’s signed address.'),
    refetch_asset_url: z
      .boolean()
      .default(true)
      .describe('Ask for a new signed address when the old one answers 401, 403 or 410.'),
    start_anew_codes: z
      .array(z.string().regex(/^\d{3}-\d+$/, { error: 'an eGain error code such as 400-630' }))
      .default(['400-630'])
      .describe('Error codes that mean: this conversation is over, start a new one.'),
    start_anew_on_404: z
      .boolean()
      .default(true)
      .describe('A 404 that carries eGain’s error object means the same. A bare 404 never does.'),
    permanent_client_errors: z
      .boolean()
      .default(true)
      .describe('A 400 or 403 that is not listed above is final; off: it is retried until the hold ends.'),
    safe_retry: z
      .boolean()
      .default(true)
      .describe(
        'Send again, with the same messageId, where eGain may have taken a message without our seeing it.',
      ),
    send_entry_point: z
      .boolean()
      .default(false)
      .describe('Name the account’s entry point in the first message.'),
    contact,
    time_offset: z
      .enum(['omit', 'minutes'])
      .default('omit')
      .describe('Whether the customer’s offset from UTC is sent, and in which unit.'),
    idle_timer: z
      .boolean()
      .default(true)
      .describe(
        'Treat a conversation as over after the account’s timeout plus delivery.idleMarginMs of silence.',
      ),
    treat_literal_end: z
      .boolean()
      .default(true)
      .describe('A text that reads exactly agent.end.conversation ends the conversation and is never shown.'),
    trust_callback_customer: z
      .boolean()
      .default(false)
      .describe('Find the customer of an unknown conversation by the customer data in the callback.'),
    drop_own_echo: z.boolean().default(true).describe('Drop callback messages whose sender is the customer.'),
    split_outbound: z
      .boolean()
      .default(true)
      .describe('Split outbound texts longer than the channel allows.'),
    enforce_inbound_limit: z
      .boolean()
      .default(true)
      .describe('Refuse inbound texts longer than the manifest allows.'),
    forward_system_messages: z
      .boolean()
      .default(true)
      .describe('Show texts whose sender is eGain’s hub itself to the customer.'),
    delete_mode: z
      .enum(['soft', 'permanent'])
      .default('soft')
      .describe('What a customer’s delete becomes: delete.soft or delete.permanent.'),
    token_ttl_fallback: count(60, 86_400)
      .default(3600)
      .describe('Life of a token, in seconds, when the token endpoint does not say.'),
    page_params: z
      .strictObject({
        number: text(64).default('$pagenum').describe('Query parameter for the page.'),
        size: text(64).default('$pagesize').describe('Query parameter for the entries per page.'),
      })
      .prefault({})
      .describe('Names of the paging parameters of eGain’s lists.'),
    send_modified: z.boolean().default(true).describe('Send the `modified` last read with every update.'),
  })
  .prefault({})
  .describe('What eGain’s documentation leaves open: change one only when your tenant behaves otherwise.');
