export * from './arguments.ts';
export * from './assert.ts';
export * from './entries.ts';
export * from './errors.ts';
export * from './ids.ts';
export * from './known-keys.ts';
