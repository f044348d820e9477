/** One object of each kind, in the order of eGain's page, each from the ids of those before it. */

export type Ids = Readonly<Record<string, string>>;

export interface Kind {
  /** Where the client has it. */
  readonly member: string;
  /** Where the command line has it. */
  readonly command: string;
  readonly body: (ids: Ids) => Readonly<Record<string, unknown>>;
}

const reference = (ids: Ids, member: string): { readonly id: string } => ({ id: ids[member] ?? '' });

export const kinds: readonly Kind[] = [
  {
    member: 'authentications',
    command: 'authentications',
    body: () => ({
      name: 'bridge-callback',
      type: 'basic',
      basicAuth: { username: 'egain', password: 'callback-password' },
    }),
  },
  {
    member: 'clientApplications',
    command: 'client-applications',
    body: (ids) => ({
      name: 'bridge',
      roles: ['customer', 'custom_bot', 'custom_agent'].map((name) => ({
        name,
        version: 'v3',
        callback: 'https://bridge.example.com/egain/callback',
        notificationEmail: 'oncall@example.com',
        headers: [{ name: 'X-Bridge', value: 'acme' }],
        authentication: reference(ids, 'authentications'),
      })),
    }),
  },
  {
    member: 'participants',
    command: 'participants',
    body: (ids) => ({
      name: 'order-bot',
      type: 'custom_bot',
      application: reference(ids, 'clientApplications'),
      intents: { intent: [{ value: 'returns', displayValue: 'Returns' }] },
      options: [{ name: 'tone', value: 'kind' }],
    }),
  },
  {
    member: 'channels',
    command: 'channels',
    body: () => ({
      type: 'custom.tour',
      displayName: 'Tour',
      icon: 'aWNvbg==',
      restrictions: { inbound: { maxTextLength: 1000, features: ['attachments'] } },
      l10nProperties: [
        { language: 'en-US', properties: [{ name: 'msg_hub_off_hours', value: 'We are closed.' }] },
      ],
    }),
  },
  {
    member: 'orchestrations',
    command: 'orchestrations',
    body: (ids) => {
      const application = reference(ids, 'clientApplications');
      const participant = reference(ids, 'participants');
      return {
        name: 'bot first',
        applications: {
          customerConfiguration: { customer: application },
          agentConfiguration: { agents: [application] },
          botConfiguration: {
            bots: [{ id: application.id, participant, onEscalation: { agent: application } }],
          },
        },
      };
    },
  },
  {
    member: 'accounts',
    command: 'accounts',
    body: (ids) => ({
      name: 'tour',
      address: 'acme-tour',
      channel: reference(ids, 'channels'),
      chatConfigurations: { timeout: 30, orchestration: reference(ids, 'orchestrations') },
    }),
  },
];

/** Any account will do for a conversation. */
export const account = { channel: 'custom.support', address: 'acme-support' };

export const assetBody = {
  channel: { type: account.channel },
  sender: { type: 'customer' },
  name: 'terms.txt',
  size: 5,
};

export const botsApplication = {
  name: 'declared bots',
  roles: [
    {
      name: 'custom_bot',
      version: 'v3',
      callback: 'https://bots.example.com/callback',
      notificationEmail: 'oncall@example.com',
    },
  ],
};
