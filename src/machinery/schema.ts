// The shapes of the built-in types: the door to schema.nodes.ts (shapes) and schema.openapi.ts (the OpenAPI they make).
// Called by: the strict decoder, patches, server-side apply, explain, the apiserver's documents.
export * from './schema.nodes.ts';
export { schemasUnder, type OpenAPISchema } from './schema.openapi.ts';
