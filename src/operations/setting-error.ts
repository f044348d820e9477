/** Something that a setting asks for cannot be had; the message is one plain sentence that begins with the setting. */
export class SettingError extends Error {
  override readonly name: string = 'SettingError';
}
