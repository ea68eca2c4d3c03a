namespace BitTensor.Cluster;

/// <summary>This program cannot carry out the run of a descriptor, or a request.</summary>
public sealed class ClusterException(string message, Exception? inner = null) : Exception(message, inner);
