using Xunit;

// Native tensors are counted per process: one test at a time, or the counts of one are those of another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
