using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Records;

/// <summary>One neuron at genesis.</summary>
/// <param name="Id">Id.</param>
/// <param name="Population">Population.</param>
/// <param name="PublicKey">Ed25519 public key of its submissions, 32 bytes; empty until it registers.</param>
/// <param name="Stake">Stake it starts with; for a neuron that is not registered what it may bring.</param>
/// <param name="Row">Row it starts with; empty for a neuron that is not registered.</param>
public sealed record LedgerNeuron(
    int Id, string Population, ImmutableArray<byte> PublicKey, double Stake, WeightRow Row);

/// <summary>The foundation of a ledger; its hash is the predecessor of the genesis block.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Parameters">The mechanism's numbers.</param>
/// <param name="Neurons">Every neuron, by id.</param>
public sealed record LedgerHeader(
    string Run, ulong Seed, MechanismParameters Parameters, ImmutableArray<LedgerNeuron> Neurons)
{
    /// <summary>SHA-256 of the header, lowercase hex.</summary>
    public string Hash()
    {
        using var bytes = new CanonicalHash("BitTensor.Actors/Ledger/1");
        bytes.Add(Run).Add((long)Seed);
        bytes.Add(Parameters.Alpha).Add(Parameters.Tau).Add(Parameters.Step).Add(Parameters.Epsilon)
            .Add(Parameters.Temperature);
        bytes.Add((long)Parameters.Norm).Add((long)Parameters.StakeScale).Add(Parameters.Emission ? 1 : 0);
        if (Parameters.Rule is not RankRule.Paper)
        {
            bytes.Add(Parameters.Rule.ToString());
        }
        if (Parameters.RevealAfter > 0)
        {
            bytes.Add("reveal-after").Add(Parameters.RevealAfter);
        }
        if (Parameters.RegistrationCost > 0)
        {
            bytes.Add("registration-cost").Add(Parameters.RegistrationCost);
        }
        if (Parameters.Roles != VoterRoles.None)
        {
            bytes.Add("roles").Add(Parameters.Roles.ToString());
        }
        if (Parameters.Adaptive is { } controller)
        {
            bytes.Add("adaptive").Add(controller.ToString());
        }
        if (Parameters.Membership is { } membership)
        {
            bytes.Add("membership").Add(membership.ToString());
        }
        bytes.Add(Neurons.Length);
        foreach (var neuron in Neurons)
        {
            bytes.Add(neuron.Id).Add(neuron.Population).Add(neuron.PublicKey.AsSpan()).Add(neuron.Stake);
            bytes.Add(SubmissionSignature.CanonicalBytes(Run, neuron.Id, -1, neuron.Row));
        }
        return bytes.Hex();
    }

    /// <summary>The header with the keys that a block registered: what the next block is judged by.</summary>
    public LedgerHeader With(LedgerBlock block)
    {
        var registered = block.Registrations.Where(e => e.Refused is null).Select(e => e.Register).ToArray();
        if (registered.Length == 0)
        {
            return this;
        }
        var neurons = Neurons.ToBuilder();
        foreach (var register in registered)
        {
            neurons[register.Neuron] = neurons[register.Neuron] with { PublicKey = register.PublicKey };
        }
        return this with { Neurons = neurons.ToImmutable() };
    }

    /// <summary>The market before the genesis block.</summary>
    public Market Genesis() =>
        Market.Genesis([.. Neurons.Select(n => n.Row)], Neurons.Select(n => n.Stake).ToArray(), Parameters);
}
