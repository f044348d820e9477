/** A speech bubble, PNG, 32 × 32, in base64: what agents see for a channel that names no icon of its own. */
export const defaultIcon =
  'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgBAMAAACBVGfHAAAAG1BMVEUfb7Ifb7Ifb7Ifb7Ifb7JXk8WPt9nH2+z///8CpkaHAAAACXRSTlMAQIC///' +
  '////8trPVxAAAAYklEQVR42mNgoApgMnGBAmcFsACc7+LiDOIzuyABAwYGBhVkASdUHRA9LiiAWIGMNiiCCXR0QBFOAQwtpFqL4XQMz2F4HyOAMIMQ' +
  'ZJEzajBD9SIJoClgQFfAgK6AwYCkiAUApa9Oppf/SoYAAAAASUVORK5CYII=';
