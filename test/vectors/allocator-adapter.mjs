// The part of the adapter (see README.md) for the sorter and the allocator.
