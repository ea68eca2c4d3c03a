namespace BitTensor.Tests;

/// <summary>The checkout these tests were built from.</summary>
static class SourceTree
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = RootOf(AppContext.BaseDirectory);

    static string RootOf(string folder) =>
        File.Exists(Path.Combine(folder, "BitTensor.Actors.sln")) ? folder : RootOf(Path.GetDirectoryName(folder)!);
}
