// Connects the vectors to the package, by its public entry points only.
export * from './allocator-adapter.mjs';
export * from './resources-adapter.mjs';
