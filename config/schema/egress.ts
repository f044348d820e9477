/** The way out of the operator's network: a proxy, authorities of the company's own, a certificate of our own. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { evenIfIncomplete, isRecord, secret } from './fields.js';

const host = /^(\*|(\*?\.)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[?[0-9a-f:.]+\]?(\/\d{1,3})?)(:\d{1,5})?$/i;

const exceptions = z
  .union([
    z.array(z.string().regex(host, { error: 'a host, a domain, an address or a range such as 10.0.0.0/8' })),
    // As the environment variable is written.
    z
      .string()
      .transform((list) => list.split(/[\s,]+/).filter((entry) => entry !== ''))
      .pipe(z.array(z.string())),
  ])
  .default([]);

export const egressSchema = z
  .strictObject({
    proxy: z
      .string()
      .regex(/^https?:\/\/\S+$/, { error: 'an address such as http://proxy.example.com:3128' })
      .refine((address) => URL.canParse(address), {
        error: 'an address such as http://proxy.example.com:3128',
      })
      .optional()
      .describe(
        'HTTP proxy for everything that leaves by https (CONNECT). A user and password in it are sent to it, and are secret. Redis is always reached directly, and so is this machine.',
      ),
    noProxy: exceptions.describe(
      'What is reached without the proxy: hosts and domains (`example.com` includes what is below it), addresses, ranges (`10.0.0.0/8`), each with a port if need be, `*` for everything. A list, or one text with commas.',
    ),
    ca: z
      .string()
      .min(1)
      .refine(isCertificates, { error: 'certificates, PEM' })
      .meta({ file: true })
      .optional()
      .describe(
        'Certificate authorities to trust beside the usual ones and those of NODE_EXTRA_CA_CERTS, PEM: for a proxy that looks into TLS, or far ends on the own network.',
      ),
  })
  .prefault({})
  .describe('The way to eGain and to the channels.');

export type EgressSettings = z.infer<typeof egressSchema>;

/** A certificate this side shows to whoever asks for one. */
export const clientCertificateSchema = z
  .strictObject({
    cert: z
      .string()
      .min(1)
      .refine(isCertificates, { error: 'a certificate, PEM' })
      .meta({ file: true })
      .describe('Certificate and those between it and its authority, PEM.'),
    key: secret().describe('Its key, PEM.'),
  })
  .refine(belongTogether, {
    error: 'the key of egain.tls.cert, PEM, without a passphrase',
    path: ['key'],
    ...evenIfIncomplete,
  });

function isCertificates(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== '';
  } catch {
    return false;
  }
}

function belongTogether(given: unknown): boolean {
  if (!isRecord(given)) return true;
  const { cert, key } = given;
  if (typeof cert !== 'string' || typeof key !== 'string' || !isCertificates(cert)) return true;
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
