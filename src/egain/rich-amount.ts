import type { RichContent } from '../messages/model.js';
import { fields, firstText, type Fields } from './rich-fields.js';

const amountFields = ['total', 'amount', 'price', 'grandTotal', 'totalAmount'];

/** What a payment asks for, wherever the likely places for it have a number; its body is not public [assumed]. */
export function richAmount(root: Fields): RichContent['amount'] | undefined {
  for (const node of [root, ...Object.values(root).map(fields)]) {
    const currency = firstText(node, ['currency', 'currencyCode']);
    for (const name of amountFields) {
      const inner = fields(node[name]);
      const value = number(node[name]) ?? number(inner['amount']) ?? number(inner['value']);
      if (value === undefined) continue;
      const own = firstText(inner, ['currency', 'currencyCode']) ?? currency;
      return {
        value,
        ...(own === undefined || !/^[A-Za-z]{3}$/.test(own) ? {} : { currency: own.toUpperCase() }),
      };
    }
  }
  return undefined;
}

function number(value: unknown): number | undefined {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}
