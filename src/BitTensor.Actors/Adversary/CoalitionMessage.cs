using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Adversary;

/// <summary>The conversation within a coalition. It meets the emulated links unless its channel is private, and stays within one process.</summary>
abstract record CoalitionMessage
{
    CoalitionMessage() { }

    /// <summary>Size on the wire, bytes.</summary>
    public abstract long Bytes { get; }

    /// <summary>Member to adversary: what I know of myself at the opening of a block.</summary>
    /// <param name="Block">The open block.</param>
    /// <param name="Self">The member, its row and what its losses taught it.</param>
    /// <param name="RowMu">mu_j for each target of its row.</param>
    /// <param name="Rank">Its own mu_i.</param>
    /// <param name="Loss">Mean loss of the block before; null without an iteration.</param>
    /// <param name="Following">Number of the orders it follows.</param>
    public sealed record Report(long Block, CoalitionMember Self, ImmutableArray<double> RowMu, double Rank, double? Loss, int Following) : CoalitionMessage
    {
        public override long Bytes => Neurons.WireSize.Header + 28L * Self.Row.Count;
    }

    /// <summary>Adversary to member: what to follow, and for members that wait for it the row to want in this block.</summary>
    /// <param name="Block">The open block.</param>
    /// <param name="Number">Number of the orders.</param>
    /// <param name="Conduct">What to follow; null for what the population follows by itself.</param>
    /// <param name="Row">Values for the targets of its row; null for none.</param>
    public sealed record Order(long Block, int Number, ConductSpec? Conduct, double[]? Row) : CoalitionMessage
    {
        public override long Bytes => Neurons.WireSize.Header + (Conduct?.ToString().Length ?? 0) + 8L * (Row?.Length ?? 0);
    }
}
