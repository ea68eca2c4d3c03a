namespace BitTensor.Tests;

/// <summary>What needs minutes by its nature: it has a short form, and this variable asks for the long one.</summary>
static class LongStories
{
    public const string Reason = "a story of minutes: set BTA_LONG_STORIES=1 to run it";

    public static bool Wanted { get; } = Environment.GetEnvironmentVariable("BTA_LONG_STORIES") is { Length: > 0 };
}
