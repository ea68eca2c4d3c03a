using System.Text.Json.Serialization;

namespace BitTensor.Actors.Run;

/// <summary>The clock of a run.</summary>
public enum TimeMode
{
    /// <summary>Virtual time: same seed, same bytes, as fast as the machine computes.</summary>
    [JsonStringEnumMemberName("virtual")]
    Virtual,

    /// <summary>Wall time: the same actors on Akka's own dispatchers.</summary>
    [JsonStringEnumMemberName("wall")]
    Wall,
}
