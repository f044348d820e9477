import type { BridgeConfig } from '../../config/schema.js';
import type { InboundChannel, SendFailure, SendOutcome } from '../../workers/inbound.js';
import type { EgainClient } from '../egain/client.js';
import { customerIdentity } from '../egain/customer-identity.js';
import { EgainError } from '../egain/errors.js';
import { outcomeOf } from '../egain/outcome.js';
import { conversationIdOf } from '../egain/send-messages.js';
import type { InboundSwitches } from '../egain/switches.js';
import {
  inboundParts,
  mayOpen,
  translateInbound,
  translateNotice,
  type NoticeToAgent,
} from '../egain/translate-inbound.js';
import type { SendMessagesBody } from '../egain/types.js';
import type { ConfiguredChannel } from './channels.js';
import { speakerOf, textForAgent } from './speaking.js';

/** eGain, as the inbound deliverer speaks to it. */
export function egainLink(parts: {
  readonly config: BridgeConfig;
  readonly client: Pick<EgainClient, 'sendMessages'>;
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
}): ReadonlyMap<string, InboundChannel> {
  const { config, client, channels } = parts;
  const { egain } = config;
  const switches = inboundSwitches(egain.switches);
  const post = (body: SendMessagesBody, signal: AbortSignal): Promise<SendOutcome> =>
    client.sendMessages(body, { signal }).then(
      (answer): SendOutcome => ({
        ok: true,
        sent: { conversationId: conversationIdOf(answer), hubId: answer.messages.message[0]?.id },
      }),
      (error: unknown): SendOutcome => ({ ok: false, failure: failureOf(error, egain.switches) }),
    );

  return new Map(
    [...channels.values()].map((channel): [string, InboundChannel] => {
      const { name, config: own, idleMs } = channel;
      const facts = {
        name,
        type: own.manifest.type,
        address: own.account.address,
        ...(own.account.entryPoint === undefined ? {} : { entryPoint: own.account.entryPoint }),
      };
      return [
        name,
        {
          name,
          idleMs,
          mayOpen: (message) => mayOpen(message.type),
          contact: (customer) =>
            egain.switches.trust_callback_customer
              ? customerIdentity(customer, name, switches).customer.contacts?.contact[0]?.address
              : undefined,
          parts: (message) => inboundParts(message, switches),
          send: (message, { conversationId, pendingInfo, originalTime, parent, signal }) =>
            post(
              translateInbound(
                message,
                {
                  channel: facts,
                  conversationId,
                  pendingInfo,
                  parent,
                  originalTime: originalTime === undefined ? undefined : new Date(originalTime).toISOString(),
                },
                switches,
              ),
              signal,
            ),
          sendError: (notice, { conversationId, signal }) =>
            post(translateNotice(noticeToAgent(notice, conversationId, switches, channel)), signal),
        },
      ];
    }),
  );
}

/** What an error of the client means for the message that it was about. @throws anything else. */
export /** A refused message never reached eGain, so there is nothing to point at. Agents read the account's language. */
function noticeToAgent(
  notice: Parameters<InboundChannel['sendError']>[0],
  conversationId: string,
  switches: InboundSwitches,
  channel: ConfiguredChannel,
): NoticeToAgent {
  const { reason: code, messageId, senderId = messageId } = notice;
  return notice.conversationId === ''
    ? { conversationId, code, message: speakerOf(channel, undefined)('bridge_customer_message_refused') }
    : {
        conversationId,
        code,
        message: textForAgent(channel, notice),
        parentMessageId: switches.parentRef === 'id' ? messageId : senderId,
      };
}

/** What an error of the client means for the message that it was about. @throws anything else. */
export function failureOf(error: unknown, switches: BridgeConfig['egain']['switches']): SendFailure {
  if (!(error instanceof EgainError)) throw error;
  const next = outcomeOf(error, {
    startAnewCodes: switches.start_anew_codes,
    startAnewOn404: switches.start_anew_on_404,
    permanentClientErrors: switches.permanent_client_errors,
    safeRetry: switches.safe_retry,
  });
  switch (next.kind) {
    case 'permanent':
      return { kind: 'permanent', error: `${next.code}: ${next.detail}` };
    case 'start-anew':
      return { kind: 'start-anew', error: next.code };
    case 'throttled':
      return {
        kind: 'throttled',
        error: 'throttled',
        ...(next.afterMs === undefined ? {} : { afterMs: next.afterMs }),
      };
    case 'uncertain':
      return { kind: 'uncertain', error: next.cause };
    case 'retry':
    case 'token':
      return {
        kind: next.kind,
        error: next.cause,
        ...(next.afterMs === undefined ? {} : { afterMs: next.afterMs }),
      };
  }
}

function inboundSwitches(switches: BridgeConfig['egain']['switches']): InboundSwitches {
  const { contact } = switches;
  return {
    replyMode: switches.reply_mode,
    parentRef: switches.parent_ref,
    attachmentRef: switches.attachment_ref === 'asset_id' ? 'asset' : switches.attachment_ref,
    sendEntryPoint: switches.send_entry_point,
    contact: {
      type: contact.type,
      ...(contact.subType === undefined ? {} : { subType: contact.subType }),
      address: contact.address,
    },
    useVerifiedContact: contact.use_verified,
    timeOffset: switches.time_offset,
    deleteType: switches.delete_mode === 'soft' ? 'delete.soft' : 'delete.permanent',
    repeatCustomer: false,
    filesApart: true,
  };
}
