/** The settings `sweepdeck.*` that the server reads. */
export interface ServerSettings {
  /** `false`: the document's problems are not shown. They still keep it from being launched. */
  readonly diagnosticsEnabled: boolean;
}

export const defaultSettings: ServerSettings = { diagnosticsEnabled: true };

/** Takes from the editor's answer what is there and makes sense; the default stands for the rest. */
export function readSettings(section: unknown): ServerSettings {
  return { diagnosticsEnabled: property(property(section, 'diagnostics'), 'enabled') !== false };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
