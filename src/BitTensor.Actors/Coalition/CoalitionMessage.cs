using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Coalition;

/// <summary>
/// The conversation within a coalition. It meets the emulated links unless its channel is private, and stays within one
/// process.
/// </summary>
abstract record CoalitionMessage
{
    CoalitionMessage() { }

    /// <summary>Size on the wire, bytes.</summary>
    public abstract long Bytes { get; }

    /// <summary>Member to adversary: the member's state at the opening of a block.</summary>
    /// <param name="Block">The open block.</param>
    /// <param name="Self">The member, its row and the gradient of its loss.</param>
    /// <param name="RowMu">mu_j for each target of its row.</param>
    /// <param name="Rank">Its own mu_i.</param>
    /// <param name="Loss">Mean loss of the block before; null without an iteration.</param>
    /// <param name="Following">Number of the orders it follows.</param>
    public sealed record Report(
        long Block, CoalitionMember Self, ImmutableArray<double> RowMu, double Rank, double? Loss, int Following)
        : CoalitionMessage
    {
        public override long Bytes => WireSize.Header + 28L * Self.Row.Count;
    }

    /// <summary>Adversary to member: the conduct to follow, and for adaptive members the row of this block.</summary>
    /// <param name="Block">The open block.</param>
    /// <param name="Number">Number of the orders.</param>
    /// <param name="Conduct">The conduct; null for the population's own.</param>
    /// <param name="Row">Values for the targets of its row; null for none.</param>
    public sealed record Order(long Block, int Number, ConductSpec? Conduct, double[]? Row) : CoalitionMessage
    {
        public override long Bytes => WireSize.Header + (Conduct?.ToString().Length ?? 0) + 8L * (Row?.Length ?? 0);
    }
}
