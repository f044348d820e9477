/** One field of a protobuf message as it is on the wire. */
export interface Field {
  readonly number: number;
  /** Bytes for whatever has a length: texts, bytes and messages alike. */
  readonly value: bigint | Buffer;
}

/** The fields of a message in their order. @throws {RangeError} where it ends too early. */
export function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at);
      at += 1;
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
  };
  const slice = (length: number): Buffer => {
    if (at + length > message.length) throw new RangeError('the message ends within a field');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    switch (tag & 7) {
      case 0:
        fields.push({ number, value: varint() });
        break;
      case 1:
        fields.push({ number, value: slice(8).readBigUInt64LE() });
        break;
      case 2:
        fields.push({ number, value: slice(Number(varint())) });
        break;
      case 5:
        fields.push({ number, value: BigInt(slice(4).readUInt32LE()) });
        break;
      default:
        throw new RangeError(`wire type ${tag & 7} is none of protobuf's`);
    }
  }
  return fields;
}
