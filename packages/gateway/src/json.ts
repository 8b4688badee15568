/** What survives a trip through JSON; the type of everything stored that the store does not look into. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };
