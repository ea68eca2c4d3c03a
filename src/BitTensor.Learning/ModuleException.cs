namespace BitTensor.Learning;

/// <summary>A module of user code cannot be used: it fails, or its output has another shape.</summary>
public sealed class ModuleException(string message, Exception? inner = null) : Exception(message, inner);
